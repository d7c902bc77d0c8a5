"""Functions of formulas that need nothing but their arguments: a blank argument mostly gives a blank.

Behaviour: Salesforce Help, "Formula Operators and Functions A-Z", and the platform's own engine, which is
public (github.com/salesforce/formula-engine). What is not here is not computed.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from html import escape
from urllib.parse import quote

Value = str | float | int | bool | datetime | date | None
"""A blank is None; times are in UTC."""


def text(value: Value) -> str:
    """Write a value as TEXT does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def number(value: Value) -> float | None:
    """Read a value as a number; a blank is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError(f"{text(value)} is no number")
    return float(value)


def is_blank(value: Value) -> bool:
    """Tell whether there is nothing; a checkbox is never blank."""
    return value is None or value == ""


def _of_text(function: Callable[..., Value]) -> Callable[..., Value]:
    """Make a function whose first argument is text."""

    def called(first: Value, *rest: Value) -> Value:
        return function(text(first), *rest)

    return called


def _of_number(function: Callable[..., float]) -> Callable[..., Value]:
    """Make a function of numbers that is blank where one of them is."""

    def called(*values: Value) -> Value:
        numbers = [number(each) for each in values]
        if any(each is None for each in numbers):
            return None
        return function(*numbers)

    return called


def _round(value: float, places: float) -> float:
    """Round half away from zero, as the platform does."""
    scale = 10.0 ** int(places)
    return math.copysign(math.floor(abs(value) * scale + 0.5), value) / scale


def _up(value: float) -> float:
    """Round away from zero: so does CEILING, unlike MCEILING."""
    return math.ceil(value) if value >= 0 else math.floor(value)


def _whole(value: Value) -> int:
    return int(number(value) or 0)


def _date_value(value: Value) -> Value:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date) or is_blank(value):
        return value or None
    return date.fromisoformat(text(value))


def _datetime_value(value: Value) -> Value:
    if isinstance(value, datetime) or is_blank(value):
        return value or None
    written = text(value)
    return datetime.fromisoformat(
        written if "T" in written or " " in written else f"{written} 00:00"
    ).replace(tzinfo=UTC)


def _find(wanted: Value, where: Value, start: Value = 1) -> Value:
    return text(where).find(text(wanted), max(_whole(start), 1) - 1) + 1


def _hyperlink(address: Value, shown: Value, target: Value = "_blank") -> Value:
    where = f'<a href="{escape(text(address))}" target="{escape(text(target))}">'
    return f"{where}{escape(text(shown))}</a>"


PLAIN: Mapping[str, Callable[..., Value]] = {
    "ABS": _of_number(abs),
    "BEGINS": lambda whole, start: text(whole).startswith(text(start)),
    "BR": lambda: "<br>",
    "CEILING": _of_number(_up),
    "CONTAINS": lambda whole, part: text(part) in text(whole),
    "DATEVALUE": _date_value,
    "DATETIMEVALUE": _datetime_value,
    "FIND": _find,
    "FLOOR": _of_number(math.trunc),
    "HYPERLINK": _hyperlink,
    "INCLUDES": lambda chosen, value: text(value) in text(chosen).split(";"),
    "ISNUMBER": lambda value: re.fullmatch(r"-?\d+(\.\d+)?", text(value)) is not None,
    "LEFT": lambda whole, length: text(whole)[: max(_whole(length), 0)],
    "LEN": lambda whole: len(text(whole)),
    "LN": _of_number(math.log),
    "LOWER": _of_text(lambda whole, *_: whole.lower()),
    "MAX": _of_number(max),
    "MCEILING": _of_number(math.ceil),
    "MFLOOR": _of_number(math.floor),
    "MID": lambda whole, start, length: text(whole)[_whole(start) - 1 : _whole(start) - 1 + _whole(length)],
    "MIN": _of_number(min),
    "MOD": _of_number(math.fmod),
    "NOT": lambda value: not value,
    "REGEX": lambda whole, pattern: re.fullmatch(text(pattern), text(whole)) is not None,
    "RIGHT": lambda whole, length: text(whole)[-_whole(length) :] if _whole(length) > 0 else "",
    "ROUND": _of_number(_round),
    "SUBSTITUTE": lambda whole, old, new: text(whole).replace(text(old), text(new)),
    "TEXT": text,
    "TRIM": lambda whole: text(whole).strip(),
    "UPPER": _of_text(lambda whole, *_: whole.upper()),
    "URLENCODE": lambda whole: quote(text(whole), safe=""),
    "VALUE": number,
}
"""By name in capitals."""


def added(left: Value, right: Value) -> Value:
    """Add numbers, or days to a time; with a blank it is blank."""
    if is_blank(left) or is_blank(right):
        return None
    if isinstance(right, datetime | date):
        left, right = right, left
    if isinstance(left, datetime | date):
        return left + timedelta(days=number(right) or 0.0)
    if isinstance(left, str) or isinstance(right, str):
        return text(left) + text(right)
    return (number(left) or 0.0) + (number(right) or 0.0)


def subtracted(left: Value, right: Value) -> Value:
    """Subtract numbers, days from a time, or a time from a time, which gives days."""
    if is_blank(left) or is_blank(right):
        return None
    if isinstance(left, datetime) and isinstance(right, datetime):
        return (left - right) / timedelta(days=1)
    if isinstance(left, date) and isinstance(right, date):
        return float((left - right).days)
    if isinstance(left, datetime | date):
        return left - timedelta(days=number(right) or 0.0)
    return (number(left) or 0.0) - (number(right) or 0.0)
