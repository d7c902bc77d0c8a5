"""The lock of the marketing-owned fields in the table: what the daily check holds the org to."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.instant import Instant
from chalicelib.gateways.store.calls import call
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY: Item = {"pk": {"S": "LOCK#marketing-fields"}, "sk": {"S": "LOCK"}}


@dataclass(frozen=True, slots=True)
class Lock:
    """That the fields of an org were locked.

    Attributes:
        org: the organisation's id, 18 characters.
        fields: what nobody but the integration user may edit, as `Lead.Smarketing_Score__c`.
        reason: why it was locked without a verified sync; empty where there was one.
    """

    at: Instant
    by: str
    org: str
    fields: tuple[str, ...]
    reason: str = ""


class Locks:
    """The lock in force."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def save(self, lock: Lock) -> None:
        """Put a lock in force: from now on the daily check looks after it."""
        item = _KEY | {
            "at": {"N": str(lock.at)},
            "by": {"S": lock.by},
            "org": {"S": lock.org},
            "fields": {"L": _texts(lock.fields)},
            "reason": {"S": lock.reason},
        }
        call(self._client.put_item, TableName=self._table, Item=item)

    def current(self) -> Lock | None:
        """Read the lock in force; None where the fields are open."""
        answer = call(self._client.get_item, TableName=self._table, Key=_KEY, ConsistentRead=True)
        item = answer.get("Item")
        if item is None:
            return None
        return Lock(
            at=Instant(int(item["at"]["N"])),
            by=str(item["by"]["S"]),
            org=str(item["org"]["S"]),
            fields=tuple(str(each["S"]) for each in item["fields"]["L"]),
            reason=str(item["reason"]["S"]),
        )

    def lift(self) -> None:
        """End the lock; nothing happens where there is none."""
        call(self._client.delete_item, TableName=self._table, Key=_KEY)


def _texts(values: Sequence[str]) -> list[Item]:
    return [{"S": each} for each in values]
