"""The holidays of countries and their states, by the library `holidays`."""

from datetime import date
from functools import cache

from chalicelib.domain.working_time import Calendar, IsHoliday, WorkingHours


def calendar_of(hours: WorkingHours) -> Calendar:
    """Give working hours with the holidays of their place; hours without a country keep none."""
    return Calendar(hours, _holidays(hours.country, hours.state))


@cache
def _holidays(country: str, state: str) -> IsHoliday:
    if not country:
        return lambda _: False
    # It takes a second to import, and only who sets a deadline needs it.
    from holidays import country_holidays

    known = country_holidays(country, subdiv=state or None)

    def is_holiday(day: date) -> bool:
        return day in known

    return is_holiday
