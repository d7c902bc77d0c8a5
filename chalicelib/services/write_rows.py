"""Writes rows into a marketing automation by jobs as large as it takes, and keeps what became of each."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from chalicelib.domain.eligibility import Decision
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Platform, RowResult
from chalicelib.domain.sync_job import OpenJob
from chalicelib.domain.sync_plan import Plan, Planned
from chalicelib.domain.sync_result import after_withdrawal, after_write, fallen
from chalicelib.domain.sync_state import SyncState
from chalicelib.errors import Misconfigured, Rejected
from chalicelib.services.automation import Automation
from chalicelib.services.sync_memory import SyncStates


class People(Protocol):
    """What the store knows of persons at this moment."""

    def decisions(self, persons: Collection[PersonId]) -> Mapping[PersonId, Decision]:
        """Decide anew whether persons may be written to."""

    def with_addresses(self, rows: Sequence[Planned]) -> Sequence[Planned]:
        """Put the addresses back that were written, into rows that the store kept without them."""


@dataclass(slots=True)
class Tally:
    """What was done on a platform, in rows."""

    written: int = 0
    failed: int = 0
    unprocessed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    noted: int = 0
    jobs: int = 0


@dataclass(slots=True)
class RowWriter:
    """Collects planned rows of one platform, writes and withdraws them, and keeps the results.

    Whatever is kept is true: a row counts as written once the platform said so, as taken away once it is. A
    run that breaks off anywhere leaves the states of before, and an open job that `resume` asks for.
    """

    automation: Automation
    store: SyncStates
    people: People
    clock: Callable[[], Instant]
    tally: Tally = field(default_factory=Tally)
    waiting: dict[str, Planned] = field(default_factory=dict)
    leaving: dict[str, Planned] = field(default_factory=dict)
    taken: int = 0
    """Rows that were taken in to be written."""
    _due: set[str] = field(default_factory=set)
    _again: dict[str, Planned] = field(default_factory=dict)

    @property
    def platform(self) -> Platform:
        """Where the rows are written."""
        return self.automation.platform

    @property
    def settled(self) -> int:
        """Of the rows that were taken in, how many are written or kept for another run; the oldest are."""
        return self.taken - len(self.waiting)

    def resume(self) -> Sequence[str]:
        """See how the job ended that an earlier run left open; gives the records to look at again."""
        job = self.store.open_job(self.platform)
        if job is not None:
            self._finish(replace(job, rows=tuple(self.people.with_addresses(job.rows))))
        self._due = set(self.store.due(self.platform))
        return sorted(self._due)

    def states(self, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read states; call `write_all` first where rows of these records wait."""
        return self.store.load(self.platform, records)

    def is_about(self, records: Collection[str]) -> bool:
        """Whether rows of any of these records wait."""
        on_the_way = {*self.waiting, *self.leaving}
        on_the_way |= {let_go.record for each in self.waiting.values() for let_go in each.released}
        return not on_the_way.isdisjoint(records)

    def take(self, plans: Iterable[Plan]) -> None:
        """Take plans: decisions are kept at once, rows wait until there are enough of them."""
        noted: list[SyncState] = []
        for plan in plans:
            self.waiting |= {each.row.record: each for each in plan.write}
            self.leaving |= {each.row.record: each for each in plan.withdraw}
            self.taken += len(plan.write)
            self.tally.unchanged += plan.unchanged
            noted += plan.noted
        self._save(noted)
        self.tally.noted += len(noted)

    def settle_due(self) -> None:
        """Look no more at the records that were looked at for nothing."""
        self.store.settle_due(self.platform, {each for each in self._due if not self.is_about([each])})

    def write_full_jobs(self) -> None:
        """Write as long as there are rows for a whole job; what has to be taken away goes first."""
        while len(self.waiting) >= self.automation.most_rows:
            self._withdraw_leaving()
            self._write(list(self.waiting)[: self.automation.most_rows])

    def write_all(self) -> None:
        """Take away and write all that waits; what the platform did not process is tried once more.

        Raises:
            Retryable: the platform is busy or not done in time; the next run goes on from here.
            Misconfigured: it refuses all of it.
        """
        self._withdraw_leaving()
        self._write_waiting()
        self.waiting, self._again = self._again, {}
        self.taken += len(self.waiting)
        self._write_waiting()
        self._again = {}

    def _withdraw_leaving(self) -> None:
        if self.leaving:
            self._withdraw(list(self.leaving.values()))
            self.leaving.clear()

    def _write_waiting(self) -> None:
        while self.waiting:
            self._write(list(self.waiting)[: self.automation.most_rows])

    def _write(self, records: Sequence[str]) -> None:
        rows = self._still_permitted([self.waiting[record] for record in records])
        if rows:
            try:
                job = self.automation.begin([each.row for each in rows])
            except Rejected as error:
                # Refused as a whole, it is no record's fault.
                raise Misconfigured(str(error)) from None
            kept = OpenJob(job, self.clock(), tuple(rows))
            self.store.keep_job(self.platform, kept)
            self._finish(kept)
        for record in records:
            del self.waiting[record]

    def _still_permitted(self, rows: Sequence[Planned]) -> list[Planned]:
        """Leave out, and take away, those whose permission fell since their rows were planned."""
        decisions = self.people.decisions({each.row.person for each in rows})
        gone = [each for each in rows if not decisions[each.row.person].eligible]
        if gone:
            self._withdraw([fallen(each, decisions[each.row.person]) for each in gone])
        return [each for each in rows if decisions[each.row.person].eligible]

    def _finish(self, job: OpenJob) -> None:
        self.tally.jobs += 1
        try:
            results = self.automation.finish(job.id, [each.row for each in job.rows])
        except Rejected as error:
            # The platform doesn't know the job: its rows are handed over again, which does no harm.
            results = [RowResult(each.row.person, "unprocessed", reason=str(error)) for each in job.rows]
        self._keep(job.rows, results)
        written = [
            replace(each, row=replace(each.row, remote_id=result.remote_id or each.row.remote_id))
            for each, result in zip(job.rows, results, strict=True)
            if result.outcome == "written"
        ]
        # Somebody may have withdrawn while the platform was at work, which then wrote them nevertheless.
        self._still_permitted(written)
        self.store.close_job(self.platform)

    def _keep(self, rows: Sequence[Planned], results: Sequence[RowResult]) -> None:
        pairs = list(zip(rows, results, strict=True))
        undone = [each.row.record for each, result in pairs if result.outcome != "written"]
        before = self.states(undone)
        now = self.clock()
        kept = [
            state
            for each, result in pairs
            for state in after_write(each, result, before.get(each.row.record), now)
        ]
        unprocessed = {each.row.record: each for each, result in pairs if result.outcome == "unprocessed"}
        self._save(kept, due=unprocessed)
        self._again |= {record: each for record, each in unprocessed.items() if each.row.values}
        self.tally.written += len(pairs) - len(undone)
        self.tally.failed += len(undone) - len(unprocessed)
        self.tally.unprocessed += len(unprocessed)

    def _withdraw(self, rows: Sequence[Planned]) -> None:
        results = self.automation.withdraw([each.row for each in rows])
        now = self.clock()
        states = [after_withdrawal(*each, now) for each in zip(rows, results, strict=True)]
        # Whoever must not be written to is tried again until it is done.
        due = {each.record for each in states if each.held}
        self._save(states, due)
        self.tally.withdrawn += len(rows) - len(due)
        self.tally.failed += len(due)

    def _save(self, states: Collection[SyncState], due: Collection[str] = ()) -> None:
        done = {each.record for each in states if each.record in self._due} - set(due)
        self.store.save(states, due, done)
        self._due = (self._due - done) | set(due)
