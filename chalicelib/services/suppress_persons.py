"""Takes persons out of the marketing automations at once when nobody may write to them any more.

The timed push would do it, too, minutes later. Whoever withdraws must not get one more mailing meanwhile.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from chalicelib.domain.command import Command
from chalicelib.domain.eligibility import Decision, eligible
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.outcome import Deferred, Outcome, Refused, Written
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.sync import Platform, Row, RowResult
from chalicelib.domain.sync_plan import Planned, address_of
from chalicelib.domain.sync_result import after_withdrawal
from chalicelib.domain.sync_rows import records_of
from chalicelib.domain.sync_state import SyncState, verdict_of
from chalicelib.services.automation import Automation
from chalicelib.services.plan_rows import Persons


class SyncStates(Protocol):
    """What is known of the records' rows."""

    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read the states of records, by name; those that were never decided are left out."""

    def save(self, states: Collection[SyncState], due: Collection[str] = ()) -> None:
        """Keep states; the next push looks at the records in `due` again."""


class Suppressions:
    """All marketing automations as one, for commands that somebody be written to no more."""

    def __init__(
        self,
        automations: Sequence[Automation],
        states: SyncStates,
        persons: Persons,
        compiled: Callable[[], Compiled],
        clock: Callable[[], Instant],
    ) -> None:
        """Serve commands on these platforms; without one there is nothing to take anybody out of."""
        self._automations = automations
        self._states = states
        self._persons = persons
        self._compiled = compiled
        self._clock = clock

    def write(self, commands: Sequence[Command]) -> list[Outcome]:
        """Take persons out of every platform; one outcome for each command, in their order.

        Who has permitted anything again since then is left alone. Safe to repeat.

        Raises:
            Retryable, Misconfigured: a platform or the store did not answer: none of the commands is done.
        """
        persons = self._persons.load({each.person for each in commands})
        compiled = self._compiled()
        silent = {
            each.id: (each, decision)
            for each in persons.values()
            if not (decision := eligible(compiled, each)).eligible
        }
        failures: dict[PersonId, Outcome] = {}
        for automation in self._automations:
            failures |= self._suppress(automation, silent)
        return [_outcome(each, persons.get(each.person), failures) for each in commands]

    def _suppress(
        self, automation: Automation, silent: Mapping[PersonId, tuple[Person, Decision]]
    ) -> dict[PersonId, Outcome]:
        """Take persons out of one platform; gives why some may still be there."""
        names = {record for person, _ in silent.values() for record in records_of(person)}
        states = self._states.load(automation.platform, names)
        rows = [row for person, _ in silent.values() for row in _rows(automation.platform, person, states)]
        if not rows:
            return {}
        results = automation.withdraw(rows)
        now = self._clock()
        kept = [
            _kept(row, result, states[row.record], silent[row.person][1], now)
            for row, result in zip(rows, results, strict=True)
            if row.record in states
        ]
        self._states.save(kept, due={each.record for each in kept if each.held})
        return {
            row.person: Refused(result.reason) if result.outcome == "failed" else Deferred(result.reason)
            for row, result in zip(rows, results, strict=True)
            if result.outcome != "written"
        }


def _rows(platform: Platform, person: Person, states: Mapping[str, SyncState]) -> list[Row]:
    """Name all rows that a platform may hold of a person, also those of whose writing nobody knows yet."""
    rows = []
    for record in records_of(person):
        state = states.get(record)
        remote_id = state.remote_id if state is not None else None
        address = address_of(state, person) if state is not None else ""
        rows.append(Row(person.id, record, address, remote_id))
    if platform == "account_engagement":
        known = {row.remote_id for row in rows}
        prospects = sorted(key.value for key in person.keys if key.kind == "prospect")
        rows += [Row(person.id, "", "", each) for each in prospects if each not in known]
    return rows


def _kept(row: Row, result: RowResult, state: SyncState, decision: Decision, now: Instant) -> SyncState:
    if not state.held:
        return state
    judged = replace(state, verdict=verdict_of(row.person, decision), decided_at=now)
    return after_withdrawal(Planned(row, judged), result, now)


def _outcome(command: Command, person: Person | None, failures: Mapping[PersonId, Outcome]) -> Outcome:
    failure = failures.get(person.id) if person is not None else None
    return failure or Written(command.external_id)
