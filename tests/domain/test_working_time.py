"""Working time: a service level runs while people work, and not at night, at weekends or on holidays."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instant import HOUR, MINUTE, Duration, Instant, iso, parse_instant
from chalicelib.domain.working_time import Calendar, WorkingHours, end_of, local_day

BERLIN = ZoneInfo("Europe/Berlin")


def calendar(
    days: Collection[int] = range(5), *, opens: int = 8, closes: int = 17, holidays: Collection[str] = ()
) -> Calendar:
    hours = WorkingHours("office", "DE", "BW", BERLIN, frozenset(days), opens * 60, closes * 60)
    return Calendar(hours, lambda day: day.isoformat() in holidays)


def end(start: str, hours: float, **changes: object) -> str:
    """When so many hours of work that begin in Berlin are over, by Berlin's clock."""
    over = end_of(calendar(**changes), at(start), Duration(round(hours * HOUR)))  # type: ignore[arg-type]
    return local(over)


def at(berlin: str) -> Instant:
    return Instant(round(datetime.fromisoformat(berlin).replace(tzinfo=BERLIN).timestamp() * 1000))


def local(instant: Instant) -> str:
    return datetime.fromtimestamp(instant / 1000, BERLIN).strftime("%Y-%m-%d %H:%M")


def test_a_span_that_fits_into_the_day_ends_on_it() -> None:
    assert end("2026-03-02 09:30", 4) == "2026-03-02 13:30"


def test_what_begins_on_friday_afternoon_ends_on_monday() -> None:
    assert end("2026-03-06 16:00", 2) == "2026-03-09 09:00"


def test_what_begins_at_night_begins_in_the_morning() -> None:
    assert end("2026-03-02 03:00", 1) == "2026-03-02 09:00"
    assert end("2026-03-02 23:00", 1) == "2026-03-03 09:00"


def test_a_span_that_fills_the_day_ends_when_it_closes() -> None:
    assert end("2026-03-02 08:00", 9) == "2026-03-02 17:00"


def test_holidays_do_not_count() -> None:
    assert end("2026-04-02 16:00", 2, holidays=["2026-04-03", "2026-04-06"]) == "2026-04-07 09:00"


def test_hours_are_those_of_the_wall_clock_also_when_summer_time_begins() -> None:
    assert end("2026-03-27 16:00", 2) == "2026-03-30 09:00"
    assert iso(end_of(calendar(), at("2026-03-27 16:00"), Duration(2 * HOUR)))[11:16] == "07:00"


def test_a_span_of_nothing_ends_as_soon_as_somebody_works() -> None:
    assert end("2026-03-07 12:00", 0) == "2026-03-09 08:00"


def test_where_nobody_ever_works_there_is_no_end() -> None:
    with pytest.raises(ValueError, match="office"):
        end_of(Calendar(calendar().hours, lambda _: True), at("2026-03-02 09:00"), HOUR)


def test_the_day_is_the_one_where_people_work() -> None:
    assert local_day(calendar().hours, parse_instant("2026-03-01T23:30:00Z")) == date(2026, 3, 2)


def worked(office: Calendar, start: Instant, end: Instant) -> Duration:
    """Add up, day by day, how long the office was open between two moments."""
    total, day = 0, date.fromisoformat(local(start)[:10])
    while day <= date.fromisoformat(local(end)[:10]):
        if office.is_working_day(day):
            opens, closes = (
                at(f"{day + timedelta(days=minutes // 1440)} {minutes % 1440 // 60:02}:00")
                for minutes in (office.hours.opens, office.hours.closes)
            )
            total += max(0, min(closes, end) - max(opens, start))
        day += timedelta(days=1)
    return Duration(total)


MOMENTS = st.integers(int(at("2026-01-01 00:00")), int(at("2027-12-31 00:00"))).map(Instant)
CALENDARS = st.builds(
    calendar,
    st.sets(st.integers(0, 6), min_size=1),
    opens=st.integers(0, 11),
    closes=st.integers(12, 24),
    holidays=st.sets(st.dates(date(2026, 1, 1), date(2028, 6, 1)).map(date.isoformat), max_size=20),
)


@given(CALENDARS, MOMENTS, st.integers(0, 200 * 60))
def test_between_start_and_end_lies_just_the_span(office: Calendar, start: Instant, minutes: int) -> None:
    span = Duration(minutes * MINUTE)

    assert worked(office, start, end_of(office, start, span)) == span


@given(CALENDARS, MOMENTS, st.integers(0, 60 * 24), st.integers(0, 60 * 24))
def test_a_later_start_never_ends_sooner(office: Calendar, start: Instant, wait: int, minutes: int) -> None:
    span, later = Duration(minutes * MINUTE), Instant(start + wait * MINUTE)

    assert end_of(office, start, span) <= end_of(office, later, span)
