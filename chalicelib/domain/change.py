"""A change of a person: what is read to decide it, and all that is written when it is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement, PersonKey
from chalicelib.domain.interest import Interest, InterestId, PersonId
from chalicelib.domain.ledger import Entry
from chalicelib.domain.person import Person
from chalicelib.domain.step import Step


class Past(Protocol):
    """What is stored already; read only where a decision needs it."""

    def history(self, person: Person) -> Sequence[Engagement]:
        """Read a person's engagements, those of absorbed persons included, in any order."""

    def interest(self, interest: InterestId) -> Interest:
        """Read an interest."""

    def interests(self, person: Person) -> Sequence[Interest]:
        """Read all interests that a person ever had, those of absorbed persons included."""


@dataclass(frozen=True, slots=True)
class Change:
    """All that one transaction writes.

    Attributes:
        person: as it shall be; its version is one above the one that was read, which is 0 for a newcomer.
        engagement: what is recorded; None at a review.
        new_keys: keys that nobody had.
        absorbed: persons that were merged into this one, as they were read.
        interests: that were opened or went on to another stage.
        steps: that interests took, or were refused, each a row of their history.
        entries: of the consent ledger.
        superseded: waiting commands of absorbed persons, by person and key, whose place `commands` take.
        refused: why a change of stage was not followed; None where nothing was refused.
    """

    person: Person
    engagement: Engagement | None = None
    new_keys: frozenset[PersonKey] = frozenset()
    absorbed: tuple[Person, ...] = ()
    interests: tuple[Interest, ...] = ()
    commands: tuple[Command, ...] = ()
    steps: tuple[Step, ...] = ()
    entries: tuple[Entry, ...] = ()
    superseded: tuple[tuple[PersonId, str], ...] = ()
    refused: str | None = None
