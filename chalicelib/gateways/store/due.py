"""The index of persons whose numbers change by themselves."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.gateways.store.calls import query
from chalicelib.gateways.store.table import DUE_INDEX, DUE_SHARDS

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Due:
    """Who is due; the index holds nobody else, so that asking costs what there is to do."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def until(self, now: Instant) -> Iterator[PersonId]:
        """List the persons who are due by now, those due longest first within each shard."""
        for shard in range(DUE_SHARDS):
            items = query(
                self._client,
                TableName=self._table,
                IndexName=DUE_INDEX,
                KeyConditionExpression="due_shard = :shard AND due_at <= :now",
                ExpressionAttributeValues={":shard": {"S": str(shard)}, ":now": {"N": str(now)}},
            )
            for item in items:
                yield PersonId(item["pk"]["S"].removeprefix("PERSON#"))
