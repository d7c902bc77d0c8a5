"""Imports and exports as rows that are read and listed."""

from collections.abc import Mapping, Sequence
from typing import Any

from smarketing.sandbox.account_engagement.answers import (
    INVALID_QUERY,
    MISSING_PARAMETER,
    NOT_QUERYABLE,
    Answer,
    Call,
    Refused,
)
from smarketing.sandbox.account_engagement.query import MOST_ROWS, only


def chosen_fields(shown: Mapping[str, Any], call: Call, usual: Sequence[str] = ()) -> list[str]:
    """Give the fields of a job that a call asks for.

    Args:
        shown: all fields of a job.
        call: the call.
        usual: what is given where it doesn't say; empty where it has to.

    Raises:
        Refused: it asks for none, or for one that isn't there.
    """
    fields = [each.strip() for each in call.query.get("fields", "").split(",") if each.strip()]
    if not fields and not usual:
        raise Refused(MISSING_PARAMETER, "fields")
    if unknown := [each for each in fields if each not in shown]:
        raise Refused(NOT_QUERYABLE, ", ".join(unknown))
    return fields or list(usual)


def page_of_jobs(jobs: Sequence[Mapping[str, Any]], call: Call) -> Answer:
    """List jobs, the newest first; `status` narrows.

    Raises:
        Refused: another parameter is given.
    """
    if unknown := sorted(set(call.query) - {"fields", "status"}):
        raise Refused(INVALID_QUERY, ", ".join(unknown))
    status = call.query.get("status")
    chosen = [each for each in reversed(jobs) if status in (None, each["status"])][:MOST_ROWS]
    values = [only(chosen_fields(each, call), each) for each in chosen]
    return Answer(200, {"nextPageToken": None, "nextPageUrl": None, "values": values})
