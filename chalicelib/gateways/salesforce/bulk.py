"""Writes more records than composite requests are made for: a Bulk API 2.0 ingest job.

Steps and formats: Bulk API 2.0 and Bulk API Developer Guide. Data is CSV in UTF-8, at most 100 MB before
Salesforce encodes it to 150 MB; `#N/A` sets a field to null where an empty one is ignored; a parent is named
by `Relationship.ExternalId` in the header. Results come in any order, so each is matched by its key column.
"""

import csv
import io
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.errors import Retryable
from chalicelib.gateways.salesforce.composite import Result, Saved
from chalicelib.gateways.salesforce.errors import ApiError
from chalicelib.gateways.salesforce.mapping import Value, Write

MORE_THAN = 2_000
"""Salesforce recommends Bulk API 2.0 above this many records (Limits and Allocations Quick Reference)."""

FILE_BYTES = 100_000_000
_NULL = "#N/A"
_OPERATION = {"upsert": "upsert", "update": "update", "create": "insert"}


class Rest(Protocol):
    """The calls that are needed."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""

    def upload(self, path: str, data: bytes) -> None:
        """Put CSV."""

    def download(self, path: str) -> str:
        """Get CSV."""


Job = tuple[int, Write]
"""A write and the place of its command among the commands."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How a job is waited for: it must end well within the function's own time.

    Attributes:
        first: seconds between the first two looks; each further pause is half as long again.
        longest: seconds after which pauses grow no more.
    """

    seconds: float = 60.0
    first: float = 0.5
    longest: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic

    def looks(self) -> Iterator[None]:
        """Give a turn at growing intervals until the time is over."""
        end = self.monotonic() + self.seconds
        pause = self.first
        while True:
            yield
            if self.monotonic() + pause > end:
                return
            self.sleep(pause)
            pause = min(self.longest, pause * 1.5)


def send(rest: Rest, jobs: Sequence[Job], patience: Patience) -> Iterator[tuple[Job, Result]]:
    """Write different records of one object in one way; gives each one's result, in any order.

    Raises:
        Retryable: the ingest job did not end in time or failed as a whole, or its results don't add up to
            what was sent. Nothing is lost by writing all of it again.
    """
    by_key = {job[1].key_value: job for job in jobs}
    writes = [write for _, write in jobs]
    for part in _files(writes):
        for key, result in _ingest(rest, writes[0], part, patience):
            if key in by_key:
                yield by_key.pop(key), result
    if by_key:
        raise Retryable(f"Salesforce bulk job: {len(by_key)} of {len(jobs)} records have no result")


def _ingest(rest: Rest, kind: Write, data: bytes, patience: Patience) -> Iterator[tuple[str, Result]]:
    body = {
        "object": kind.object,
        "operation": _OPERATION[kind.how],
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    if kind.how == "upsert":
        body["externalIdFieldName"] = kind.key
    path = f"jobs/ingest/{rest.call('POST', 'jobs/ingest', body)['id']}"
    rest.upload(f"{path}/batches", data)
    rest.call("PATCH", path, {"state": "UploadComplete"})
    counts = _finished(rest, path, patience)
    done = int(counts.get("numberRecordsProcessed", 0))
    failed = int(counts.get("numberRecordsFailed", 0))
    if done > failed:
        yield from _rows(rest, f"{path}/successfulResults", kind.key, _saved)
    if failed:
        yield from _rows(rest, f"{path}/failedResults", kind.key, _failed)


def _finished(rest: Rest, path: str, patience: Patience) -> Mapping[str, Any]:
    state = ""
    for _ in patience.looks():
        info: Mapping[str, Any] = rest.call("GET", path)
        state = info["state"]
        if state == "JobComplete":
            return info
        if state in ("Failed", "Aborted"):
            raise Retryable(f"Salesforce bulk job: {state}")
    rest.call("PATCH", path, {"state": "Aborted"})
    raise Retryable(f"Salesforce bulk job: still {state} after {patience.seconds:.0f} s")


def _files(writes: Sequence[Write]) -> Iterator[bytes]:
    names = list(dict.fromkeys(name for write in writes for name in write.values))
    head = _line([writes[0].key, *names])
    lines: list[bytes] = []
    size = len(head)
    for write in writes:
        cells = (_cell(write.values[name]) if name in write.values else "" for name in names)
        line = _line([write.key_value, *cells])
        if lines and size + len(line) > FILE_BYTES:
            yield head + b"".join(lines)
            lines, size = [], len(head)
        lines.append(line)
        size += len(line)
    yield head + b"".join(lines)


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


def _cell(value: Value) -> str:
    if value is None:
        return _NULL
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _rows(
    rest: Rest, path: str, key: str, read: Callable[[Mapping[str, str]], Result]
) -> Iterator[tuple[str, Result]]:
    for row in csv.DictReader(io.StringIO(rest.download(path), newline="")):
        yield row.get(key) or row.get("sf__Id", ""), read(row)


def _saved(row: Mapping[str, str]) -> Result:
    return Saved(row["sf__Id"])


def _failed(row: Mapping[str, str]) -> Result:
    code, _, rest = row.get("sf__Error", "").partition(":")
    message, _, fields = rest.rpartition(":")
    named = tuple(name.strip() for name in fields.strip("- ").split(",") if name.strip())
    return ApiError(code or "UNKNOWN_EXCEPTION", message or rest, named)
