"""All rows of a time span at once: the Export API.

Source: Account Engagement API v5, "Export API": exports of an account are worked off one after the other, end
as CSV files in no order, and are kept seven days. A span by `updatedAt` may be a year long, and at most 150
fields are told. Times stand in the time zone of the user who asked: that user's should be UTC.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlsplit

from chalicelib.domain.instant import DAY, Instant, iso
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.account_engagement.access import Access

PAUSES = (5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 60.0)
"""Seconds before each look at whether an export is done."""

MOST_SPAN = 364 * DAY
"""The two times that are left out lie a little further apart."""

MOST_FIELDS = 150

_PATH = "/exports"
_STATE_FIELDS = "id,status,isExpired,resultRefs"

Row = Mapping[str, str]


def export(
    access: Access,
    kind: str,
    fields: Sequence[str],
    since: Instant,
    until: Instant,
    pause: Callable[[float], None],
) -> Iterator[Row]:
    """Read all rows that changed in a time span, in no order; an empty field is an empty text.

    Args:
        access: to the business unit.
        kind: of object, in the singular: `prospect`, `visitorActivity`, `listMembership`.
        fields: what is told of each.
        since: rows that changed at this time are told.
        until: rows that changed at this time aren't.
        pause: waits so many seconds.

    Raises:
        Rejected: the fields or the time span are refused.
        Retryable: the platform isn't done in time, or as `refusals` says.
        Misconfigured: as `refusals` says.
    """
    if not 0 < len(fields) <= MOST_FIELDS:
        raise Rejected(f"fields: name 1 to {MOST_FIELDS}")
    for begin in range(since, until, MOST_SPAN):
        end = min(until, begin + MOST_SPAN)
        unique = _begin(access, kind, fields, Instant(begin), Instant(end))
        for path in _wait(access, unique, pause):
            yield from csv.DictReader(io.StringIO(access.download(path, "export")))


def _begin(access: Access, kind: str, fields: Sequence[str], since: Instant, until: Instant) -> str:
    content = {
        "object": kind,
        "fields": list(fields),
        "procedure": {
            "name": "filter_by_updated_at",
            # The procedure leaves both ends out, and times are whole seconds.
            "arguments": {"updatedAfter": _time(since, -1), "updatedBefore": _time(until, 0)},
        },
    }
    answer = access.call("POST", _PATH, content=content).content
    unique = answer.get("id") if isinstance(answer, dict) else None
    if not unique:
        raise Retryable("Account Engagement export: the answer holds no id")
    return str(unique)


def _wait(access: Access, unique: str, pause: Callable[[float], None]) -> list[str]:
    """Wait for an export; give the paths of its files."""
    path = f"{_PATH}/{quote(unique, safe='')}"
    for seconds in PAUSES:
        pause(seconds)
        content = access.call("GET", path, query={"fields": _STATE_FIELDS}, what="export").content
        told = content if isinstance(content, dict) else {}
        if told.get("status") == "Complete":
            return [_path(each) for each in _references(told)]
        if told.get("isExpired") is True or told.get("status") in ("Cancelled", "Failed"):
            raise Rejected(f"Account Engagement export: {told.get('status')}")
    raise Retryable("Account Engagement: the export is not done yet", retry_after=PAUSES[-1])


def _references(told: Mapping[str, Any]) -> list[str]:
    """Read the addresses of the files: several, a single one as a text, or none."""
    references = told.get("resultRefs") or []
    return [references] if isinstance(references, str) else [str(each) for each in references]


def _path(reference: str) -> str:
    """Take the path only: the token goes nowhere but to the API's own address."""
    path = urlsplit(reference).path
    _, found, rest = path.partition("/api/v5/")
    if not found:
        raise Rejected("Account Engagement export: a result lies outside of the API")
    return f"/{rest}"


def _time(instant: Instant, seconds: int) -> str:
    return iso(Instant(instant + seconds * 1_000))[:19] + "+00:00"
