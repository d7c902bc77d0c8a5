"""Erases a person: marks first, so that nothing brings them back, then store after store, our table last.

Each step may be repeated, and the journal says which are done: an erasure that was broken off goes on where
it was. The marks and the journal hold keyed hashes and counts, nothing of the person.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.erasure import ErasedKey, Erasure, RecordsTo, erasure_id
from chalicelib.domain.instant import SECOND, Duration, Instant
from chalicelib.errors import Retryable
from chalicelib.gateways.store.person_items import PersonItems
from smarketing.privacy.steps import Step
from smarketing.privacy.subject import Subject

IN_FLIGHT = Duration(250 * SECOND)
"""A delivery that was begun before ends within this time: its function's timeout, and a little."""

LOOK_SECONDS = 2.0


class Marks(Protocol):
    """Marks of the erased."""

    def put(self, keys: Sequence[PersonKey], erased: ErasedKey) -> None:
        """Mark keys."""


class Journals(Protocol):
    """The journals of all erasures."""

    def find(self, erasure: str) -> Erasure | None:
        """Read a journal; None where there is none."""

    def save(self, erasure: Erasure) -> None:
        """Keep a journal in the place of what it said before."""


@dataclass(frozen=True, slots=True)
class Erasing:
    """What an erasure works with.

    Attributes:
        steps: the stores, our table last.
        find_more: gives further keys of the person that only a platform knows.
        progress: is told the name of each step as it begins.
    """

    items: PersonItems
    marks: Marks
    journals: Journals
    steps: Sequence[Step]
    erasure_key: str
    clock: Callable[[], Instant]
    sleep: Callable[[float], None]
    find_more: Callable[[Subject], Sequence[PersonKey]] = lambda _: ()
    progress: Callable[[str], None] = lambda _: None


@dataclass(frozen=True, slots=True)
class Ended:
    """An erasure, and what is left to do by hand."""

    erasure: Erasure
    left: tuple[str, ...] = ()


def plan(subject: Subject, erasing: Erasing) -> dict[str, Mapping[str, int]]:
    """Count what each store holds of a person; changes nothing.

    Raises:
        Retryable, Misconfigured: a store could not be asked.
    """
    subject = subject.with_keys(erasing.find_more(subject))
    counted: dict[str, Mapping[str, int]] = {}
    for step in erasing.steps:
        erasing.progress(step.name)
        counted[step.name] = step.holds(subject)
    return counted


def erase(subject: Subject, records_to: RecordsTo, erasing: Erasing) -> Ended:
    """Erase a person, or go on with it.

    Raises:
        Retryable, Misconfigured, Rejected: a store did not answer or refuses; what was done is noted, and
            the same call goes on.
    """
    name = subject.erasing or erasure_id(erasing.erasure_key, subject.named)
    journal = _begin(name, records_to, erasing)
    subject = subject.with_keys(erasing.find_more(subject))
    erasing.progress("marks")
    erasing.marks.put(sorted(subject.keys), ErasedKey(journal.begun_at, name))
    _close(subject, name, erasing)
    _wait_for_deliveries(subject, journal, erasing)
    left: list[str] = []
    for step in erasing.steps:
        if step.name in journal.done:
            continue
        erasing.progress(step.name)
        erased = step.erase(subject)
        waiting = dict(journal.waiting_for)
        if erased.waiting_for:
            waiting[step.name] = erased.waiting_for
        journal = replace(journal, done={**journal.done, step.name: dict(erased.counts)}, waiting_for=waiting)
        erasing.journals.save(journal)
        left += erased.left
    journal = replace(journal, finished_at=erasing.clock())
    erasing.journals.save(journal)
    return Ended(journal, tuple(left))


def _begin(name: str, records_to: RecordsTo, erasing: Erasing) -> Erasure:
    found = erasing.journals.find(name)
    if found is not None and found.finished_at is None:
        return found
    now = erasing.clock()
    # Whoever came back of their own will may be erased once more.
    journal = Erasure(name, now, records_to, Instant(now + IN_FLIGHT))
    erasing.journals.save(journal)
    return journal


def _close(subject: Subject, name: str, erasing: Erasing) -> None:
    for person in subject.persons[:1]:
        erasing.items.close(person, name)


def _wait_for_deliveries(subject: Subject, journal: Erasure, erasing: Erasing) -> None:
    """Wait until nothing that was read before is written after: a command stays until it is delivered.

    Raises:
        Retryable: rows of theirs are with a marketing automation, whose answer the next push has to see.
    """
    while erasing.clock() < journal.settled_at and _has_commands(subject, erasing.items):
        erasing.progress("deliveries under way")
        erasing.sleep(LOOK_SECONDS)
    if erasing.items.is_being_synced(subject.keys):
        raise Retryable("sync: rows of theirs are under way; run smarketing sync run first")


def _has_commands(subject: Subject, items: PersonItems) -> bool:
    return any(item["sk"]["S"].startswith("OUTBOX#") for item in items.of(subject.persons, ()))
