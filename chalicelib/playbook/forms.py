"""The forms of single values in a playbook: spans of time, names, texts."""

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

from chalicelib.domain.instant import DAY, HOUR, MINUTE, Duration
from chalicelib.playbook.vocabulary import ATTRIBUTES, KINDS, PROFILE_FIELDS

_UNITS = {"d": DAY, "h": HOUR, "m": MINUTE}
_SPAN = re.compile(r"^(\d+)([dhm])$")
_LONGEST = 36_500 * DAY
NAME_PATTERN = r"^[a-z][a-z0-9_]*$"


def read_span(written: Any) -> Any:
    """Read `30d`, `12h` or `90m` as milliseconds.

    Raises:
        ValueError: it has another form or is longer than a hundred years.
    """
    match = _SPAN.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValueError("write a span as 30d, 12h or 90m")
    milliseconds = int(match[1]) * _UNITS[match[2]]
    if milliseconds > _LONGEST:
        raise ValueError("is longer than a hundred years; leave it out if it never ends")
    return milliseconds


def write_span(milliseconds: int) -> str:
    """Write a span in the largest unit that needs no fraction, so that equal spans are written alike."""
    unit = next(name for name, length in _UNITS.items() if milliseconds % length == 0)
    return f"{milliseconds // _UNITS[unit]}{unit}"


Span = Annotated[
    int,
    BeforeValidator(read_span),
    PlainSerializer(write_span, return_type=str),
    WithJsonSchema({"type": "string", "pattern": _SPAN.pattern}),
]
"""A span of time in milliseconds, written as `30d`, `12h` or `90m`."""

Name = Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)]
Text = Annotated[str, Field(pattern=r"\S", max_length=2_000)]

# Editors complete the known words and accept others that are names.
Kind = Annotated[Name, Field(json_schema_extra={"anyOf": [{"enum": KINDS}, {"pattern": NAME_PATTERN}]})]
Attribute = Annotated[
    Name, Field(json_schema_extra={"anyOf": [{"enum": ATTRIBUTES}, {"pattern": NAME_PATTERN}]})
]
ProfileField = Annotated[Name, Field(json_schema_extra={"enum": PROFILE_FIELDS})]


def span(milliseconds: int | None) -> Duration | None:
    """Give a span as the domain's type."""
    return None if milliseconds is None else Duration(milliseconds)
