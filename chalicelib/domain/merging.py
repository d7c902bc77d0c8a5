"""Persons that turn out to be one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.mailing_state import together
from chalicelib.domain.model import Lifecycle, Transition
from chalicelib.domain.person import InterestSummary, Person
from chalicelib.domain.qualification import Compiled

DUPLICATE = "duplicate"
"""The reason of an interest that was closed because the person had another open one in the product line."""


REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Merged:
    """The survivor, whose history has to be told again, and the interests that lost."""

    person: Person
    duplicates: tuple[InterestSummary, ...]
    """Open interests beside which the person has one in the product line that opened earlier."""
    untouched: tuple[InterestSummary, ...]
    """Interests of the absorbed with which nothing happened since they opened: nobody may know them yet."""


def survivor_first(persons: Iterable[Person]) -> Sequence[Person]:
    """Order persons that are one: the oldest, whose ULID is the lowest, survives."""
    return sorted(persons, key=lambda person: person.id)


def merge(compiled: Compiled, survivor: Person, absorbed: Sequence[Person]) -> Merged:
    """Make one person of several; of two open interests in a product line the one that opened first stays.

    In whatever order persons are merged, the same becomes of them.
    """
    interests: dict[str, InterestSummary] = dict(survivor.interests)
    duplicates: list[InterestSummary] = []
    for other in absorbed:
        for line, found in other.interests.items():
            ours = interests.get(line)
            if ours is None:
                interests[line] = found
                continue
            interests[line], gone = _one_of(compiled, ours, found)
            duplicates += gone
    person = replace(
        survivor,
        keys=survivor.keys.union(*(other.keys for other in absorbed)),
        interests=interests,
        mailing=together([survivor.mailing, *(other.mailing for other in absorbed)]),
        absorbed=tuple(
            sorted(
                {*survivor.absorbed, *(each for other in absorbed for each in (other.id, *other.absorbed))}
            )
        ),
    )
    theirs = {each.id for other in absorbed for each in other.interests.values()}
    untouched = (
        each for each in interests.values() if each.id in theirs and each.changed_at == each.opened_at
    )
    return Merged(person, tuple(duplicates), tuple(untouched))


def closing_stage(lifecycle: Lifecycle, source: str) -> str:
    """Find the stage that closes a duplicate: `rejected` where it may follow, else the last one that may.

    The first closed stages of a lifecycle are those of success, which a duplicate is not.
    """
    closing = [stage for stage in lifecycle.stages if stage in lifecycle.closed]
    reachable = [stage for stage in closing if Transition(source, stage) in lifecycle.transitions]
    return REJECTED if REJECTED in reachable else (reachable or closing)[-1]


def _one_of(
    compiled: Compiled, ours: InterestSummary, theirs: InterestSummary
) -> tuple[InterestSummary, list[InterestSummary]]:
    closed = compiled.model.lifecycle.closed
    # The next interest's number follows the higher one, so that its name is free in either history.
    number = max(ours.number, theirs.number)
    if ours.stage in closed and theirs.stage in closed:
        return replace(max(ours, theirs, key=lambda each: (each.changed_at, each.id)), number=number), []
    if ours.stage in closed or theirs.stage in closed:
        return replace(theirs if ours.stage in closed else ours, number=number), []
    stays, goes = sorted((ours, theirs), key=lambda each: (each.opened_at, each.id))
    return replace(stays, number=number), [goes]
