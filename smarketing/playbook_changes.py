"""What a playbook changes against the one in force, and its publishing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from chalicelib.errors import Rejected
from chalicelib.playbook.compiler import from_json, to_json, version_of
from chalicelib.playbook.source import PlaybookSource

MOST_BYTES = 390_000
"""DynamoDB takes 400 KB an item, its other attributes included."""


class PlaybookStore(Protocol):
    """The published playbooks."""

    def publish(self, version: str, text: str) -> None:
        """Keep a playbook, as JSON, under its version and put it in force."""

    def current_version(self) -> str | None:
        """Tell which version is in force; None before the first was published."""

    def current(self) -> str:
        """Read the playbook in force, as JSON."""


@dataclass(frozen=True, slots=True)
class Change:
    """One item of the playbook that is new, gone or another; `how` says in which keys."""

    what: Literal["added", "removed", "changed"]
    item: str
    how: str = ""

    def __str__(self) -> str:
        """Write the change as one line: `~ scoring.rules.brochure: points 15 -> 20`."""
        sign = {"added": "+", "removed": "-", "changed": "~"}[self.what]
        return f"{sign} {self.item}: {self.how}" if self.how else f"{sign} {self.item}"


@dataclass(frozen=True, slots=True)
class Publication:
    """What publishing does, or would do; `replaces` is the version that was in force."""

    version: str
    replaces: str | None
    changes: tuple[Change, ...]

    @property
    def is_news(self) -> bool:
        """Whether anything changes at all."""
        return self.version != self.replaces


def publication(store: PlaybookStore, playbook: PlaybookSource) -> Publication:
    """Compare a playbook with the one in force."""
    version, replaces = version_of(playbook), store.current_version()
    if replaces is None or replaces == version:
        return Publication(version, replaces, ())
    return Publication(version, replaces, tuple(_since(store.current(), playbook)))


def publish(store: PlaybookStore, playbook: PlaybookSource) -> None:
    """Put a playbook in force.

    Raises:
        Rejected: it is larger than an item of the store.
    """
    text = to_json(playbook)
    if len(text.encode()) > MOST_BYTES:
        raise Rejected(f"playbook: has more than {MOST_BYTES // 1_000} KB; shorten labels and definitions")
    store.publish(version_of(playbook), text)


def changes(before: PlaybookSource, after: PlaybookSource) -> list[Change]:
    """List what another playbook changes, by section and name."""
    return list(_changes("", before.model_dump(mode="json"), after.model_dump(mode="json")))


def _since(published: str, playbook: PlaybookSource) -> list[Change]:
    try:
        return changes(from_json(published), playbook)
    except Rejected:
        how = "the one in force was written for another release, so that they cannot be compared"
        return [Change("changed", "everything", how)]


def _changes(above: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Compare section by section; a list of named items by name, and everything else as a whole."""
    for key in dict.fromkeys([*before, *after]):
        old, new, item = before.get(key), after.get(key), f"{above}{key}"
        if old == new:
            continue
        if isinstance(old, list) and isinstance(new, list) and _are_named([*old, *new]):
            yield from _items(item, old, new)
        elif isinstance(old, dict) and isinstance(new, dict):
            yield from _changes(f"{item}.", old, new)
        else:
            yield Change("changed", item, f"{_written(old)} -> {_written(new)}")


def _items(above: str, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Iterator[Change]:
    old, new = ({_name(item): item for item in items} for items in (before, after))
    for name in dict.fromkeys([*old, *new]):
        item = f"{above}.{name}"
        if name not in new:
            yield Change("removed", item, _points(old[name]))
        elif name not in old:
            yield Change("added", item, _points(new[name]))
        elif old[name] != new[name]:
            keys = (key for key in new[name] if old[name].get(key) != new[name][key])
            how = (f"{key} {_written(old[name].get(key))} -> {_written(new[name][key])}" for key in keys)
            yield Change("changed", item, ", ".join(how))
    if [name for name in old if name in new] != [name for name in new if name in old]:
        yield Change("changed", above, "another order")


def _are_named(items: list[Any]) -> bool:
    return all(isinstance(item, dict) and _name(item) is not None for item in items)


def _name(item: Mapping[str, Any]) -> str | None:
    name: str | None = item["term"]["en"] if "term" in item else item.get("name")
    return name


def _points(item: Mapping[str, Any]) -> str:
    return f"{item['points']:+d} points" if "points" in item else ""


def _written(value: Any) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
