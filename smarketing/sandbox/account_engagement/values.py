"""Values of fields: as they come in JSON, CSV or a query, and as the business unit keeps them.

Times: "Version 5 Overview": ISO 8601, seconds, with an offset. They are kept as UTC texts, which sort as the
times do; the emulated account's time zone is UTC.
"""

import math
from datetime import UTC, datetime
from typing import Any

from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.errors import Rejected
from smarketing.sandbox.account_engagement.answers import (
    INVALID_BOOLEAN,
    INVALID_DATE,
    INVALID_NUMBER,
    INVALID_PROPERTY,
    INVALID_TIME,
    Refused,
)
from smarketing.sandbox.account_engagement.schema import Kind

_BOOLEANS = {"true": True, "false": False, "1": True, "0": False}


def written(instant: Instant) -> str:
    """Write a time as the platform does: `2026-01-01T12:00:00+00:00`."""
    return datetime.fromtimestamp(instant // 1000, UTC).isoformat()


def read_time(text: str) -> str | None:
    """Read a time with any offset; None for what is none."""
    try:
        return written(parse_instant(text))
    except Rejected:
        return None


def time_parameter(name: str, text: str) -> str:
    """Read a time of a query.

    Raises:
        Refused: it has another form or no offset.
    """
    # An offset's plus that was not encoded arrives as a blank.
    read = read_time(text.replace(" ", "+") if text[10:11] == "T" else text)
    if read is None:
        raise Refused(INVALID_TIME, name)
    return read


def read_json(name: str, kind: Kind, value: Any) -> Any:
    """Read a value of a request's body.

    Raises:
        Refused: it isn't of the field's kind.
    """
    if value is None or value == "":
        return None
    match kind:
        case "boolean":
            if not isinstance(value, bool):
                raise Refused(INVALID_BOOLEAN, name)
            return value
        case "integer" | "number":
            if isinstance(value, bool) or not isinstance(value, int | float | str):
                raise Refused(INVALID_NUMBER, name)
            return read_text(name, kind, str(value))
        case "time":
            return read_text(name, kind, str(value))
        case _:
            if isinstance(value, dict | list):
                raise Refused(INVALID_PROPERTY, name)
            return str(value).lower() if isinstance(value, bool) else str(value)


def read_text(name: str, kind: Kind, text: str) -> Any:
    """Read a value of a CSV file, or of a query.

    Raises:
        Refused: it isn't of the field's kind.
    """
    text = text.strip()
    if text == "":
        return None
    match kind:
        case "boolean":
            if text.lower() not in _BOOLEANS:
                raise Refused(INVALID_BOOLEAN, name)
            return _BOOLEANS[text.lower()]
        case "integer" | "number":
            return _number(name, kind, text)
        case "time":
            read = read_time(text)
            if read is None:
                raise Refused(INVALID_DATE, name)
            return read
        case _:
            return text


def _number(name: str, kind: Kind, text: str) -> int | float:
    try:
        number = float(text)
    except ValueError:
        raise Refused(INVALID_NUMBER, name) from None
    if not math.isfinite(number) or (kind == "integer" and not number.is_integer()):
        raise Refused(INVALID_NUMBER, name)
    return int(number) if number.is_integer() else number
