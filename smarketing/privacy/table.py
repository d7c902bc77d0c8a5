"""Our own table: everything that lies there of somebody."""

import json
from collections import Counter
from typing import Any

from chalicelib.gateways.store.items import Item
from chalicelib.gateways.store.person_items import PersonItems
from chalicelib.gateways.store.table import STATE
from smarketing.privacy.steps import Counts, Erased
from smarketing.privacy.subject import Subject


class TableStep:
    """The table. It goes last: until then the person is found by it, so that a break can be made good."""

    name = "table"

    def __init__(self, items: PersonItems) -> None:
        """Work on the items of a table."""
        self._items = items

    def holds(self, subject: Subject) -> Counts:
        """Count items by kind."""
        return dict(Counter(_kind(item) for item in self._of(subject)))

    def read(self, subject: Subject) -> dict[str, list[Any]]:
        """Read everything, by kind, as it is stored."""
        found: dict[str, list[Any]] = {}
        for item in self._of(subject):
            found.setdefault(_kind(item), []).append(_plain(item))
        return found

    def erase(self, subject: Subject) -> Erased:
        """Delete everything; keys and states together at the end."""
        items = self._of(subject)
        last = [item for item in items if _is_last(item)]
        counts = Counter(_kind(item) for item in items)
        self._items.delete([item for item in items if not _is_last(item)])
        self._items.delete_together(last)
        return Erased(dict(counts))

    def _of(self, subject: Subject) -> list[Item]:
        return list(self._items.of(subject.persons, subject.keys))


def _is_last(item: Item) -> bool:
    return bool(item["pk"]["S"].startswith("KEY#") or item["sk"]["S"] == STATE)


def _kind(item: Item) -> str:
    """Name the kind of an item in words: `engagements`, `keys` ..."""
    pk, sk = item["pk"]["S"], item["sk"]["S"]
    prefix = pk if not pk.startswith("PERSON#") else sk
    name = str(prefix).partition("#")[0].lower()
    return _KINDS.get(name, name)


_KINDS = {
    "key": "keys",
    "state": "states",
    "engagement": "engagements",
    "interest": "interests",
    "step": "steps",
    "assignment": "assignments to sales",
    "consent": "consents",
    "outbox": "commands that wait",
    "parked": "commands that were refused",
    "token": "double opt-ins",
    "record": "states of the sync",
    "sync": "marks of the sync",
}


def _plain(item: Item) -> Any:
    """Write an item as JSON values; numbers stay as DynamoDB writes them."""
    plain: dict[str, Any] = {}
    for name, value in item.items():
        [(kind, content)] = value.items()
        plain[name] = json.loads(content) if name == "body" and kind == "S" else content
    return plain
