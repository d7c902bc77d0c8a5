"""The streams' own API: one shard for each table, from its first change on.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB_Streams.html
"""

from collections.abc import Callable, Mapping
from typing import Any

from smarketing.sandbox.dynamodb.errors import DynamoDBError, invalid
from smarketing.sandbox.dynamodb.operations import Database
from smarketing.sandbox.dynamodb.table import Table

_SHARD = "shardId-00000000000000000000-sandbox"
_MOST_RECORDS = 1000


class Streams:
    """Reads the changes of a database's tables."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    def operation(self, name: str) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
        """Give the operation of a name.

        Raises:
            DynamoDBError: there is none, or the sandbox doesn't have it.
        """
        operations: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
            "DescribeStream": self.describe_stream,
            "GetRecords": self.get_records,
            "GetShardIterator": self.get_shard_iterator,
        }
        if name not in operations:
            raise DynamoDBError("UnknownOperationException", f"{name} is not supported by the sandbox")
        return operations[name]

    def describe_stream(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Describe a stream and its shard."""
        table = self._table(request["StreamArn"])
        shard = {"ShardId": _SHARD, "SequenceNumberRange": {"StartingSequenceNumber": "0" * 20 + "1"}}
        return {
            "StreamDescription": {
                "StreamArn": request["StreamArn"],
                "StreamStatus": "ENABLED",
                "StreamViewType": table.stream_view,
                "TableName": table.name,
                "Shards": [shard],
            }
        }

    def get_shard_iterator(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Give an iterator that begins where the request says."""
        table = self._table(request["StreamArn"])
        number = int(request.get("SequenceNumber", "0"))
        places = {
            "TRIM_HORIZON": 0,
            "LATEST": len(table.stream),
            "AT_SEQUENCE_NUMBER": max(0, number - 1),
            "AFTER_SEQUENCE_NUMBER": number,
        }
        if request["ShardIteratorType"] not in places or request["ShardId"] != _SHARD:
            raise invalid("Invalid ShardIteratorType or ShardId")
        return {"ShardIterator": f"{table.name}|{places[request['ShardIteratorType']]}"}

    def get_records(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Give the records from an iterator on, and the iterator for the next ones."""
        name, _, place = request["ShardIterator"].partition("|")
        start = int(place)
        records = self._database.table(name).stream[start : start + request.get("Limit", _MOST_RECORDS)]
        return {"Records": records, "NextShardIterator": f"{name}|{start + len(records)}"}

    def _table(self, arn: str) -> Table:
        return self._database.table(arn.partition("/")[2].partition("/")[0])
