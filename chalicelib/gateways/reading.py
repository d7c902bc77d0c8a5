"""Reads what senders wrote: strict JSON, and typed fields out of it, each refusal naming the field."""

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from chalicelib.domain.instant import DAY, Instant, parse_instant
from chalicelib.errors import Rejected

MOST_DEPTH = 32
"""No sender's format comes near; deeper nesting only costs time and stack."""

EARLIEST = Instant(946_684_800_000)
"""2000-01-01: an earlier time is a clock that was never set, or seconds taken for milliseconds."""

_UNWANTED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
"""Neither XML nor a queue's message may hold them, and no person typed them."""


def read_json(body: bytes) -> Any:
    """Read JSON as RFC 8259 has it: UTF-8, no NaN or Infinity, nested at most 32 deep.

    Raises:
        Rejected: the body is something else.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise Rejected("body: send JSON in UTF-8") from None
    except RecursionError:
        raise Rejected(f"body: nest at most {MOST_DEPTH} deep") from None
    except ValueError:
        # Also a whole number of more than 4,300 digits, which Python refuses to convert.
        raise Rejected("body: send well-formed JSON") from None
    if _is_deeper(value, MOST_DEPTH):
        raise Rejected(f"body: nest at most {MOST_DEPTH} deep")
    return value


def plain_object(value: Any, field: str) -> Mapping[str, Any]:
    """Take a value for a JSON object; a missing one is empty.

    Raises:
        Rejected: it is something else.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Rejected(f"{field}: send an object")
    return value


def plain_list(value: Any, field: str) -> list[Any]:
    """Take a value for a JSON array.

    Raises:
        Rejected: it is something else.
    """
    if not isinstance(value, list):
        raise Rejected(f"{field}: send an array")
    return value


def text(value: Any, most: int = 1_000) -> str:
    """Write a value as one trimmed text without control characters, cut to `most`; no text gives ""."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return _UNWANTED.sub("", str(value)).strip()[:most]


def needed_text(value: Any, field: str, most: int = 255) -> str:
    """Take a value that identifies something: it may neither be missing nor be cut.

    Raises:
        Rejected: it is missing, no text or too long.
    """
    written = text(value, most + 1)
    if not written:
        raise Rejected(f"{field}: send a text")
    if len(written) > most:
        raise Rejected(f"{field}: send at most {most} characters")
    return written


def email(value: Any) -> str | None:
    """Take an e-mail address; None for what can't be one (255 is Salesforce's and RFC 5321's bound)."""
    written = text(value, 256)
    name, at, domain = written.rpartition("@")
    if not (name and at and domain) or len(written) > 255 or any(each.isspace() for each in written):
        return None
    return written


def instant(value: Any, field: str, now: Instant) -> Instant:
    """Take a time: whole milliseconds, or ISO 8601 with a zone; from 2000 until a day ahead of `now`.

    Raises:
        Rejected: it has another form or lies outside.
    """
    if isinstance(value, str):
        moment = parse_instant(value, field)
    elif isinstance(value, int) and not isinstance(value, bool):
        moment = Instant(value)
    else:
        raise Rejected(f"{field}: send a time")
    if moment < EARLIEST:
        raise Rejected(f"{field}: send a time after 2000, in milliseconds if it is a number")
    if moment > now + DAY:
        raise Rejected(f"{field}: lies more than a day ahead; set the sender's clock")
    return moment


def _no_constant(_: str) -> NoReturn:
    raise ValueError


def _is_deeper(value: Any, most: int) -> bool:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(most):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return False
    return True


def _inside(value: Any) -> list[Any]:
    inner = value.values() if isinstance(value, dict) else value
    return [each for each in inner if isinstance(each, dict | list)]
