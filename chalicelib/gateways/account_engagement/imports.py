"""Many prospects at once: the Import API.

Source: Account Engagement API v5, "Import API": an import takes up to ten batches, each a CSV file of less
than 10 MB with the same columns; one with a single batch goes with one call, `status` Ready. Rows are
matched by `matchEmail` or `matchId`, one of them for each row. An account may hand over 1,000 batches in a
day. How it ended is asked for at intervals; only the rows that failed are told, as CSV: as they came, and two
columns more (Pardot Knowledge Base, "Import Field Validation").
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.account_engagement.access import Access
from chalicelib.gateways.marketing_cloud.refusals import without_values

MOST_BYTES = 9_500_000
"""Of a batch's rows; the header and the form around it stay below 10 MB with them."""
MOST_BATCHES = 10
MATCHES = ("matchId", "matchEmail")

_PATH = "/imports"
_STATE_FIELDS = "id,status,isExpired,createdAt,createdCount,updatedCount,errorCount"


@dataclass(frozen=True, slots=True)
class ImportState:
    """How far an import is; the counts are told once it is done.

    Attributes:
        begun_at: by the platform's clock.
    """

    done: bool
    begun_at: Instant
    created: int = 0
    updated: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class FailedRow:
    """A row that was not imported: what it was matched by, and why."""

    match: str
    reason: str


def begin(access: Access, rows: Sequence[Mapping[str, Any]], *, create: bool = True) -> str:
    """Hand rows over, with one call where they fit a batch; give the import's id.

    Args:
        access: to the business unit.
        rows: fields by name, the same of each row; one of `MATCHES` among them. None empties a field.
        create: makes a prospect of a row that matches none; otherwise that row fails.

    Raises:
        Rejected: there are no rows, or too many for one import.
        Misconfigured: a column is no field of the business unit.
        Retryable: as `refusals` says.
    """
    batches = _batches(rows)
    if not batches:
        raise Rejected("import: give at least one row")
    if len(batches) > MOST_BATCHES:
        raise Rejected(f"import: {len(batches)} batches; an import takes {MOST_BATCHES}")
    wanted = {
        "operation": "Upsert",
        "object": "Prospect",
        "restoreDeleted": create,
        "createOnNoMatch": create,
    }
    if len(batches) == 1:
        ready = json.dumps(wanted | {"status": "Ready"})
        parts = {"input": (None, ready, "application/json"), **_file(batches[0])}
        return _id(access.call("POST", _PATH, parts=parts).content)
    unique = _id(access.call("POST", _PATH, content=wanted).content)
    for batch in batches:
        access.call("POST", f"{_PATH}/{unique}/batches", parts=_file(batch))
    access.call("PATCH", f"{_PATH}/{unique}", content={"status": "Ready"}, what="import")
    return unique


def state(access: Access, unique: str) -> ImportState:
    """Ask how far an import is.

    Raises:
        Rejected: there is no such import (any more), or it was cancelled.
        Retryable, Misconfigured: as `refusals` says.
    """
    path = f"{_PATH}/{quote(unique, safe='')}"
    content = access.call("GET", path, query={"fields": _STATE_FIELDS}, what="import").content
    told = content if isinstance(content, dict) else {}
    status = str(told.get("status", ""))
    if told.get("isExpired") is True or status in ("Cancelled", "Failed"):
        raise Rejected(f"Account Engagement import: {status or 'expired'}")
    begun_at = parse_instant(str(told.get("createdAt")), "createdAt")
    created, updated, failed = (
        int(told.get(f"{name}Count") or 0) for name in ("created", "updated", "error")
    )
    return ImportState(status == "Complete", begun_at, created, updated, failed)


def errors(access: Access, unique: str) -> Iterator[FailedRow]:
    """Read which rows were not imported, and why.

    Raises:
        Rejected: there is no such import (any more), or its errors have another form.
        Retryable, Misconfigured: as `refusals` says.
    """
    text = access.download(f"{_PATH}/{quote(unique, safe='')}/errors", "import errors")
    return read_errors(text)


def read_errors(text: str) -> Iterator[FailedRow]:
    """Read the CSV of rows that were not imported: their columns, and two that say why.

    Raises:
        Rejected: it has another form.
    """
    lines = csv.DictReader(io.StringIO(text))
    columns = list(lines.fieldnames or ())
    match = next((name for name in columns if name.strip() in MATCHES), None)
    if match is None:
        raise Rejected("Account Engagement import errors: no column of the match")
    for line in lines:
        # What the two are called is written nowhere: the type of the error, and its description.
        why = " ".join(str(line.get(name) or "") for name in columns[-2:] if name != match)
        yield FailedRow(str(line[match]).strip(), without_values(why))


def written(value: object) -> str:
    """Write a value into CSV; None empties a field."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _batches(rows: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Write rows as CSV files that fit a batch each."""
    if not rows:
        return []
    columns = list(rows[0])
    if sum(column in MATCHES for column in columns) != 1:
        raise Rejected(f"import: match by one of {', '.join(MATCHES)}")
    header = _line(columns)
    batches: list[list[bytes]] = [[header]]
    size = 0
    for row in rows:
        line = _line([written(row.get(column)) for column in columns])
        if size + len(line) > MOST_BYTES:
            batches.append([header])
            size = 0
        batches[-1].append(line)
        size += len(line)
    return [b"".join(batch) for batch in batches]


def _line(values: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(values)
    return text.getvalue().encode()


def _file(batch: bytes) -> dict[str, Any]:
    return {"file": ("prospects.csv", batch, "text/csv")}


def _id(content: Any) -> str:
    unique = content.get("id") if isinstance(content, dict) else None
    if not unique:
        raise Retryable("Account Engagement import: the answer holds no id")
    return str(unique)
