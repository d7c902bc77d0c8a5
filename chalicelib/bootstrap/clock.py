"""The clock that everything goes by."""

import time
from collections.abc import Callable

from chalicelib.domain.instant import Instant

Clock = Callable[[], Instant]


def system_clock() -> Instant:
    """The machine's time."""
    return Instant(time.time_ns() // 1_000_000)


_clock: Clock = system_clock


def now() -> Instant:
    """The time by the clock that everything goes by."""
    return _clock()


def use_clock(other: Clock) -> None:
    """Go by another clock, as a rehearsal does whose time runs faster."""
    global _clock
    _clock = other
