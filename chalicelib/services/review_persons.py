"""Reviews persons whose numbers changed by themselves: time passed, or a new playbook was published."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Literal, Protocol

from chalicelib.domain.decide import Change, Past, review
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Review, encode
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Retryable

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
    queue.send(_reviews(due.until(clock())))


def review_persons(
    ids: Sequence[PersonId], persons: Persons, compiled: Compiled, clock: Callable[[], Instant]
) -> None:
    """Review persons: by a new playbook their history is told again; gates are asked once more.

    Raises:
        Retryable: a person kept changing; a repetition does no harm.
    """
    loaded = persons.load(ids)
    for person in {each.id: each for each in loaded.values()}.values():
        _review(person, persons, compiled, clock)


def _review(person: Person, persons: Persons, compiled: Compiled, clock: Callable[[], Instant]) -> None:
    for _ in range(TRIES):
        if persons.commit(review(compiled, person, persons, clock())) == "recorded":
            return
        person = persons.load([person.id])[person.id]
    raise Retryable("person: others keep changing it; the review comes again")


def _reviews(ids: Iterable[PersonId]) -> Iterator[str]:
    rest = iter(ids)
    while part := tuple(islice(rest, MOST_PERSONS)):
        yield encode(Review(part))
