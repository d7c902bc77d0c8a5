"""One table: its items by key, its indexes in order, its stream."""

import time
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from smarketing.sandbox.dynamodb.errors import UnfitItem, invalid
from smarketing.sandbox.dynamodb.values import Item, Value, order

Key = tuple[str, ...]
"""What identifies an item within its table: the texts of its key's values."""

_MOST_KEY_BYTES = (2048, 1024)
_WRONG = "One or more parameter values were invalid"


@dataclass(slots=True)
class Ordered:
    """Items by partition, each partition in the order of its sort key; of the table itself or of an index."""

    attributes: tuple[str, ...]
    """The partition key's attribute and, if there is one, the sort key's."""
    projection: Mapping[str, Any] = field(default_factory=lambda: {"ProjectionType": "ALL"})
    partitions: dict[Any, list[tuple[Any, Key]]] = field(default_factory=dict)
    _in_order: list[Any] | None = field(default=None, repr=False, compare=False)
    """The partitions, sorted; None where one came or went since then."""

    def place(self, item: Item) -> tuple[Any, Any] | None:
        """Give the partition and the order within it; None where the item lacks an attribute."""
        if not all(name in item for name in self.attributes):
            return None
        places = [order(item[name]) for name in self.attributes]
        return places[0], places[1] if len(places) > 1 else ""

    def add(self, item: Item, key: Key) -> None:
        """Enter an item where it belongs, if it does."""
        if (place := self.place(item)) is not None:
            if place[0] not in self.partitions:
                self.partitions[place[0]], self._in_order = [], None
            insort(self.partitions[place[0]], (place[1], key))

    def remove(self, item: Item, key: Key) -> None:
        """Take out an item that was entered."""
        if (place := self.place(item)) is not None:
            entries = self.partitions[place[0]]
            del entries[bisect_left(entries, (place[1], key))]
            if not entries:
                del self.partitions[place[0]]
                self._in_order = None

    def everything(self, first: Any = None) -> Iterator[Key]:
        """Give all keys in an order that stays, from a partition on; None begins with the first."""
        if self._in_order is None:
            self._in_order = sorted(self.partitions)
        partitions = self._in_order
        for number in range(0 if first is None else bisect_left(partitions, first), len(partitions)):
            yield from (key for _, key in self.partitions[partitions[number]])

    def between(self, partition: Any, low: Any, high: Any) -> list[tuple[Any, Key]]:
        """Give a partition's entries from `low` to `high`; None is no limit."""
        entries = self.partitions.get(partition, [])
        start = 0 if low is None else bisect_left(entries, low, key=lambda entry: entry[0])
        end = len(entries) if high is None else bisect_right(entries, high, key=lambda entry: entry[0])
        return entries[start:end]


