"""How many calls a sync can't do without, by the limits that the platforms document.

Nobody knows how long a platform works on a job: each is looked at once. A login is one call for each platform
and counted on neither side.
"""

from math import ceil

QUERY_PAGE = 2_000
"""Records of a page (Salesforce REST API Developer Guide, "Query Options Header")."""

BULK_QUERY = 3
"""Start, one look, one download: the guide bounds no part of a result (Bulk API 2.0 Developer Guide)."""

REQUEST_ROWS = 32_000
"""Rows of an asynchronous request (Salesforce Help, "API Limits and Guidelines")."""

RESULT_PAGE = 2_500
"""Results of a page (the same)."""

TOGETHER = 50
"""Rows deleted, or contacts looked up in journeys, with one call (the same; "contactMembership")."""


def salesforce_reads(*records: int) -> int:
    """Calls to read so many records of each object: pages, or a bulk query where that takes fewer."""
    return sum(min(max(1, ceil(each / QUERY_PAGE)), BULK_QUERY) for each in records)


def marketing_cloud_writes(rows: int) -> int:
    """Calls to write rows of which some fail: requests, a look at each, all pages of results."""
    if rows == 0:
        return 0
    requests = ceil(rows / REQUEST_ROWS)
    return 2 * requests + max(requests, ceil(rows / RESULT_PAGE))


def marketing_cloud_rewrites(rows: int) -> int:
    """Calls to write rows of which none fails: no results need be read, and few rows go at once."""
    return min(ceil(rows / TOGETHER), 2 * ceil(rows / REQUEST_ROWS))


def marketing_cloud_withdrawals(rows: int) -> int:
    """Calls to delete rows, and to see that no journey holds their contacts."""
    return 2 * ceil(rows / TOGETHER)
