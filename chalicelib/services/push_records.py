"""Pushes what changed in Salesforce into the marketing automations: whom they may write to, and nobody else.

Salesforce is read once for all platforms, from where the one stands that is behind the most. A platform that
is busy, or that refuses, does not hold up the others.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.instant import MINUTE, Duration, Instant
from chalicelib.domain.watermark import Watermark, read_up_to, taken
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.log import log_line
from chalicelib.services.automation import Automation
from chalicelib.services.plan_rows import Planner
from chalicelib.services.platform_push import BATCH, SOURCES, PlatformPush, Source

__all__ = ["Automation", "Run", "push_records"]

MOST_TIME = Duration(9 * MINUTE)
"""A function ends after a quarter of an hour, and the last job has to be waited for."""


class Crm(Protocol):
    """The reading side of Salesforce."""

    def changed(self, source: Source, since: Watermark | None) -> Iterable[ChangedRecord]:
        """Give what changed after a watermark, everything without one, the oldest change first."""


@dataclass(frozen=True, slots=True)
class Run:
    """What a run goes by.

    Attributes:
        full: whether everything is read; what is unchanged is not written again.
        most_time: after which no more is read; the next run goes on.
        progress: is called after each batch, with the number of records that were read so far.
    """

    crm: Crm
    planner: Planner
    clock: Callable[[], Instant]
    full: bool = False
    most_time: Duration = MOST_TIME
    progress: Callable[[int], None] = lambda _: None


def push_records(pushes: Sequence[PlatformPush], run: Run) -> int:
    """Push what changed since each platform's watermarks; gives the number of records that were read.

    Safe to repeat after a break at any point: a watermark moves once the results of all rows before it are
    kept, a job is kept before it is waited for, and a row that was written twice is one row.

    Raises:
        Retryable: a platform, Salesforce or the store is busy, or our share of the calls is used up.
        Misconfigured: a right or a field is missing. Either is raised in the end: what could be done is.
    """
    began_at = run.clock()
    for push in pushes:
        push.begin(began_at)
    failure: Retryable | Misconfigured | None = None
    read = 0
    try:
        for batch in _batches(pushes, run, began_at):
            read += batch
            run.progress(read)
            if run.clock() - began_at > run.most_time:
                log_line("push goes on later")
                break
    except (Retryable, Misconfigured) as error:
        failure = error
    for push in _active(pushes):
        push.end()
    _report(pushes, read)
    if failure := next((each.stopped_by for each in pushes if each.stopped_by), failure):
        raise failure
    return read


def _active(pushes: Sequence[PlatformPush]) -> list[PlatformPush]:
    return [push for push in pushes if push.stopped_by is None]


def _batches(pushes: Sequence[PlatformPush], run: Run, began_at: Instant) -> Iterator[int]:
    """Have all sources taken, batch by batch; gives the number of records of each."""
    for source in SOURCES:
        for batch in read_source(run.crm, source, since(_active(pushes), source, run.full)):
            look = run.planner.look_up(batch)
            for push in _active(pushes):
                push.take(look)
            last = Watermark(batch[-1].modstamp, batch[-1].id)
            for push in _active(pushes):
                push.reached(source, taken(last, began_at))
            yield len(batch)
            if not _active(pushes):
                return
        for push in _active(pushes):
            push.reached(source, read_up_to(began_at))


def since(pushes: Sequence[PlatformPush], source: Source, full: bool) -> Watermark | None:
    """Give the lowest of the platforms' watermarks; None to read everything.

    Accounts are never read in full: each Contact shows its own.
    """
    marks = [push.since(source) for push in pushes]
    known = [mark for mark in marks if mark is not None]
    everything = len(known) < len(marks) or (full and source != "Contact of Account")
    return None if everything else min(known, default=None)


def read_source(crm: Crm, source: Source, mark: Watermark | None) -> Iterator[list[ChangedRecord]]:
    """Read a source in batches."""
    records = iter(crm.changed(source, mark))
    while batch := list(islice(records, BATCH)):
        yield batch


def _report(pushes: Sequence[PlatformPush], read: int) -> None:
    for push in pushes:
        tally = push.tally
        log_line(
            "pushed",
            platform=push.platform,
            read=read,
            written=tally.written,
            failed=tally.failed,
            unprocessed=tally.unprocessed,
            withdrawn=tally.withdrawn,
            unchanged=tally.unchanged,
            jobs=tally.jobs,
            stopped_by=str(push.stopped_by) if push.stopped_by else None,
        )
