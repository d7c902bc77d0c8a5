"""Waits for imports of the sync, and tells of each row what became of it."""

from collections.abc import Callable, Collection, Mapping, Sequence

from chalicelib.domain.instant import DAY, Instant
from chalicelib.domain.sync import Row, RowResult
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.account_engagement.client import AccountEngagement
from chalicelib.gateways.account_engagement.imports import ImportState
from chalicelib.gateways.account_engagement.prospect_job import key_of
from chalicelib.gateways.account_engagement.queries import PAGE

PAUSES = (5.0, 10.0, 20.0, 30.0, 60.0, 60.0, 60.0)
"""Seconds before each look at whether an import is done; the guide recommends minutes."""

STALE_SECONDS = 60.0
"""Reads may be that old (Version 5 Overview)."""

_CONFLICT = "conflicting update"
_FEW_PAGES = 3
_UNNAMED = "Account Engagement: the import left it out and did not say why"


def results_of(
    account_engagement: AccountEngagement,
    job: str,
    rows: Sequence[Row],
    pause: Callable[[float], None],
) -> list[RowResult]:
    """Wait for an import and give one result for each of its rows, in order.

    Where its counts don't come to the number of rows, those that did not change since it began count as
    unprocessed. So do all of an import that the platform does not know any more: to hand rows over again does
    no harm.

    Raises:
        Retryable: the platform isn't done in time, or as the gateway says.
        Misconfigured: as the gateway says.
    """
    try:
        state = _wait(account_engagement, job, pause)
        reasons = _reasons(account_engagement, job) if state.failed else {}
    except Rejected as error:
        return [RowResult(row.person, "unprocessed", row.remote_id, str(error)) for row in rows]
    found = [reasons.get(key_of(row).casefold()) for row in rows]
    named = sum(each is not None for each in found)
    changed = None
    if state.created + state.updated + named < len(rows):
        pause(STALE_SECONDS)
        changed = _changed(account_engagement, state.begun_at, len(rows))
    return [_result(row, reason, changed) for row, reason in zip(rows, found, strict=True)]


def _wait(account_engagement: AccountEngagement, job: str, pause: Callable[[float], None]) -> ImportState:
    for seconds in PAUSES:
        pause(seconds)
        state = account_engagement.import_state(job)
        if state.done:
            return state
    raise Retryable("Account Engagement: the import is not worked off yet", retry_after=PAUSES[-1])


def _reasons(account_engagement: AccountEngagement, job: str) -> Mapping[str, str]:
    """Read why rows were not imported, by what they were matched by, in small letters."""
    errors = account_engagement.import_errors(job)
    return {each.match.casefold(): each.reason or "not imported" for each in errors}


def _changed(account_engagement: AccountEngagement, since: Instant, rows: int) -> frozenset[str]:
    """Read the ids and addresses, in small letters, of the prospects that changed since a time."""
    fields = ("id", "email")
    if rows <= _FEW_PAGES * PAGE:
        found = account_engagement.rows("prospects", fields, changed_since=since)
    else:
        found = account_engagement.export("prospect", fields, since, Instant(since + DAY))
    return frozenset(str(row.get(name)).casefold() for row in found for name in fields)


def _result(row: Row, reason: str | None, changed: Collection[str] | None) -> RowResult:
    if reason is not None:
        passing = _CONFLICT in reason.casefold()
        return RowResult(row.person, "unprocessed" if passing else "failed", row.remote_id, reason)
    if changed is not None and key_of(row).casefold() not in changed:
        return RowResult(row.person, "unprocessed", row.remote_id, _UNNAMED)
    return RowResult(row.person, "written", row.remote_id)
