"""Reviews persons whose numbers changed by themselves: time passed, or a new playbook was published."""

import random
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, Protocol

from chalicelib.domain.change import Change, Past
from chalicelib.domain.decide import review
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Review, encode
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Misconfigured, Rejected, Retryable

TRIES = 8
MOST_PERSONS = 100
"""In one message."""


class Persons(Past, Protocol):
    """The persons of the store."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""

    def commit(self, change: Change) -> Literal["recorded", "duplicate", "conflict"]:
        """Write a change in one transaction, or nothing of it."""


class Due(Protocol):
    """The index of who is due."""

    def until(self, now: Instant) -> Iterable[PersonId]:
        """List the persons who are due by now."""


class Queue(Protocol):
    """The engagement queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


def review_due(due: Due, queue: Queue, clock: Callable[[], Instant]) -> None:
    """Put everybody who is due on the engagement queue; costs what is due, not what there is.

    Raises:
        Retryable: the store or the queue was busy; the next round finds them again.
    """
    ask_for_reviews(due.until(clock()), queue)


def ask_for_reviews(ids: Iterable[PersonId], queue: Queue) -> None:
    """Put persons on the engagement queue: those who are due, or everyone after a new playbook.

    Raises:
        Retryable: the queue did not take them; to ask again does no harm.
    """
    queue.send(_reviews(ids))


def review_persons(
    ids: Sequence[PersonId], persons: Persons, compiled: Compiled, clock: Callable[[], Instant]
) -> None:
    """Review persons: by a new playbook their history is told again; gates are asked once more.

    Raises:
        Rejected, Retryable, Misconfigured: the first failure, when the others are reviewed; a repetition
            does no harm.
    """
    loaded = persons.load(ids)
    failures: list[Exception] = []
    for person in {each.id: each for each in loaded.values()}.values():
        try:
            _review(person, persons, compiled, clock)
        except (Rejected, Retryable, Misconfigured) as error:
            failures.append(error)
    for failure in failures:
        raise failure


def _review(person: Person, persons: Persons, compiled: Compiled, clock: Callable[[], Instant]) -> None:
    for attempt in range(TRIES):
        if persons.commit(review(compiled, person, persons, clock())) == "recorded":
            return
        time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter
        now_known = persons.load([person.id])
        if person.id not in now_known:
            return
        person = now_known[person.id]
    raise Retryable("person: others keep changing it; the review comes again")


def _reviews(ids: Iterable[PersonId]) -> Iterator[str]:
    rest = iter(ids)
    while part := tuple(islice(rest, MOST_PERSONS)):
        yield encode(Review(part))
