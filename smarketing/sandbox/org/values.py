"""Values as the platform takes them: the type, the length, the form of an e-mail address or a time."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from chalicelib.domain.instant import Instant, iso, parse_instant
from chalicelib.errors import Rejected
from smarketing.sandbox.org.ids import read_id
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Field, Schema

_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_MOST_DIGITS = 18
_NUMBERS = ("int", "double", "currency", "percent")


def rest_time(instant: Instant) -> str:
    """Write an instant as the REST API does: `2026-01-31T08:00:00.000+0000`."""
    return iso(instant).replace("Z", "+0000")


def read_value(schema: Schema, field: Field, value: Any) -> Any:
    """Check a value from outside and give it as it is stored.

    Raises:
        Refusal: the platform would not take it.
    """
    if value is None or value == "":
        return False if field.type == "boolean" else None
    if field.type == "boolean":
        return _boolean(field, value)
    if field.type in _NUMBERS:
        return _number(field, value)
    if field.type == "datetime":
        return _datetime(field, value)
    if field.type == "date":
        return _date(field, value)
    if field.type == "reference":
        return _reference(schema, field, value)
    if field.type == "picklist" and field.restricted:
        return _choice(field, value)
    return _text(field, value)


def default_of(field: Field) -> Any:
    """Give the value that a new record gets in a field that nobody set; None where it gets none."""
    if field.type == "boolean":
        return field.default == "true"
    return next((each.name for each in field.values if each.default and each.active), None)


def _boolean(field: Field, value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise _wrong_type(field, value)


def _number(field: Field, value: Any) -> int | float:
    try:
        number = float(value) if not isinstance(value, bool) else float("nan")
    except (TypeError, ValueError):
        raise _wrong_type(field, value) from None
    if number != number or abs(number) == float("inf"):
        raise _wrong_type(field, value)
    if field.type == "int":
        return int(number)
    return _digits(field, value, number) if field.precision else number


def _digits(field: Field, value: Any, number: float) -> float:
    """Round to the field's decimal places; more digits before the point than it has are refused."""
    # More digits than any field may have are not worth rounding.
    small = abs(number) < 10**_MOST_DIGITS
    exact = Decimal(str(number))
    rounded = exact.quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP) if small else exact
    if abs(rounded) >= Decimal(10) ** (field.precision - field.scale):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise Refusal("NUMBER_OUTSIDE_VALID_RANGE", message, fields=[field.name])
    return float(rounded)


def _choice(field: Field, value: Any) -> str:
    text = _text(field, value)
    # The platform ignores case here and keeps the value's own.
    known = {each.name.casefold(): each.name for each in field.values if each.active}
    if text.casefold() not in known:
        message = f"{field.label}: bad value for restricted picklist field: {text}"
        raise Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=[field.name])
    return known[text.casefold()]


def _datetime(field: Field, value: Any) -> str:
    try:
        return rest_time(parse_instant(value if isinstance(value, str) else "", field.name))
    except Rejected:
        raise _wrong_type(field, value) from None


def _date(field: Field, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)[:10]).isoformat()
    except ValueError:
        raise _wrong_type(field, value) from None


def _reference(schema: Schema, field: Field, value: Any) -> str:
    record_id = read_id(value, field.name)
    target = schema.by_prefix(record_id)
    if target is None or target.name not in field.reference_to:
        raise Refusal(
            "FIELD_INTEGRITY_EXCEPTION",
            f"{field.label}: id value of incorrect type: {value}",
            fields=[field.name],
        )
    return record_id


def _text(field: Field, value: Any) -> str:
    if isinstance(value, dict | list):
        raise _wrong_type(field, value)
    text = ("true" if value else "false") if isinstance(value, bool) else str(value)
    if field.type == "email" and not _EMAIL.fullmatch(text):
        raise Refusal(
            "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {text}", fields=[field.name]
        )
    units = len(text.encode("utf-16-le")) // 2
    if field.length and units > field.length:
        shown = text if len(text) < 100 else text[:100] + "..."
        message = f"{field.label}: data value too large: {shown} (max length={field.length})"
        raise Refusal("STRING_TOO_LONG", message, fields=[field.name])
    return text


def _wrong_type(field: Field, value: Any) -> Refusal:
    kind = {"int": "xsd:int", "double": "xsd:double", "boolean": "xsd:boolean", "date": "xsd:date"}
    wanted = kind.get(field.type, "xsd:dateTime" if field.type == "datetime" else "xsd:string")
    message = f"Cannot deserialize instance of {field.type} from value {value!r:.80} ({wanted})"
    return Refusal("JSON_PARSER_ERROR", message, fields=[field.name])


def today(now: Instant) -> date:
    """Tell the day of an instant in UTC."""
    return datetime.fromtimestamp(now / 1000, UTC).date()
