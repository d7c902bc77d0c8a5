"""The last verification of the sync in the table: whether Salesforce holds what it should, and since when."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.instant import Instant
from chalicelib.gateways.store.calls import call
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEY: Item = {"pk": {"S": "WATERMARK#sync-verification"}, "sk": {"S": "WATERMARK"}}


@dataclass(frozen=True, slots=True)
class Verification:
    """What a comparison of the store with Salesforce found.

    Attributes:
        by: who asked for it: an operator's login name.
        records: that were compared.
        differences: fields, records and waiting commands in which the two do not agree.
        org: the organisation's id, 18 characters.
    """

    at: Instant
    by: str
    records: int
    differences: int
    org: str


class Verifications:
    """The latest verification; an earlier one is of no use once there is a later."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def save(self, verification: Verification) -> None:
        """Keep a verification in the place of the one before, also one that found differences."""
        item = _KEY | {
            "at": {"N": str(verification.at)},
            "by": {"S": verification.by},
            "records": {"N": str(verification.records)},
            "differences": {"N": str(verification.differences)},
            "org": {"S": verification.org},
        }
        call(self._client.put_item, TableName=self._table, Item=item)

    def latest(self) -> Verification | None:
        """Read the last verification; None before the first."""
        answer = call(self._client.get_item, TableName=self._table, Key=_KEY, ConsistentRead=True)
        item = answer.get("Item")
        if item is None:
            return None
        return Verification(
            at=Instant(int(item["at"]["N"])),
            by=str(item["by"]["S"]),
            records=int(item["records"]["N"]),
            differences=int(item["differences"]["N"]),
            # One from before the org was noted counts for none.
            org=str(item.get("org", {"S": ""})["S"]),
        )
