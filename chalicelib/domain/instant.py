"""Points and spans of time: whole milliseconds, UTC."""

import re
from datetime import UTC, datetime, timedelta
from typing import NewType

from chalicelib.errors import Rejected

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z."""

Duration = NewType("Duration", int)
"""Milliseconds."""

SECOND = Duration(1_000)
MINUTE = Duration(60_000)
HOUR = Duration(3_600_000)
DAY = Duration(86_400_000)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ISO = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d{1,9})? ?(Z|UTC|[+-]\d\d:?\d\d)")


def parse_instant(text: str, field: str = "time") -> Instant:
    """Read an ISO 8601 date-time with a zone, as the platforms write it; finer than ms is cut off.

    Accepts `2026-01-31T08:00:00.123Z`, `+0000` (Salesforce) and `+01:00` (Account Engagement) offsets and
    the blank-separated `2026-01-31 08:00:00 UTC` of exports.

    Raises:
        Rejected: the text has another form or no zone; the message names `field`.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None:
        raise Rejected(f"{field}: write it as 2026-01-31T08:00:00.000Z, with a zone")
    date, clock, fraction, zone = match.groups()
    offset = "+00:00" if zone in ("Z", "UTC") else zone
    try:
        moment = datetime.fromisoformat(f"{date}T{clock}{offset}")
    except ValueError:
        raise Rejected(f"{field}: no such date or time of day") from None
    milliseconds = int(f"{(fraction or '.')[1:4]:0<3}")
    return Instant((moment - _EPOCH) // timedelta(milliseconds=1) + milliseconds)


def start_of_day(text: str) -> Instant | None:
    """Give the first moment, in UTC, of a day written as `2026-01-31`; None where the text is none."""
    try:
        moment = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        return None
    return Instant((moment - _EPOCH) // timedelta(milliseconds=1))


def iso(instant: Instant) -> str:
    """Write an instant as `2026-01-31T08:00:00.000Z`; the texts sort as the instants do."""
    moment = _EPOCH + timedelta(milliseconds=instant)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{instant % 1000:03d}Z"
