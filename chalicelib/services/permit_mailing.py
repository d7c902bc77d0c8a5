"""Answers a journey that asks whether it may write to a contact, and keeps that it may."""

import random
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from chalicelib.domain.change import Change, Past
from chalicelib.domain.decide import record
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.mailing_question import MailingQuestion
from chalicelib.domain.may_send import Answer, may_send
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Retryable

TRIES = 8


class Persons(Past, Protocol):
    """The persons of the store."""

    def find(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, PersonId]:
        """Find who the keys belong to."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""

    def commit(self, change: Change) -> Literal["recorded", "duplicate", "conflict"]:
        """Write a change in one transaction, or nothing of it."""


@dataclass(frozen=True, slots=True)
class Permitting:
    """What permitting needs."""

    persons: Persons
    compiled: Callable[[], Compiled]
    clock: Callable[[], Instant]


def permit_mailing(question: MailingQuestion, permitting: Permitting) -> Answer:
    """Decide whether a journey may write, by what the store knows at this moment.

    A permission is recorded before it is given, in the person's own optimistic transaction: of two journeys
    that ask at once, one decides again and sees the other's. Who asks again with the same question has their
    place already, and gets the same answer, unless consent was withdrawn or something was bought meanwhile.

    Raises:
        Retryable, Misconfigured: the store did not answer, or others keep changing the person: nothing is
            permitted.
    """
    compiled = permitting.compiled()
    for attempt in range(TRIES):
        key, person = _find(question, permitting.persons)
        now = permitting.clock()
        answer = may_send(compiled, person, question.purpose, question.line, now, question.id)
        if key is None or person is None or not answer.allowed:
            return answer
        change = record(compiled, [person], question.permission(key, now), permitting.persons, now)
        if permitting.persons.commit(change) != "conflict":
            return answer
        time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter
    raise Retryable("person: others keep changing it; ask again")


def _find(question: MailingQuestion, persons: Persons) -> tuple[PersonKey | None, Person | None]:
    """Find the person by the first key that anybody is known by."""
    owners = persons.find(question.keys)
    for key in question.keys:
        if key in owners:
            return key, persons.load([owners[key]]).get(owners[key])
    return None, None
