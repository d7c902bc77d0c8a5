"""Bulk API 2.0: query jobs (Bulk API 2.0 and Bulk API Developer Guide, "Query Jobs")."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from smarketing.sandbox.org.answers import Answer, Call, body_object
from smarketing.sandbox.org.bulk import Row, csv_answer
from smarketing.sandbox.org.query import Queries
from smarketing.sandbox.org.refusals import Refusal, not_found

_PART = 50_000
"""Rows of a part where the client names no number; the guide names neither this nor a bound."""


@dataclass(slots=True)
class QueryJob:
    """A query job; its rows are those of the moment when it was asked for."""

    id: str
    operation: str
    user: str
    version: str
    columns: list[str]
    rows: list[Row]
    state: str = "UploadComplete"

    def describe(self) -> dict[str, Any]:
        """Answer the job's own resource."""
        return {
            "id": self.id,
            "operation": self.operation,
            "createdById": self.user,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
            "numberRecordsProcessed": len(self.rows) if self.state == "JobComplete" else 0,
            "retries": 0,
            "totalProcessingTime": 0,
        }


class BulkQueries:
    """The query jobs of one org."""

    def __init__(self, queries: Queries) -> None:
        """Query the records of an org."""
        self._queries = queries
        self._jobs: dict[str, QueryJob] = {}

    def routes(self) -> list[tuple[str, Mapping[str, Callable[..., Answer]]]]:
        """Give the routes of the jobs."""
        job = r"jobs/query/(\w+)"
        return [
            (r"jobs/query", {"POST": self._open}),
            (job, {"GET": self._show, "PATCH": self._abort, "DELETE": self._delete}),
            (rf"{job}/results", {"GET": self._results}),
        ]

    def _open(self, call: Call) -> Answer:
        body = body_object(call)
        operation, text = body.get("operation"), str(body.get("query", ""))
        if operation not in ("query", "queryAll"):
            raise Refusal("INVALIDJOB", f"InvalidJob : operation {operation} is not supported")
        columns = self._queries.names(text, call.user)
        records, _ = self._queries.records(text, call.user, deleted=operation == "queryAll")
        rows = [{key: _cell(value) for key, value in _flat(each)} for each in records]
        # Ids of both kinds of job begin alike.
        job = QueryJob(f"750Q{len(self._jobs) + 1:014d}", operation, call.user, call.version, columns, rows)
        self._jobs[job.id] = job
        return Answer(200, job.describe())

    def _job(self, name: str) -> QueryJob:
        if name not in self._jobs:
            raise not_found()
        return self._jobs[name]

    def _show(self, call: Call, name: str) -> Answer:
        job = self._job(name)
        if job.state == "UploadComplete":
            job.state = "JobComplete"
        return Answer(200, job.describe())

    def _abort(self, call: Call, name: str) -> Answer:
        job = self._job(name)
        if body_object(call).get("state") != "Aborted" or job.state != "UploadComplete":
            raise Refusal("INVALIDJOBSTATE", f"To abort a job that is {job.state} is not valid")
        job.state = "Aborted"
        return Answer(200, job.describe())

    def _delete(self, call: Call, name: str) -> Answer:
        del self._jobs[self._job(name).id]
        return Answer(204)

    def _results(self, call: Call, name: str) -> Answer:
        job = self._job(name)
        start = int(call.query.get("locator", "0") or 0)
        size = int(call.query.get("maxRecords", _PART))
        rows = job.rows[start : start + size]
        more = str(start + size) if start + size < len(job.rows) else "null"
        return csv_answer(
            job.columns, rows, {"Sforce-NumberOfRecords": str(len(rows)), "Sforce-Locator": more}
        )


def _flat(record: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in record.items():
        if name == "attributes":
            continue
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)
