"""How a function is called on its schedule."""

from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instant import DAY, HOUR, MINUTE, Instant
from chalicelib.errors import Misconfigured
from smarketing.sandbox.board import Board, Reporter
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.schedule_source import ScheduleSource, span_of

NOON = Instant(1_767_268_800_000)


class Schedule:
    """A schedule of five minutes under a clock that is moved by hand."""

    def __init__(self, folder: Path) -> None:
        self.clock = SandboxClock.start(folder / "clock", at=NOON, speed=0)
        self.events: list[Any] = []
        self.reporter = Reporter(Board(folder), "schedule")
        self.source = ScheduleSource(self._take, self.clock, self.reporter, "rate(5 minutes)")

    def _take(self, event: Any, _: Any) -> None:
        self.events.append(event)
        if event["time"].startswith("2026-01-02"):
            raise ValueError("out of order")


def test_calls_when_the_span_is_over_and_not_before(tmp_path: Path) -> None:
    schedule = Schedule(tmp_path)

    schedule.clock.advance(MINUTE)
    early = schedule.source.poll()
    schedule.clock.advance(HOUR)
    late = schedule.source.poll()

    assert (early, late) == (0, 1)
    assert schedule.events[0]["time"] == "2026-01-01T13:01:00.000Z"


def test_calls_once_however_far_the_clock_jumps(tmp_path: Path) -> None:
    schedule = Schedule(tmp_path)

    schedule.clock.set(Instant(NOON + 3 * HOUR))

    assert [schedule.source.poll(), schedule.source.poll()] == [1, 0]


def test_calls_again_after_the_clock_was_set_back(tmp_path: Path) -> None:
    schedule = Schedule(tmp_path)
    schedule.clock.set(Instant(NOON - DAY * 300))
    schedule.source.poll()

    schedule.clock.advance(HOUR)

    assert schedule.source.poll() == 1


def test_goes_on_after_a_function_that_failed(tmp_path: Path) -> None:
    schedule = Schedule(tmp_path)
    schedule.clock.advance(DAY)

    schedule.source.poll()
    schedule.clock.advance(HOUR)
    schedule.source.poll()

    assert len(schedule.events) == 2
    assert schedule.reporter.progress.failures == 2


@pytest.mark.parametrize(
    ("expression", "span"), [("rate(1 minute)", MINUTE), ("rate(6 hours)", 6 * HOUR), ("rate(1 day)", DAY)]
)
def test_reads_rates(expression: str, span: int) -> None:
    assert span_of(expression) == span


def test_names_a_schedule_that_it_does_not_know() -> None:
    with pytest.raises(Misconfigured, match="cron"):
        span_of("cron(0 6 * * ? *)")
