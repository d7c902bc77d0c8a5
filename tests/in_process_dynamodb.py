"""The sandbox's DynamoDB without HTTP, for tests that run a flow thousands of times.

`tests/sandbox/dynamodb` holds it against Amazon's DynamoDB Local.
"""

import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from smarketing.sandbox.dynamodb.errors import DynamoDBError
from smarketing.sandbox.dynamodb.operations import Database

_OPERATIONS = {
    "batch_get_item": "BatchGetItem",
    "create_table": "CreateTable",
    "delete_item": "DeleteItem",
    "get_item": "GetItem",
    "put_item": "PutItem",
    "query": "Query",
    "scan": "Scan",
    "transact_write_items": "TransactWriteItems",
}


class InProcessDynamoDB:
    """Stands where boto3's client stands; threads take turns, as requests to one table do."""

    def __init__(self, latency: float = 0.0) -> None:
        """`latency`, in seconds, lets others in between before each call."""
        self._latency = latency
        self._database = Database()
        self._turn = threading.Lock()

    def stream(self, table: str) -> list[dict[str, Any]]:
        """All changes of a table so far, as its stream gives them."""
        return self._database.tables[table].stream

    def copy(self, other: "InProcessDynamoDB", table: str) -> None:
        """Hold what another one holds in a table of the same name; items are never changed in place."""
        mine, theirs = self._database.tables[table], other._database.tables[table]
        for key, item in theirs.items.items():
            mine.write(key, item)

    def items(self, table: str) -> list[dict[str, Any]]:
        """All items of a table, without the pages of a scan."""
        return list(self._database.tables[table].items.values())

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        operation = self._database.operation(_OPERATIONS[method])

        def call(**request: Any) -> dict[str, Any]:
            if self._latency:
                time.sleep(self._latency)
            try:
                with self._turn:
                    return operation(request)
            except DynamoDBError as error:
                answer = {"Error": {"Code": error.code, "Message": str(error)}, **error.more}
                raise ClientError(answer, _OPERATIONS[method]) from None  # type: ignore[arg-type]

        return call
