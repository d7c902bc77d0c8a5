"""Finds kinds of activities that no engagement has, and types that mean two things."""

from collections.abc import Iterator

from chalicelib.playbook.problems import Problem, unknown
from chalicelib.playbook.source import PlaybookSource


def kinds(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find kinds that the playbook does not know."""
    known = [each.name for each in playbook.engagements]
    for place, each in enumerate(playbook.activities.kinds):
        if each.kind not in known:
            yield Problem(("activities", "kinds", place, "kind"), unknown("kind", each.kind, known))


def types(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find types that are given more than once."""
    seen: set[str] = set()
    for place, each in enumerate(playbook.activities.kinds):
        for word in each.types:
            if word.strip().casefold() in seen:
                path = ("activities", "kinds", place, "types")
                yield Problem(path, f"{word!r} is given twice; leave one out")
            seen.add(word.strip().casefold())
