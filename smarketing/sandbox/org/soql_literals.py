"""Literals of SOQL: which may stand where, and what they mean."""

from datetime import date, timedelta
from typing import Any

from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Field

_TEXT = ("string", "null")
_NUMBER = ("number", "null")
LITERALS = {
    **dict.fromkeys(("int", "double", "currency", "percent"), _NUMBER),
    "boolean": ("true", "false", "null"),
    "datetime": ("moment", "named", "days", "null"),
    "date": ("day", "named", "days", "null"),
}
"""Which literals a field of a type is compared with; all other types with text."""


def check_literal(known: Field | None, tree: Any) -> None:
    """Check that a field may be compared with a literal.

    Raises:
        Refusal: INVALID_FIELD.
    """
    if known is not None and tree.data not in LITERALS.get(known.type, _TEXT):
        message = f"value of filter criterion for field '{known.name}' must be of type {known.type}"
        raise Refusal("INVALID_FIELD", f"\nERROR at Row:1:Column:1\n{message}")


def days(value: Any, now: date) -> tuple[date, date]:
    """Give the first and the last day that a date literal such as `LAST_N_DAYS:7` means."""
    if value.data == "named":
        shift = {"TODAY": 0, "YESTERDAY": -1, "TOMORROW": 1}[str(value.children[0]).upper()]
        return now + timedelta(days=shift), now + timedelta(days=shift)
    name, count = str(value.children[0]).upper(), int(value.children[1])
    if name == "LAST_N_DAYS":
        return now - timedelta(days=count), now
    return now + timedelta(days=1), now + timedelta(days=count)


def unquoted(token: Any, keep: str = "") -> str:
    """Give the text that a quoted one means; the escapes of letters in `keep` stay."""
    escapes = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}
    text, out = iter(str(token)[1:-1]), []
    for letter in text:
        if letter != "\\":
            out.append(letter)
            continue
        escaped = next(text)
        out.append(f"\\{escaped}" if escaped in keep else escapes.get(escaped, escaped))
    return "".join(out)