@dataclass(slots=True)
class Table:
    """A table as CreateTable described it."""

    description: dict[str, Any]
    types: dict[str, str]
    primary: Ordered
    indexes: dict[str, Ordered]
    stream_view: str | None
    items: dict[Key, Item] = field(default_factory=dict)
    stream: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def create(cls, request: Mapping[str, Any]) -> "Table":
        """Make a table from CreateTable's parameters."""
        types = {each["AttributeName"]: each["AttributeType"] for each in request["AttributeDefinitions"]}
        specification = request.get("StreamSpecification", {})
        view = specification.get("StreamViewType") if specification.get("StreamEnabled") else None
        indexes = {
            each["IndexName"]: Ordered(_attributes(each["KeySchema"]), each["Projection"])
            for each in request.get("GlobalSecondaryIndexes", [])
        }
        return cls(dict(request), types, Ordered(_attributes(request["KeySchema"])), indexes, view)

    @property
    def name(self) -> str:
        """The table's name."""
        return str(self.description["TableName"])

    def key_of(self, attributes: Mapping[str, Value]) -> Key:
        """Read a key, which has the key's attributes and no others.

        Raises:
            DynamoDBError: an attribute is missing, empty or of another type, or there are more.
        """
        names = self.primary.attributes
        fits = attributes.keys() == set(names) and all(self.types[name] in attributes[name] for name in names)
        if not fits:
            raise invalid("The provided key element does not match the schema")
        return tuple(self._text(attributes, place) for place in range(len(names)))

    def key_of_item(self, item: Item) -> Key:
        """Read the key from an item, and see that what the indexes sort by has its type.

        Raises:
            UnfitItem: an attribute is too long or of another type.
            DynamoDBError: one is missing or empty.
        """
        for name in self.primary.attributes:
            if name not in item:
                raise invalid(f"{_WRONG}: Missing the key {name} in the item")
            if self.types[name] not in item[name]:
                raise UnfitItem(f"{_WRONG}: Type mismatch for key {name} {self._mismatch(item, name)}")
        for index_name, index in self.indexes.items():
            for name in index.attributes:
                if name in item and self.types[name] not in item[name]:
                    mismatch = f"{name} {self._mismatch(item, name)} IndexName: {index_name}"
                    raise UnfitItem(f"{_WRONG}: Type mismatch for Index Key {mismatch}")
        return tuple(self._text(item, place) for place in range(len(self.primary.attributes)))

    def _mismatch(self, item: Item, name: str) -> str:
        return f"expected: {self.types[name]} actual: {next(iter(item[name]))}"

    def _text(self, attributes: Mapping[str, Value], place: int) -> str:
        name = self.primary.attributes[place]
        text = str(attributes[name][self.types[name]])
        if not text:
            raise invalid(
                "One or more parameter values are not valid. The AttributeValue for a key attribute "
                f"cannot contain an empty string value. Key: {name}"
            )
        most = _MOST_KEY_BYTES[place]
        if len(text) > most // 4 and len(text.encode()) > most:
            which = ("hashkey", "rangekey")[place]
            raise UnfitItem(f"{_WRONG}: Size of {which} has exceeded the maximum size limit of{most} bytes")
        return text

    def write(self, key: Key, item: Item | None) -> None:
        """Put an item in its place, or delete it (None), and tell the stream if that changed anything."""
        before = self.items.get(key)
        if before == item:
            return
        if before is not None:
            for each in (self.primary, *self.indexes.values()):
                each.remove(before, key)
        if item is None:
            del self.items[key]
        else:
            self.items[key] = item
            for each in (self.primary, *self.indexes.values()):
                each.add(item, key)
        if self.stream_view is not None:
            self._tell(before, item)

    def rows(self) -> Iterator[tuple[Key, Item]]:
        """Give all items, partition by partition."""
        for entries in self.primary.partitions.values():
            for _, key in entries:
                yield key, self.items[key]

    def _tell(self, before: Item | None, item: Item | None) -> None:
        some = item if item is not None else before or {}
        told: dict[str, Any] = {
            "ApproximateCreationDateTime": int(time.time()),
            "Keys": {name: some[name] for name in self.primary.attributes},
            "SequenceNumber": f"{len(self.stream) + 1:021d}",
            "StreamViewType": self.stream_view,
        }
        if item is not None and self.stream_view in ("NEW_IMAGE", "NEW_AND_OLD_IMAGES"):
            told["NewImage"] = item
        if before is not None and self.stream_view in ("OLD_IMAGE", "NEW_AND_OLD_IMAGES"):
            told["OldImage"] = before
        happened = "INSERT" if before is None else "REMOVE" if item is None else "MODIFY"
        self.stream.append(
            {
                "eventID": told["SequenceNumber"],
                "eventName": happened,
                "eventVersion": "1.1",
                "eventSource": "aws:dynamodb",
                "awsRegion": "eu-central-1",
                "dynamodb": told,
            }
        )


def _attributes(schema: list[dict[str, str]]) -> tuple[str, ...]:
    by_type = {each["KeyType"]: each["AttributeName"] for each in schema}
    return (by_type["HASH"], *([by_type["RANGE"]] if "RANGE" in by_type else []))
