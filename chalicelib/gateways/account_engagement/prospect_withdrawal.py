"""Sees to it that Account Engagement writes to prospects no more: opted out, do not e-mail, off the lists."""

from collections.abc import Callable, Mapping, Sequence

from chalicelib.domain.sync import Row, RowResult
from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement.client import AccountEngagement
from chalicelib.gateways.account_engagement.prospect_imports import results_of
from chalicelib.gateways.account_engagement.prospect_job import Match, by_match, key_of

OPTED_OUT: Mapping[str, bool] = {"optedOut": True, "isDoNotEmail": True}

MOST_NOW = 100
"""Up to so many prospects are opted out one by one: whoever withdraws must not wait for an import."""

_NO_MATCH = "no match"


def withdraw(
    account_engagement: AccountEngagement, rows: Sequence[Row], pause: Callable[[float], None]
) -> list[RowResult]:
    """Opt prospects out, then take them off the lists; one result for each row, in order.

    Who isn't there counts as withdrawn; so does a row without an id and an address, which nobody ever wrote.

    Raises:
        Retryable, Misconfigured, Rejected: a call failed as a whole; what was done stays done.
    """
    known = [row for row in rows if key_of(row)]
    if len(known) <= MOST_NOW:
        told = [_opt_out(account_engagement, row) for row in known]
    else:
        told = _opt_out_by_import(account_engagement, known, pause)
    ids = [each.remote_id for each in told if each.outcome == "written" and each.remote_id]
    account_engagement.remove_from_all_lists(sorted(set(ids)))
    found = iter(told)
    return [next(found) if key_of(row) else RowResult(row.person, "written") for row in rows]


def _opt_out(account_engagement: AccountEngagement, row: Row) -> RowResult:
    try:
        if row.remote_id:
            there = account_engagement.change_prospect(row.remote_id, OPTED_OUT)
            return RowResult(row.person, "written", row.remote_id if there else None)
        # An import wrote it, and tells no id: the address is all that is known.
        return RowResult(row.person, "written", account_engagement.upsert_prospect(row.email, OPTED_OUT))
    except Rejected as error:
        return RowResult(row.person, "failed", row.remote_id, str(error))


def _opt_out_by_import(
    account_engagement: AccountEngagement, rows: Sequence[Row], pause: Callable[[float], None]
) -> list[RowResult]:
    """Opt out by imports, which make no prospect of a row that matches none."""
    results: dict[int, RowResult] = {}
    begun: dict[Match, str] = {}
    parts = by_match(rows)
    for match, places in parts.items():
        columns = [{match: key_of(rows[place]), **OPTED_OUT} for place in places]
        begun[match] = account_engagement.begin_import(columns, create=False)
    for match, places in parts.items():
        told = results_of(account_engagement, begun[match], [rows[place] for place in places], pause)
        results |= dict(zip(places, told, strict=True))
    return [_without_strangers(row, results[place]) for place, row in enumerate(rows)]


def _without_strangers(row: Row, result: RowResult) -> RowResult:
    """Take a row that matched no prospect for withdrawn: it isn't there."""
    if result.outcome == "failed" and _NO_MATCH in result.reason.casefold():
        return RowResult(row.person, "written")
    return result
