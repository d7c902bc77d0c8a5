"""Reads of many items: the range that a key condition names, and pages of a megabyte."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from smarketing.sandbox.dynamodb.errors import invalid
from smarketing.sandbox.dynamodb.expressions import attribute_name, conjuncts, holds, value_of
from smarketing.sandbox.dynamodb.table import Key, Ordered, Table
from smarketing.sandbox.dynamodb.values import Item, Value, order, size

_PAGE_BYTES = 1024 * 1024
_LAST_CHARACTER = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Page:
    """What a Query or Scan wants of a page."""

    request: Mapping[str, Any]
    table: Table
    place: Ordered
    names: Mapping[str, str]
    values: Mapping[str, Value]

    parameters: ClassVar[frozenset[str]] = frozenset(
        {
            "TableName",
            "FilterExpression",
            "ExpressionAttributeNames",
            "ExpressionAttributeValues",
            "Limit",
            "ExclusiveStartKey",
        }
    )

    def wants(self, item: Item) -> bool:
        """Apply the filter."""
        expression = self.request.get("FilterExpression")
        return expression is None or holds(expression, item, self.names, self.values)

    def shown(self, item: Item) -> Item:
        """Cut an item to what the index carries along."""
        if self.place.projection["ProjectionType"] == "ALL":
            return item
        carried = {
            *self.table.primary.attributes,
            *self.place.attributes,
            *self.place.projection.get("NonKeyAttributes", ()),
        }
        return {name: value for name, value in item.items() if name in carried}

    def key(self, item: Item) -> Item:
        """Give the key after which the next page begins."""
        return {name: item[name] for name in (*self.table.primary.attributes, *self.place.attributes)}


def read_page(page: Page, keys: Iterable[Key]) -> dict[str, Any]:
    """Read items up to the limit or a megabyte; say where the next page begins."""
    limit = page.request.get("Limit")
    items: list[Item] = []
    scanned = read_bytes = 0
    last: Item | None = None
    for key in _after(page, keys):
        if scanned == limit or read_bytes > _PAGE_BYTES:
            break
        last = page.table.items[key]
        scanned += 1
        read_bytes += size(last)
        if page.wants(last):
            items.append(page.shown(last))
    else:
        if scanned != limit:
            last = None
    answer: dict[str, Any] = {"Count": len(items), "ScannedCount": scanned}
    if page.request.get("Select") != "COUNT":
        answer["Items"] = items
    return answer if last is None else answer | {"LastEvaluatedKey": page.key(last)}


def key_range(
    expression: str, table: Table, place: Ordered, names: Mapping[str, str], values: Mapping[str, Value]
) -> list[tuple[Any, Key]]:
    """Give the entries that a key condition names: one partition, and a range of its sort key.

    Raises:
        DynamoDBError: it does not name one partition, or compares in another way than a key can be.
    """
    parts = {_attribute(tokens, names): tokens for tokens in conjuncts(expression)}
    partition = parts.pop(place.attributes[0], None)
    if partition is None or partition[1:2] != ["="]:
        raise invalid(f"Query condition missed key schema element: {place.attributes[0]}")
    low = high = None
    if parts:
        ((name, tokens),) = list(parts.items())[:1]
        if len(parts) > 1 or name not in place.attributes[1:]:
            raise invalid("Query key condition not supported")
        return _sorted_range(tokens, place, order(value_of(partition[2], values)), values)
    return place.between(order(value_of(partition[2], values)), low, high)


def _sorted_range(
    tokens: list[str], place: Ordered, partition: Any, values: Mapping[str, Value]
) -> list[tuple[Any, Key]]:
    if tokens[0] == "begins_with":
        beginning = value_of(tokens[4], values)["S"]
        return place.between(partition, beginning, beginning + _LAST_CHARACTER)
    given = [order(value_of(token, values)) for token in tokens if token.startswith(":")]
    match tokens[1].upper():
        case "=" | "BETWEEN":
            return place.between(partition, given[0], given[-1])
        case "<=":
            return place.between(partition, None, given[0])
        case ">=":
            return place.between(partition, given[0], None)
        case "<":
            return [entry for entry in place.between(partition, None, given[0]) if entry[0] < given[0]]
        case ">":
            return [entry for entry in place.between(partition, given[0], None) if entry[0] > given[0]]
    raise invalid(f"Invalid operator used in KeyConditionExpression: {tokens[1]}")


def _attribute(tokens: list[str], names: Mapping[str, str]) -> str:
    return attribute_name(tokens[2] if tokens[0] == "begins_with" else tokens[0], names)


def _after(page: Page, keys: Iterable[Key]) -> Iterable[Key]:
    """Pass over everything up to the key that a page before ended with."""
    start = page.request.get("ExclusiveStartKey")
    if start is None:
        return keys
    names = page.table.primary.attributes
    wanted = page.table.key_of({name: start[name] for name in names if name in start})
    remaining = iter(keys)
    if wanted not in remaining:
        raise invalid("The provided starting key is invalid")
    return remaining
