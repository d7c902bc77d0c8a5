"""Marketing automations that work jobs off in their own time: one keyed by record, one by e-mail address."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.sync import Platform, Row, RowResult
from chalicelib.errors import Rejected, Retryable


@dataclass
class FakeAutomation:
    """Applies a job when its end is first asked for, as late as a platform may.

    Attributes:
        refused: records whose rows are refused.
        skipped: how often rows of records are left unprocessed.
        busy: calls that fail in passing before one gets through, by method.
        withdrawn: addresses that may not be written to.
        calls: of each method.
    """

    platform: Platform = "marketing_cloud"
    most_rows: int = 3
    rows: dict[str, Row] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    skipped: dict[str, int] = field(default_factory=dict)
    busy: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    made: int = 0
    _jobs: dict[str, list[Row]] = field(default_factory=dict)
    _ended: dict[str, list[RowResult]] = field(default_factory=dict)

    def begin(self, rows: Sequence[Row]) -> str:
        self._called("begin")
        if len(rows) > self.most_rows:
            raise Rejected("too many rows")
        job = f"job-{len(self._jobs)}"
        self._jobs[job] = list(rows)
        return job

    def finish(self, job: str, rows: Sequence[Row]) -> Sequence[RowResult]:
        self._called("finish")
        if job not in self._jobs:
            raise Rejected("no such job")
        assert [each.record for each in rows] == [each.record for each in self._jobs[job]]
        if job not in self._ended:
            self._ended[job] = [self._write(each) for each in self._jobs[job]]
        return self._ended[job]

    def withdraw(self, rows: Sequence[Row]) -> Sequence[RowResult]:
        self._called("withdraw")
        for each in rows:
            self.rows.pop(self._key(each), None)
        return [RowResult(each.person, "written") for each in rows]

    def held(self, words: Sequence[str]) -> Iterator[Row]:
        yield from self.rows.values()

    def values(self, record: str) -> dict[str, object] | None:
        """What the platform holds of a record."""
        found = [each for each in self.rows.values() if each.record == record]
        assert len(found) <= 1
        return dict(found[0].values) if found else None

    @property
    def records(self) -> set[str]:
        return {each.record for each in self.rows.values()}

    def _write(self, row: Row) -> RowResult:
        if row.record in self.refused:
            return RowResult(row.person, "failed", reason="the field Country: not one of the picklist")
        if self.skipped.get(row.record, 0) > 0:
            self.skipped[row.record] -= 1
            return RowResult(row.person, "unprocessed", reason="deadlock")
        key = self._key(row)
        if key not in self.rows:
            self.made += 1
        self.rows[key] = row
        return RowResult(row.person, "written", key)

    def _key(self, row: Row) -> str:
        """Name a row: a prospect by its id, or by its address as an upsert does; else by the record."""
        if self.platform == "account_engagement":
            return row.remote_id or f"prospect of {row.email.casefold()}"
        return row.remote_id or row.record

    def _called(self, method: str) -> None:
        if self.busy.get(method, 0) > 0:
            self.busy[method] -= 1
            raise Retryable(f"{method}: busy")
        self.calls[method] = self.calls.get(method, 0) + 1
