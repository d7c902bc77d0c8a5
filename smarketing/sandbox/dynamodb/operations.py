"""The operations on items: each takes a request's parameters and gives the answer's.

https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations_Amazon_DynamoDB.html
"""

import time
import zlib
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from smarketing.sandbox.dynamodb.errors import DynamoDBError, UnfitItem, invalid, not_supported
from smarketing.sandbox.dynamodb.reading import Page, key_range, read_page
from smarketing.sandbox.dynamodb.requests import (
    FAILED,
    Parameters,
    check_known,
    index,
    only_operation,
    reason,
    substitutes,
)
from smarketing.sandbox.dynamodb.table import Key, Table
from smarketing.sandbox.dynamodb.values import MOST_ITEM_BYTES, Item, kept, size

Write = tuple[Table, Key, Item | None]

_MOST_IN_TRANSACTION = 100
_MOST_IN_BATCH = 100
_TOKEN_SECONDS = 600
_CONDITION = frozenset(
    {
        "ConditionExpression",
        "ExpressionAttributeNames",
        "ExpressionAttributeValues",
        "ReturnValuesOnConditionCheckFailure",
    }
)


class Journal(Protocol):
    """Where tables are kept."""

    def tables_changed(self, tables: Iterable[Table]) -> None:
        """Keep that these are the tables by now."""

    def committed(self, writes: list[Write]) -> None:
        """Keep writes that were done."""


