"""Which of a package's components its manifest asks for, and what it asks for in vain."""

from collections.abc import Collection
from dataclasses import dataclass

from smarketing.metadata.inner import INNER
from smarketing.metadata.package import Member
from smarketing.metadata.types import PARTS, TYPES
from smarketing.sandbox.org.metadata_api.results import Problem

MANIFEST = "package.xml"


@dataclass(frozen=True, slots=True)
class Item:
    """A component that a package brings.

    Attributes:
        content: as the org keeps it.
        lines_before: lines of its file that come before the first of `content`.
        inner: components that live inside it.
    """

    type: str
    full_name: str
    file_name: str
    content: bytes
    lines_before: int = 0
    inner: tuple[Member, ...] = ()


def choose(
    members: Collection[Member], items: Collection[Item], *, allow_missing_files: bool
) -> tuple[list[Item], list[Problem]]:
    """Take the items that the manifest names; a parent brings its parts along."""
    kinds = dict.fromkeys(kind for kind, _ in members)
    known = dict.fromkeys(each for each in members if _known(each[0]))
    every = {kind for kind, name in known if name == "*"}
    named = {(kind, name.lower()) for kind, name in known}
    wanted = [
        each
        for each in items
        if each.type in every
        or not named.isdisjoint(_keys(each))
        or (_parent(each) is not None and (_parent(each) in named or "CustomObject" in every))
    ]
    problems = [_unknown_type(kind) for kind in kinds if not _known(kind)]
    problems += _not_named(items, {each.file_name for each in wanted})
    if not allow_missing_files:
        present = {key for each in items for key in _keys(each)}
        problems += [
            _missing(kind, name)
            for kind, name in known
            if name != "*" and (kind, name.lower()) not in present
        ]
    return wanted, problems


def _keys(item: Item) -> list[Member]:
    """Name an item and what is inside it, in small letters, as the platform ignores case."""
    return [(kind, name.lower()) for kind, name in ((item.type, item.full_name), *item.inner)]


def _not_named(items: Collection[Item], taken: Collection[str]) -> list[Problem]:
    """Complain of files of which nothing is taken; of an object's, once."""
    return [
        Problem(each.type, each.full_name, each.file_name, "Not in package.xml")
        for each in items
        if each.file_name not in taken and _parent(each) is None
    ]


def _parent(item: Item) -> tuple[str, str] | None:
    if item.type in TYPES:
        return None
    return "CustomObject", item.full_name.partition(".")[0].lower()


def _known(kind: str) -> bool:
    return kind in TYPES or kind in PARTS or kind in INNER


def _unknown_type(kind: str) -> Problem:
    return Problem("", kind, MANIFEST, f"Unknown type name '{kind}' specified in package.xml")


def _missing(kind: str, name: str) -> Problem:
    text = (
        f"An object '{name}' of type {kind} was named in package.xml, but was not found in zipped directory"
    )
    return Problem(kind, name, MANIFEST, text)
