"""Published playbooks in the table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.errors import Misconfigured
from chalicelib.gateways.store.calls import call, scan
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Playbooks:
    """All versions that were ever published, and which one is in force."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def publish(self, version: str, text: str) -> None:
        """Keep a playbook, as JSON, under its version and put it in force."""
        kept = _key(f"PLAYBOOK#{version}") | {"version": {"S": version}, "body": {"S": text}}
        call(self._client.put_item, TableName=self._table, Item=kept)
        current = _key("PLAYBOOK#current") | {"version": {"S": version}}
        call(self._client.put_item, TableName=self._table, Item=current)

    def current_version(self) -> str | None:
        """Tell which version is in force; None before the first was published."""
        item = self._get("PLAYBOOK#current")
        return None if item is None else str(item["version"]["S"])

    def current(self) -> str:
        """Read the playbook in force, as JSON.

        Raises:
            Misconfigured: none was published.
        """
        version = self.current_version()
        item = None if version is None else self._get(f"PLAYBOOK#{version}")
        if item is None:
            raise Misconfigured("playbook: none is published; run smarketing playbook publish")
        return str(item["body"]["S"])

    def all(self) -> Iterator[str]:
        """Read all that were ever published, as JSON. Reads the whole table: not for functions."""
        for item in scan(
            self._client,
            TableName=self._table,
            FilterExpression="begins_with(pk, :playbook) AND attribute_exists(body)",
            ExpressionAttributeValues={":playbook": {"S": "PLAYBOOK#"}},
        ):
            yield str(item["body"]["S"])

    def _get(self, pk: str) -> Item | None:
        answer = call(self._client.get_item, TableName=self._table, Key=_key(pk), ConsistentRead=True)
        return answer.get("Item")


def _key(pk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": "PLAYBOOK"}}
