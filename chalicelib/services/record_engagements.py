"""Records engagements: finds or makes their persons, decides, and writes each with all it causes at once."""

import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol

from chalicelib.domain.change import Change, Past
from chalicelib.domain.decide import newcomer, record
from chalicelib.domain.engagement import MOST_KEY_BYTES, Engagement, PersonKey, is_storable
from chalicelib.domain.erasure import ErasedKey, ErasedKeys, admitted
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.merging import survivor_first
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Rejected, Retryable
from chalicelib.log import log_line

TRIES = 8
WORKERS = 8
"""Persons that are worked on side by side: nearly all of the time is waiting for the table."""


class Persons(Past, Protocol):
    """The persons of the store."""

    def find(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, PersonId]:
        """Find who the keys belong to."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""

    def commit(self, change: Change) -> Literal["recorded", "duplicate", "conflict"]:
        """Write a change in one transaction, or nothing of it."""


def nobody_erased(_: Iterable[PersonKey]) -> ErasedKeys:
    """Stand in for the marks of the erased where nobody ever was."""
    return {}


@dataclass(frozen=True, slots=True)
class Recording:
    """What recording needs.

    Attributes:
        new_person: makes an id for somebody whom nobody knew.
        erased: finds which keys are those of the erased; asked about keys that nobody owns.
    """

    persons: Persons
    compiled: Callable[[], Compiled]
    clock: Callable[[], Instant]
    new_person: Callable[[], PersonId]
    erased: Callable[[Iterable[PersonKey]], ErasedKeys] = nobody_erased


def record_engagements(engagements: Sequence[Engagement], recording: Recording) -> None:
    """Record each engagement exactly once, however often it comes; what tells of the erased is dropped.

    Persons are found for all of them together; then each is one transaction. Engagements that share a key
    are recorded in their order, different people's side by side. Where one fails, whatever the fault, the
    others are recorded before that is told.

    Raises:
        Rejected, Retryable, Misconfigured: the first failure; a repetition skips what was recorded.
    """
    compiled = recording.compiled()
    faults = [fault for engagement in engagements if (fault := _fault(engagement)) is not None]
    findable = [engagement for engagement in engagements if _fault(engagement) is None]
    known = _Known(recording, findable)
    groups = by_person(findable, known.owner)
    work = partial(_record_in_order, recording=recording, compiled=compiled, known=known)
    with ThreadPoolExecutor(min(WORKERS, max(1, len(groups)))) as pool:
        failures = [failure for failure in pool.map(work, groups) if failure is not None]
    if known.dropped:
        log_line("erased_dropped", count=len(known.dropped))
    for failure in (*failures, *faults):
        raise failure


def _fault(engagement: Engagement) -> Rejected | None:
    """Say why the engagement's person can't be looked for."""
    if not engagement.keys:
        return Rejected("keys: none; an engagement needs at least one key of its person")
    for key in engagement.keys:
        if not is_storable(key):
            return Rejected(f"keys: {key.kind} is no text of 1 to {MOST_KEY_BYTES} bytes")
    return None


class _Known:
    """Who the keys of a message belong to: read together, and kept up to date while it is recorded."""

    def __init__(self, recording: Recording, engagements: Iterable[Engagement]) -> None:
        self._store = recording.persons
        self._marks = recording.erased
        self.owners: dict[PersonKey, PersonId] = {}
        self._persons: dict[PersonId, Person] = {}
        self._erased: dict[PersonKey, ErasedKey] = {}
        self.dropped: list[None] = []
        self.read({key for engagement in engagements for key in engagement.keys})

    def read(self, keys: Iterable[PersonKey]) -> None:
        asked = set(keys)
        found = self._store.find(asked)
        self.owners.update(found)
        self._persons.update(self._store.load(set(found.values())))
        self._erased.update(self._marks(sorted(key for key in asked if self.owner(key) is None)))

    def read_again(self, engagement: Engagement) -> None:
        for key in engagement.keys:
            self._persons.pop(self.owners.pop(key, PersonId("")), None)
        self.read(engagement.keys)

    def admitted(self, engagement: Engagement) -> Engagement | None:
        owned = {key for key in engagement.keys if self.owner(key) is not None}
        erased = {
            key: self._erased[key] for key in engagement.keys if key in self._erased and key not in owned
        }
        return admitted(engagement, erased, owned) if erased else engagement

    def owner(self, key: PersonKey) -> PersonId | None:
        person = self._persons.get(self.owners[key]) if key in self.owners else None
        return person.id if person else None

    def whose(self, engagement: Engagement) -> Sequence[Person]:
        owners = {self.owners[key] for key in engagement.keys if key in self.owners}
        persons = {person.id: person for owner in owners if (person := self._persons.get(owner))}
        return survivor_first(persons.values())

    def learn(self, change: Change) -> None:
        person = change.person
        for key in person.keys:
            self.owners[key] = person.id
        self._persons[person.id] = person
        for absorbed in person.absorbed:
            self._persons[absorbed] = person


def by_person(
    engagements: Iterable[Engagement], owner: Callable[[PersonKey], PersonId | None]
) -> list[list[Engagement]]:
    """Group engagements that are, by their keys, one person's; each group keeps their order."""
    leader: dict[object, object] = {}

    def lead(mark: object) -> object:
        while (above := leader.setdefault(mark, mark)) != mark:
            mark = above
        return mark

    marks = [[owner(key) or key for key in engagement.keys] for engagement in engagements]
    for first, *others in marks:
        for other in others:
            leader[lead(other)] = lead(first)
    groups: dict[object, list[Engagement]] = {}
    for engagement, (first, *_) in zip(engagements, marks, strict=True):
        groups.setdefault(lead(first), []).append(engagement)
    return list(groups.values())


def _record_in_order(
    engagements: Sequence[Engagement], recording: Recording, compiled: Compiled, known: _Known
) -> Exception | None:
    failure: Exception | None = None
    for engagement in engagements:
        try:
            _record(engagement, recording, compiled, known)
        except Exception as error:  # raised again when the others are recorded
            failure = failure or error
    return failure


def _record(told: Engagement, recording: Recording, compiled: Compiled, known: _Known) -> None:
    for attempt in range(TRIES):
        engagement = known.admitted(told)
        if engagement is None:
            known.dropped.append(None)
            return
        persons = known.whose(engagement) or (newcomer(recording.new_person(), compiled),)
        change = record(compiled, persons, engagement, recording.persons, recording.clock())
        outcome = recording.persons.commit(change)
        if outcome == "recorded":
            known.learn(change)
            _tell(change)
        if outcome != "conflict":
            return
        known.read_again(told)
        # Whoever else writes this person needs a moment, and not the same one as we do.
        time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter
    raise Retryable("person: others keep changing it; the message comes again")


def _tell(change: Change) -> None:
    if change.refused is not None:
        log_line("step_refused", reason=change.refused)
    for interest in change.interests:
        log_line("interest", line=interest.product_line, stage=interest.stage, gate=interest.gate)
    if change.absorbed:
        log_line("persons_merged", count=1 + len(change.absorbed))