class Database:
    """All tables, kept in a journal if there is one."""

    def __init__(self, journal: Journal | None = None) -> None:
        """Begin without a table."""
        self.tables: dict[str, Table] = {}
        self._journal = journal
        self._tokens: dict[str, tuple[int, float]] = {}

    def operation(self, name: str) -> Callable[[Parameters], dict[str, Any]]:
        """Give the operation of a name.

        Raises:
            DynamoDBError: there is none, or the sandbox doesn't have it.
        """
        operations: dict[str, Callable[[Parameters], dict[str, Any]]] = {
            "BatchGetItem": self.batch_get_item,
            "CreateTable": self.create_table,
            "DeleteItem": self.delete_item,
            "DeleteTable": self.delete_table,
            "DescribeTable": self.describe_table,
            "GetItem": self.get_item,
            "ListTables": self.list_tables,
            "PutItem": self.put_item,
            "Query": self.query,
            "Scan": self.scan,
            "TransactWriteItems": self.transact_write_items,
        }
        if name not in operations:
            raise DynamoDBError("UnknownOperationException", f"{name} is not supported by the sandbox")
        return operations[name]

    def table(self, name: str) -> Table:
        """Find a table.

        Raises:
            DynamoDBError: there is none of that name.
        """
        if name not in self.tables:
            raise DynamoDBError("ResourceNotFoundException", "Cannot do operations on a non-existent table")
        return self.tables[name]

    def create_table(self, request: Parameters) -> dict[str, Any]:
        """Make a table; it is there at once."""
        if request["TableName"] in self.tables:
            raise DynamoDBError("ResourceInUseException", "Cannot create preexisting table")
        table = self.tables[request["TableName"]] = Table.create(request)
        self._keep_tables()
        return {"TableDescription": _description(table)}

    def delete_table(self, request: Parameters) -> dict[str, Any]:
        """Drop a table with all it holds."""
        table = self.table(request["TableName"])
        del self.tables[table.name]
        self._keep_tables()
        return {"TableDescription": _description(table) | {"TableStatus": "DELETING"}}

    def describe_table(self, request: Parameters) -> dict[str, Any]:
        """Describe a table."""
        return {"Table": _description(self.table(request["TableName"]))}

    def list_tables(self, request: Parameters) -> dict[str, Any]:
        """Name all tables."""
        check_known(request, set())
        return {"TableNames": sorted(self.tables)}

    def get_item(self, request: Parameters) -> dict[str, Any]:
        """Read one item."""
        check_known(request, {"TableName", "Key", "ConsistentRead"})
        table = self.table(request["TableName"])
        item = table.items.get(table.key_of(request["Key"]))
        return {} if item is None else {"Item": item}

    def batch_get_item(self, request: Parameters) -> dict[str, Any]:
        """Read up to 100 items by their keys."""
        check_known(request, {"RequestItems"})
        wanted = request["RequestItems"]
        if sum(len(each["Keys"]) for each in wanted.values()) > _MOST_IN_BATCH:
            raise invalid("Too many items requested for the BatchGetItem call")
        found: dict[str, list[Item]] = {}
        for name, part in wanted.items():
            check_known(part, {"Keys", "ConsistentRead"})
            table = self.table(name)
            keys = [table.key_of(key) for key in part["Keys"]]
            if len(set(keys)) != len(keys):
                raise invalid("Provided list of item keys contains duplicates")
            found[name] = [table.items[key] for key in keys if key in table.items]
        return {"Responses": found, "UnprocessedKeys": {}}

    def put_item(self, request: Parameters) -> dict[str, Any]:
        """Write one item."""
        check_known(request, {"TableName", "Item", "ReturnValues", *_CONDITION})
        return self._write_one(request, self._put(request))

    def delete_item(self, request: Parameters) -> dict[str, Any]:
        """Delete one item; it need not be there."""
        check_known(request, {"TableName", "Key", "ReturnValues", *_CONDITION})
        return self._write_one(request, self._delete(request))

    def transact_write_items(self, request: Parameters) -> dict[str, Any]:
        """Check and write up to 100 items, all or none."""
        check_known(request, {"TransactItems", "ClientRequestToken"})
        if self._was_done(request):
            return {}
        parts = [only_operation(each) for each in request["TransactItems"]]
        if not 1 <= len(parts) <= _MOST_IN_TRANSACTION:
            raise invalid(
                "1 validation error detected: Value at 'transactItems' failed to satisfy constraint: "
                f"Member must have length less than or equal to {_MOST_IN_TRANSACTION}"
            )
        prepared = [self._prepare(name, part) for name, part in parts]
        places = [(table.name, key) for (table, key, _), problem in prepared if problem is None]
        if len(set(places)) != len(places):
            raise invalid("Transaction request cannot include multiple operations on one item")
        reasons = [
            reason(part, table.items.get(key), problem)
            for (_, part), ((table, key, _), problem) in zip(parts, prepared, strict=True)
        ]
        if any(each["Code"] != "None" for each in reasons):
            self._tokens.pop(request.get("ClientRequestToken", ""), None)
            codes = ", ".join(each["Code"] for each in reasons)
            raise DynamoDBError(
                "TransactionCanceledException",
                f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]",
                CancellationReasons=reasons,
            )
        self._commit(
            [write for (name, _), (write, _) in zip(parts, prepared, strict=True) if name != "ConditionCheck"]
        )
        return {}

    def query(self, request: Parameters) -> dict[str, Any]:
        """Read one partition of a table or an index, in order."""
        known = {"KeyConditionExpression", "ScanIndexForward", "IndexName", "ConsistentRead", "Select"}
        check_known(request, {*known, *Page.parameters})
        table = self.table(request["TableName"])
        place = index(table, request)
        names, values = substitutes(request, ("KeyConditionExpression", "FilterExpression"))
        entries = key_range(request["KeyConditionExpression"], table, place, names, values)
        if not request.get("ScanIndexForward", True):
            entries = entries[::-1]
        return read_page(Page(request, table, place, names, values), (key for _, key in entries))

    def scan(self, request: Parameters) -> dict[str, Any]:
        """Read everything, in an order that stays."""
        check_known(request, {"ConsistentRead", "Select", *Page.parameters})
        table = self.table(request["TableName"])
        names, values = substitutes(request, ("FilterExpression",))
        start = table.primary.place(request.get("ExclusiveStartKey") or {})
        keys = table.primary.everything(start[0] if start else None)
        return read_page(Page(request, table, table.primary, names, values), keys)

    def _keep_tables(self) -> None:
        if self._journal is not None:
            self._journal.tables_changed(self.tables.values())

    def _prepare(self, name: str, part: Parameters) -> tuple[Write, str | None]:
        """Read an operation of a transaction: what it writes, and why its item can't be kept."""
        if name in ("Delete", "ConditionCheck"):
            check_known(part, {"TableName", "Key", *_CONDITION})
            return self._delete(part), None
        if name != "Put":
            raise not_supported(name)
        check_known(part, {"TableName", "Item", *_CONDITION})
        try:
            return self._put(part), None
        except UnfitItem as error:
            return (self.table(part["TableName"]), (), None), str(error)

    def _put(self, part: Parameters) -> Write:
        table = self.table(part["TableName"])
        item = kept(part["Item"])
        key = table.key_of_item(item)
        if size(item) > MOST_ITEM_BYTES:
            raise UnfitItem("Item size has exceeded the maximum allowed size")
        return table, key, item

    def _delete(self, part: Parameters) -> Write:
        table = self.table(part["TableName"])
        return table, table.key_of(part["Key"]), None

    def _write_one(self, request: Parameters, write: Write) -> dict[str, Any]:
        table, key, _ = write
        before = table.items.get(key)
        if request.get("ReturnValues", "NONE") not in ("NONE", "ALL_OLD"):
            raise invalid("Return values set to invalid value")
        found = reason(request, before)
        if found["Code"] != "None":
            shown = {"Item": found["Item"]} if "Item" in found else {}
            raise DynamoDBError("ConditionalCheckFailedException", FAILED, **shown)
        self._commit([write])
        return {"Attributes": before} if before and request.get("ReturnValues") == "ALL_OLD" else {}

    def _commit(self, writes: list[Write]) -> None:
        for table, key, item in writes:
            table.write(key, item)
        if self._journal is not None:
            self._journal.committed(writes)

    def _was_done(self, request: Parameters) -> bool:
        """Tell whether the same request, by its token, was done within the last ten minutes.

        Raises:
            DynamoDBError: another request had the token.
        """
        token = request.get("ClientRequestToken")
        if token is None:
            return False
        now = time.monotonic()
        while self._tokens and next(iter(self._tokens.values()))[1] < now:
            del self._tokens[next(iter(self._tokens))]
        mark = zlib.crc32(repr(request["TransactItems"]).encode())
        known = self._tokens.get(token)
        if known is None:
            self._tokens[token] = (mark, now + _TOKEN_SECONDS)
            return False
        if known[0] != mark:
            raise DynamoDBError(
                "IdempotentParameterMismatchException",
                "The request uses the same client token as a previous, but non-identical request.",
            )
        return True


def _description(table: Table) -> dict[str, Any]:
    arn = f"arn:aws:dynamodb:eu-central-1:123456789012:table/{table.name}"
    stream = {"LatestStreamArn": f"{arn}/stream/sandbox", "LatestStreamLabel": "sandbox"}
    return {
        **{name: value for name, value in table.description.items() if name not in ("BillingMode", "Tags")},
        **(stream if table.stream_view else {}),
        "TableArn": arn,
        "TableStatus": "ACTIVE",
        "ItemCount": len(table.items),
    }
