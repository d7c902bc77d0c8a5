"""Conflicts of the sync in the table: the last one of each record and word, until somebody has seen it."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, cast, get_args

from chalicelib.domain.instant import Instant
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_conflicts import Conflict
from chalicelib.domain.sync_fields import Owner
from chalicelib.gateways.store.calls import call, query
from chalicelib.gateways.store.items import Item
from chalicelib.gateways.store.sync_items import key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_PREFIX = "CONFLICT#"


class SyncConflicts:
    """What others changed that isn't theirs, without the values."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def note(self, conflicts: Iterable[Conflict]) -> None:
        """Put conflicts on record; an earlier one of the same value is replaced.

        Raises:
            Retryable, Misconfigured: DynamoDB did not take one.
        """
        for each in conflicts:
            item = _key(each) | {"owner": {"S": each.owner}, "changed_at": {"N": str(each.changed_at)}}
            call(self._client.put_item, TableName=self._table, Item=item)

    def everything(self) -> Iterator[Conflict]:
        """List what is on record, by platform and record."""
        for platform in get_args(Platform):
            for item in query(
                self._client,
                TableName=self._table,
                KeyConditionExpression="pk = :pk AND begins_with(sk, :conflict)",
                ExpressionAttributeValues={":pk": {"S": f"SYNC#{platform}"}, ":conflict": {"S": _PREFIX}},
            ):
                record, _, word = item["sk"]["S"].removeprefix(_PREFIX).partition("#")
                at = Instant(int(item["changed_at"]["N"]))
                yield Conflict(platform, record, word, cast("Owner", item["owner"]["S"]), at)

    def forget(self, conflicts: Iterable[Conflict]) -> None:
        """Take conflicts off the record that somebody has seen."""
        for each in conflicts:
            call(self._client.delete_item, TableName=self._table, Key=_key(each))


def _key(conflict: Conflict) -> Item:
    return key(f"SYNC#{conflict.platform}", f"{_PREFIX}{conflict.record}#{conflict.word}")
