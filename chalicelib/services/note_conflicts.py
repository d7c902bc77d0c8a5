"""Holds what a marketing automation tells against what we wrote there last.

The owner's value wins, but never silently: the conflict is logged and kept for people to see, and the row is
written again by the next push. What isn't the platform's own is no news of the person, either.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_conflicts import Conflict, Held, contradictions, state_of
from chalicelib.domain.sync_fields import OURS, SyncField, owners
from chalicelib.domain.sync_job import OpenJob
from chalicelib.domain.sync_rows import records_of
from chalicelib.domain.sync_state import SyncState
from chalicelib.log import log_line


class States(Protocol):
    """What is known of the records' rows."""

    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read the states of records, by name; those that were never decided are left out."""

    def open_job(self, platform: Platform) -> OpenJob | None:
        """Read the job whose end nobody has seen yet."""

    def make_due(self, platform: Platform, records: Collection[str]) -> None:
        """Have rows written, or taken away, by the next run though their records did not change."""


class Conflicts(Protocol):
    """Where conflicts are kept."""

    def note(self, conflicts: Iterable[Conflict]) -> None:
        """Put conflicts on record."""


class Persons(Protocol):
    """The persons of the store."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""


@dataclass(frozen=True, slots=True)
class Own:
    """What of a row is ours, and no news.

    Attributes:
        words: of the values that we wrote, or that were changed there by whom they don't belong to.
        silenced: we had the platform write to the row no more: that it does not is no word of the person's.
    """

    words: frozenset[str] = frozenset()
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class ConflictWatch:
    """Looks at the rows of one platform."""

    platform: Platform
    fields: Sequence[SyncField]
    persons: Persons
    states: States
    conflicts: Conflicts

    def look(self, rows: Sequence[Held]) -> list[Own]:
        """Put on record what contradicts us, have it written again, and say of each row what is ours.

        Raises:
            Retryable, Misconfigured: the store did not answer.
        """
        records = self._records(rows)
        states = self.states.load(self.platform, {name for names in records for name in names})
        on_the_way = self._on_the_way()
        found: list[Conflict] = []
        own: list[Own] = []
        for row, names in zip(rows, records, strict=True):
            state = state_of(row, [states[name] for name in names if name in states])
            own.append(self._own(state))
            if state is not None and state.record not in on_the_way:
                found += contradictions(row, state, self.fields)
        self._note(found)
        return own

    def _records(self, rows: Sequence[Held]) -> list[set[str]]:
        persons = self.persons.load({row.person for row in rows if row.person is not None})
        of = {each: records_of(person) for each, person in persons.items()}
        return [{*row.records, *(of.get(row.person, ()) if row.person else ())} for row in rows]

    def _on_the_way(self) -> frozenset[str]:
        """Name the records whose rows may hold what nobody has heard of yet."""
        job = self.states.open_job(self.platform)
        return frozenset(each.row.record for each in job.rows) if job is not None else frozenset()

    def _own(self, state: SyncState | None) -> Own:
        if state is None:
            return Own()
        by_word = owners(self.fields)
        words = frozenset(word for word in state.hashes if by_word.get(word) in OURS)
        return Own(words, silenced=not state.held)

    def _note(self, found: Sequence[Conflict]) -> None:
        for each in found:
            log_line("conflict", platform=each.platform, record=each.record, word=each.word, owner=each.owner)
        self.conflicts.note(found)
        if records := {each.record for each in found}:
            self.states.make_due(self.platform, records)
