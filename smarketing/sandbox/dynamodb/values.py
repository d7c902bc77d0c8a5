"""Attribute values: checked, brought into the one form that DynamoDB keeps, measured and compared.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
"""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from smarketing.sandbox.dynamodb.errors import invalid

Value = dict[str, Any]
"""`{"S": "text"}`, `{"N": "1.5"}`, `{"M": {...}}` ..."""

Item = dict[str, Value]

MOST_ITEM_BYTES = 400 * 1024
_MOST_DIGITS = 38
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,36})(\.\d{0,20}[1-9])?")
"""Numbers that are in DynamoDB's form already: most of them."""
_TEXTS = ("S", "B")
_SETS = ("SS", "NS", "BS")


def kept(item: Mapping[str, Any]) -> Item:
    """Give an item as DynamoDB keeps it: numbers without needless zeros.

    Raises:
        DynamoDBError: a value has no type, two types or a wrong one.
    """
    return {name: _kept_value(value) for name, value in item.items()}


def _kept_value(value: Any) -> Value:
    if not isinstance(value, dict) or len(value) != 1:
        raise invalid(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"
            if not value
            else "Supplied AttributeValue has more than one datatypes set, "
            "must contain exactly one of the supported datatypes"
        )
    ((kind, content),) = value.items()
    match kind:
        case "S" | "B" | "BOOL":
            return value
        case "N":
            return value if _NUMBER.fullmatch(content) else {"N": _number_text(content)}
        case "M":
            return {"M": {name: _kept_value(each) for name, each in content.items()}}
        case "L":
            return {"L": [_kept_value(each) for each in content]}
        case "NULL" if content is True:
            return value
        case "SS" | "NS" | "BS" if content:
            return {kind: _kept_set(kind, content)}
    raise invalid("One or more parameter values were invalid")


def _kept_set(kind: str, content: list[str]) -> list[str]:
    members = [_number_text(each) for each in content] if kind == "NS" else list(content)
    if len(set(members)) != len(members):
        raise invalid("One or more parameter values were invalid: Input collection contains duplicates")
    return members


@lru_cache(maxsize=4096)
def number(text: str) -> Decimal:
    """Read a number; up to 38 digits are exact."""
    try:
        read = Decimal(text)
    except InvalidOperation:
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}") from None
    if not read.is_finite():
        raise invalid(f"The parameter cannot be converted to a numeric value: {text}")
    return read


def _number_text(text: str) -> str:
    read = number(text)
    if not read:
        return "0"
    read = read.normalize() if len(read.as_tuple().digits) <= 28 else read
    digits, exponent = read.as_tuple().digits, read.adjusted()
    if len("".join(map(str, digits)).rstrip("0")) > _MOST_DIGITS:
        raise invalid("Attempting to store more than 38 significant digits in a Number")
    if not -130 <= exponent <= 125:
        raise invalid(
            "Number overflow. Attempting to store a number with magnitude larger than supported range"
            if exponent > 0
            else "Number underflow. Attempting to store a number with magnitude smaller than supported range"
        )
    written = f"{read:f}"
    return written.rstrip("0").rstrip(".") if "." in written else written


def size(item: Mapping[str, Value]) -> int:
    """Measure an item as the platform does: names and texts in UTF-8, numbers by half a byte a digit."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Value) -> int:
    ((kind, content),) = value.items()
    if kind in _TEXTS:
        return len(content.encode()) if kind == "S" else len(content) * 3 // 4
    if kind == "N":
        return len(content.strip("-0.")) // 2 + 2
    if kind == "M":
        return 3 + sum(1 + len(name.encode()) + _value_size(each) for name, each in content.items())
    if kind == "L":
        return 3 + sum(1 + _value_size(each) for each in content)
    if kind in _SETS:
        return sum(_value_size({kind[0]: each}) for each in content)
    return 1


def order(value: Value) -> str | Decimal:
    """Give what a text, binary or number value sorts by; two types never meet."""
    ((kind, content),) = value.items()
    return number(content) if kind == "N" else str(content)


def equal(one: Value | None, other: Value | None) -> bool:
    """Compare two values; sets have no order."""
    if one is None or other is None or one.keys() != other.keys():
        return False
    ((kind, content),) = one.items()
    if kind == "N":
        return number(content) == number(other["N"])
    return sorted(content) == sorted(other[kind]) if kind in _SETS else one == other
