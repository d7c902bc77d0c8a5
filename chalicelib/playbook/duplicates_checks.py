"""Finds bounds of duplicates that are the wrong way round, and fields with two rules or too lax a one."""

from collections.abc import Iterator

from chalicelib.playbook.problems import Problem
from chalicelib.playbook.source import PlaybookSource

_CONSENTS = ("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall")
"""Standard fields by which somebody objects: merged, the objection stays."""


def bounds(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find a bound of doubt that lies above that of certainty."""
    if playbook.duplicates is None:
        return
    for part in ("at_creation", "search"):
        given = getattr(playbook.duplicates, part)
        if given.doubtful > given.certain:
            message = f"{given.doubtful} is above certain ({given.certain}); make it at most that"
            yield Problem(("duplicates", part, "doubtful"), message)


def survival(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find fields that are given two rules, and objections that could get lost."""
    seen: set[str] = set()
    for position, each in enumerate(playbook.duplicates.survival if playbook.duplicates else ()):
        for number, name in enumerate(each.fields):
            path = ("duplicates", "survival", position, "fields", number)
            if name in seen:
                yield Problem(path, f"{name!r} has a rule already; keep one")
            if name in _CONSENTS and each.keep != "stricter":
                yield Problem(path, f"{name!r} holds an objection; only 'stricter' may be its rule")
            seen.add(name)
