"""Has the next timed push look at a person's rows though nothing of the person changed in Salesforce."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.command import Command
from chalicelib.domain.interest import PersonId
from chalicelib.domain.outcome import Outcome, Written
from chalicelib.domain.person import Person
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_rows import records_of


class SyncStates(Protocol):
    """The sync's memory."""

    def mark_due(self, platform: Platform, records: Collection[str]) -> None:
        """Have the next run look at records."""


class Persons(Protocol):
    """The persons of the store."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""


@dataclass(frozen=True, slots=True)
class RowMarks:
    """All platforms in use as one, for commands that the next push look at somebody's rows."""

    platforms: Sequence[Platform]
    states: SyncStates
    persons: Persons

    def write(self, commands: Sequence[Command]) -> list[Outcome]:
        """Mark the records of persons; one outcome for each command. Safe to repeat.

        Raises:
            Retryable, Misconfigured: the store did not answer: none of the commands is done.
        """
        persons = self.persons.load({each.person for each in commands})
        records = {record for person in persons.values() for record in records_of(person)}
        for platform in self.platforms:
            self.states.mark_due(platform, records)
        return [Written(each.external_id) for each in commands]
