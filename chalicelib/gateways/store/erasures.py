"""Journals of erasures in the table: what was done, by counts and our own ids, never whose it was."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from chalicelib.domain.erasure import Erasure
from chalicelib.gateways.store.calls import call
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Erasures:
    """The journals of all erasures: one goes on where it was broken off."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def find(self, erasure: str) -> Erasure | None:
        """Read a journal; None where there is none."""
        answer = call(self._client.get_item, TableName=self._table, Key=_key(erasure), ConsistentRead=True)
        item = answer.get("Item")
        return None if item is None else Erasure(**json.loads(item["body"]["S"]))

    def save(self, erasure: Erasure) -> None:
        """Keep a journal in the place of what it said before."""
        body = json.dumps(asdict(erasure), separators=(",", ":"))
        call(
            self._client.put_item,
            TableName=self._table,
            Item=_key(erasure.id) | {"body": {"S": body}},
        )


def _key(erasure: str) -> Item:
    return {"pk": {"S": f"ERASURE#{erasure}"}, "sk": {"S": "JOURNAL"}}
