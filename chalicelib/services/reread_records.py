"""Reads Salesforce records again whose changes could not be told by an event."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant
from chalicelib.domain.message import Reread, pack
from chalicelib.services.tell_facts import Fact


class Crm(Protocol):
    """The outside system."""

    def read_again(self, entity: str, ids: Sequence[str], now: Instant) -> Iterable[Fact]:
        """Read records and give what they tell of persons."""


class Queue(Protocol):
    """The engagement queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


def reread_records(
    reread: Reread,
    *,
    crm: Crm,
    told: Callable[[Sequence[Fact]], Iterable[Engagement]],
    engagements: Queue,
    clock: Callable[[], Instant],
) -> None:
    """Put what the records tell on the engagement queue; to do it again tells nothing new.

    Raises:
        Rejected: the object is none that tells of persons.
        Retryable: Salesforce, the store or the queue can't be reached.
        Misconfigured: the integration user may not read the object.
    """
    facts = list(crm.read_again(reread.entity, reread.ids, clock()))
    engagements.send(pack(told(facts)))
