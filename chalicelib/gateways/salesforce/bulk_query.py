"""Reads more records than pages are made for: a Bulk API 2.0 query job.

Steps and formats: Bulk API 2.0 and Bulk API Developer Guide, "Query Jobs". The result is CSV, a parent's
field under its path as in `Account.Name`, an empty cell where there is no value. It is fetched in parts; a
header `Sforce-Locator` names the next one.
"""

import csv
from collections.abc import Iterator, Mapping
from math import ceil
from typing import Any, Protocol, TextIO

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.salesforce.bulk import Patience

PART = 200_000
"""Records of a part that we ask for, some 60 MB: a function has room for it; the platform names no bound."""

LOOKS = 3
"""How often a job of usual length is looked at until it is done."""


class Rest(Protocol):
    """The calls that are needed."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""

    def download_part(self, path: str) -> tuple[TextIO, str]:
        """Get a part of the CSV, and the locator of the next one."""


def expected_calls(records: int) -> int:
    """Count the calls that a query of so many records takes as a rule: its start, looks at it, its parts."""
    return 1 + LOOKS + ceil(records / PART)


def run(rest: Rest, soql: str, patience: Patience, *, deleted: bool = False) -> Iterator[Mapping[str, str]]:
    """Run a query made by `format_soql`; gives its records, values as CSV has them.

    Raises:
        Retryable: the job did not end in time or failed; to run it again does no harm.
        Misconfigured: the org refuses the query.
    """
    body = {"operation": "queryAll" if deleted else "query", "query": soql}
    try:
        path = f"jobs/query/{rest.call('POST', 'jobs/query', body)['id']}"
    except Rejected as error:
        raise Misconfigured(str(error)) from None
    _wait(rest, path, patience)
    columns: list[str] = []
    locator = ""
    while True:
        following = f"&locator={locator}" if locator else ""
        text, locator = rest.download_part(f"{path}/results?maxRecords={PART}{following}")
        for row in csv.reader(text):
            columns = columns or row
            # Each part begins with the columns again.
            if row != columns:
                yield dict(zip(columns, row, strict=True))
        if not locator:
            return


def _wait(rest: Rest, path: str, patience: Patience) -> None:
    state = ""
    # It is never done at once, and each look is a call.
    patience.sleep(patience.first)
    for _ in patience.looks():
        state = rest.call("GET", path)["state"]
        if state == "JobComplete":
            return
        if state in ("Failed", "Aborted"):
            raise Retryable(f"Salesforce bulk query: {state}")
    rest.call("PATCH", path, {"state": "Aborted"})
    raise Retryable(f"Salesforce bulk query: still {state} after {patience.seconds:.0f} s")
