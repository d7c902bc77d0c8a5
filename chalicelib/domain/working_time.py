"""Working time: when somebody works, and when a span of it is over.

A day's hours are those of the wall clock where people work, so that a change to or from summer time moves
them along. What is a holiday is told from outside.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from chalicelib.domain.instant import MINUTE, Duration, Instant

IsHoliday = Callable[[date], bool]
"""Whether nobody works on a day, weekends aside."""

_LONGEST = 3_700
"""Days that are looked at: working time that is not over after ten years never is."""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When a team works.

    Attributes:
        country: whose holidays are kept, by two letters (ISO 3166-1); empty: none are.
        state: of the country, as its holidays differ (ISO 3166-2 without the country); empty: the country's.
        zone: of the wall clock.
        days: of the week, 0 is Monday.
        opens, closes: minutes after midnight.
    """

    name: str
    country: str
    state: str
    zone: tzinfo
    days: frozenset[int]
    opens: int
    closes: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working hours with the holidays that interrupt them."""

    hours: WorkingHours
    is_holiday: IsHoliday

    def is_working_day(self, day: date) -> bool:
        """Whether anybody works on a day."""
        return day.weekday() in self.hours.days and not self.is_holiday(day)


def local_day(hours: WorkingHours, at: Instant) -> date:
    """Give the day that it is where people work."""
    return datetime.fromtimestamp(at / 1000, UTC).astimezone(hours.zone).date()


def end_of(calendar: Calendar, start: Instant, span: Duration) -> Instant:
    """Find when a span of working time that begins at `start` is over.

    A span of 0 is over as soon as somebody works.

    Raises:
        ValueError: nobody works often enough for that, ever.
    """
    left = int(span)
    for opens, closes in _openings(calendar, start):
        begins = max(opens, start)
        if begins < closes and left <= closes - begins:
            return Instant(begins + left)
        left -= max(0, closes - begins)
    raise ValueError(f"{calendar.hours.name}: nobody works there")


def _openings(calendar: Calendar, start: Instant) -> Iterator[tuple[int, int]]:
    """Give opening and closing of each working day from the one on which `start` lies."""
    first = local_day(calendar.hours, start)
    for number in range(_LONGEST):
        day = first + timedelta(days=number)
        if calendar.is_working_day(day):
            yield (
                _moment(calendar.hours, day, calendar.hours.opens),
                _moment(calendar.hours, day, calendar.hours.closes),
            )


def _moment(hours: WorkingHours, day: date, minutes: int) -> int:
    """Give a wall clock's time of a day; midnight at its end is that of the next."""
    days, rest = divmod(minutes, 24 * 60)
    clock = time(rest // 60, rest % 60)
    local = datetime.combine(day + timedelta(days=days), clock, tzinfo=hours.zone)
    return round(local.timestamp() * 1000) // MINUTE * MINUTE
