"""Reads a playbook from plain values and lists all that is wrong with it, not just the first."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.playbook.checks import ALL, NAMES, in_order, problems
from chalicelib.playbook.malformed import malformed
from chalicelib.playbook.problems import Path, Problem
from chalicelib.playbook.section import Section
from chalicelib.playbook.source import (
    SECTIONS,
    CategorySource,
    KindSource,
    PlaybookSource,
    ProductLineSource,
    ReasonSource,
    StageSource,
)

_NAMED: Mapping[Path, type[Section]] = {
    ("product_lines",): ProductLineSource,
    ("engagements",): KindSource,
    ("scoring", "categories"): CategorySource,
    ("lifecycle", "stages"): StageSource,
    ("lifecycle", "reasons"): ReasonSource,
}
"""Lists whose items others refer to by name: a malformed one is still known by it."""


def read_plain(plain: Mapping[str, Any]) -> tuple[PlaybookSource | None, list[Problem]]:
    """Read a playbook; it is None where there are problems.

    What is malformed does not hide what makes no sense elsewhere: the checks then run on the rest, but for
    those that what is malformed could mislead.
    """
    try:
        playbook = PlaybookSource.model_validate(dict(plain))
    except ValidationError as error:
        found = [*malformed(error), *_problems_of_the_rest(plain)]
        return None, in_order(found)
    found = problems(playbook)
    return (None if found else playbook), found


@dataclass(slots=True)
class _Rest:
    """A section without its malformed parts."""

    section: str
    left_out: set[Path] = field(default_factory=set)
    content: Any = None
    """Validated; None where nothing could be saved."""
    kept: dict[Path, list[int]] = field(default_factory=dict)
    """By list as it was written: the positions of the items that are left."""
    nameless: set[Path] = field(default_factory=set)
    """Lists of which an item's name is lost."""

    def as_written(self, path: Path) -> Path:
        """Translate a path in what is left to the path in what was written."""
        written: Path = ()
        for part in path:
            at = self.kept[written][part] if isinstance(part, int) and written in self.kept else part
            written = (*written, at)
        return written

    def broken(self) -> set[Path]:
        """Say what the checks must not rely on."""
        if self.content is None:
            return {(self.section,)}
        lists = {path[:-1] for path in self.left_out if isinstance(path[-1], int)}
        return {(*path, ALL) for path in lists} | {(*path, NAMES) for path in self.nameless}


def _problems_of_the_rest(plain: Mapping[str, Any]) -> list[Problem]:
    rests = [_rest_of(section, plain.get(section)) for section in SECTIONS]
    sections = {rest.section: rest.content for rest in rests if rest.content is not None}
    broken = set[Path]().union(*(rest.broken() for rest in rests))
    by_section = {rest.section: rest for rest in rests}
    return [
        replace(problem, path=by_section[str(problem.path[0])].as_written(problem.path))
        for problem in problems(PlaybookSource.model_construct(None, **sections), broken)
    ]


def _rest_of(section: str, plain: Any) -> _Rest:
    """Leave out what is malformed until the rest is well-formed, or nothing is left."""
    rest = _Rest(section)
    adapter: TypeAdapter[Any] = TypeAdapter(PlaybookSource.model_fields[section].annotation)
    while True:
        rest.kept = {}
        left = _without(plain, (section,), rest)
        try:
            rest.content = adapter.validate_python(left)
        except ValidationError as error:
            parts = {_part_of(each.path, each.message) for each in malformed(error, (section,))}
            written = {rest.as_written(part) for part in parts}
            if written <= rest.left_out or (section,) in written:
                return rest
            rest.left_out |= written
        else:
            _keep_names(plain, rest)
            return rest


def _keep_names(plain: Any, rest: _Rest) -> None:
    """Put the names of items that were left out back, at the end of their lists."""
    for path in sorted(each for each in rest.left_out if each[:-1] in _NAMED):
        *above, position = path
        written, content = plain, rest.content
        for part in above[1:]:
            written, content = written[part], getattr(content, str(part))
        item = written[position]
        if isinstance(item, dict) and isinstance(name := item.get("name"), str):
            content.append(_NAMED[path[:-1]].model_construct(None, name=name))
            rest.kept[path[:-1]].append(int(position))
        else:
            rest.nameless.add(path[:-1])


def _part_of(path: Path, message: str) -> Path:
    """Find what to leave out: an unknown key, else the innermost item of a list that holds the mistake."""
    if " is no key here" in message:
        return path
    items = [place for place, part in enumerate(path) if isinstance(part, int)]
    return path[: items[-1] + 1] if items else path[:1]


def _without(value: Any, path: Path, rest: _Rest) -> Any:
    if isinstance(value, list):
        kept = [place for place in range(len(value)) if (*path, place) not in rest.left_out]
        rest.kept[path] = kept
        return [_without(value[place], (*path, place), rest) for place in kept]
    if isinstance(value, dict):
        return {
            key: _without(each, (*path, key), rest)
            for key, each in value.items()
            if (*path, key) not in rest.left_out
        }
    return value
