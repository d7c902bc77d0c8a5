"""Finds names and labels that people would take for one another, and kinds that nobody defined."""

from collections.abc import Iterator, Sequence

from chalicelib.playbook.problems import Path, Problem
from chalicelib.playbook.section import Section
from chalicelib.playbook.source import PlaybookSource
from chalicelib.playbook.vocabulary import KINDS


def overlaps(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find what is named twice within a list: names, labels and terms, in whatever spelling."""
    for path, items in _lists(playbook):
        names = [(position, getattr(item, "name", None)) for position, item in enumerate(items)]
        yield from _overlapping(path, ("name",), names)
        for what in ("label", "term"):
            labels = [(position, getattr(item, what, None)) for position, item in enumerate(items)]
            for language in ("en", "de"):
                texts = [(position, getattr(label, language, None)) for position, label in labels]
                yield from _overlapping(path, (what, language), texts)


def kinds_defined(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find kinds that the platforms' callbacks become, but of which the playbook doesn't know."""
    defined = {kind.name for kind in playbook.engagements}
    for kind in KINDS:
        if kind not in defined:
            yield Problem(
                ("engagements",), f"{kind!r} is missing, though the platforms tell it; add it with labels"
            )


def _lists(playbook: PlaybookSource) -> Iterator[tuple[Path, Sequence[Section]]]:
    for section in playbook.model_fields_set:
        if section == "fields":
            continue  # Several objects have a field of the same label.
        content = getattr(playbook, section)
        if isinstance(content, list):
            yield (section,), content
            continue
        for key in type(content).model_fields if content is not None else ():
            if isinstance(value := getattr(content, key), list):
                yield (section, key), value


def _overlapping(path: Path, key: Path, named: Sequence[tuple[int, str | None]]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for position, name in named:
        if name is None:
            continue
        folded = _folded(name)
        if folded in seen:
            yield Problem((*path, position, *key), f"{name!r} overlaps with {seen[folded]!r}; rename one")
        seen.setdefault(folded, name)


def _folded(name: str) -> str:
    """Leave out what people don't see: case, spaces, hyphens and underscores."""
    return "".join(each for each in name.casefold() if not each.isspace() and each not in "-_") or name
