"""Bulk API 2.0: ingest jobs (Bulk API 2.0 and Bulk API Developer Guide)."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from smarketing.sandbox.org.answers import Answer, Call, body_object
from smarketing.sandbox.org.ids import read_id
from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.refusals import Refusal, not_found

Row = dict[str, str]
_OPERATIONS = ("insert", "update", "upsert", "delete")
_CSV = "text/csv; charset=UTF-8"
_TOO_MANY = "values without a column"


@dataclass(slots=True)
class Job:
    """An ingest job."""

    id: str
    operation: str
    object: str
    user: str
    version: str
    external_id: str | None = None
    state: str = "Open"
    data: str = ""
    columns: list[str] = field(default_factory=list)
    successful: list[Row] = field(default_factory=list)
    failed: list[Row] = field(default_factory=list)
    unprocessed: list[Row] = field(default_factory=list)

    def describe(self) -> dict[str, Any]:
        """Answer the job's own resource."""
        done = len(self.successful) + len(self.failed)
        plain = {
            "id": self.id,
            "operation": self.operation,
            "object": self.object,
            "createdById": self.user,
            "state": self.state,
            "concurrencyMode": "Parallel",
            "contentType": "CSV",
            "apiVersion": float(self.version),
            "lineEnding": "LF",
            "columnDelimiter": "COMMA",
            "numberRecordsProcessed": done,
            "retries": 0,
            "totalProcessingTime": 0,
        }
        more = {"jobType": "V2Ingest", "numberRecordsFailed": len(self.failed)}
        return plain | more | ({"externalIdFieldName": self.external_id} if self.external_id else {})


class Bulk:
    """The jobs of one org."""

    def __init__(self, records: Records) -> None:
        """Work on the records of an org."""
        self._records = records
        self._jobs: dict[str, Job] = {}

    def routes(self) -> list[tuple[str, Mapping[str, Callable[..., Answer]]]]:
        """Give the routes of the jobs."""
        job = r"jobs/ingest/(\w+)"
        return [
            (r"jobs/ingest", {"POST": self._open, "GET": self._list}),
            (job, {"GET": self._show, "PATCH": self._change, "DELETE": self._delete}),
            (rf"{job}/batches", {"PUT": self._upload}),
            (rf"{job}/(successful|failed)Results", {"GET": self._results}),
            (rf"{job}/(unprocessed)[Rr]ecords", {"GET": self._results}),
        ]

    def _open(self, call: Call) -> Answer:
        body = body_object(call)
        if body.get("operation") not in _OPERATIONS:
            raise Refusal("INVALIDJOB", f"InvalidJob : operation {body.get('operation')} is not supported")
        if body.get("lineEnding", "LF") != "LF" or body.get("columnDelimiter", "COMMA") != "COMMA":
            raise Refusal(
                "INVALIDJOB", "InvalidJob : the sandbox takes lineEnding LF and columnDelimiter COMMA"
            )
        sobject = self._records.sobject(str(body.get("object")))
        external_id = body.get("externalIdFieldName")
        if body["operation"] == "upsert" and not external_id:
            raise Refusal("INVALIDJOB", "InvalidJob : External ID was blank for upsert")
        return self._keep(
            Job(self._next(), body["operation"], sobject.name, call.user, call.version, external_id)
        )

    def _next(self) -> str:
        return f"750{len(self._jobs) + 1:015d}"

    def _keep(self, job: Job) -> Answer:
        self._jobs[job.id] = job
        return Answer(200, job.describe())

    def _list(self, call: Call) -> Answer:
        return Answer(200, {"done": True, "records": [each.describe() for each in self._jobs.values()]})

    def _job(self, name: str) -> Job:
        if name not in self._jobs:
            raise not_found()
        return self._jobs[name]

    def _show(self, call: Call, name: str) -> Answer:
        job = self._job(name)
        # One look finds a job under way, so that clients have to wait for it.
        shown = job.describe()
        if job.state == "UploadComplete":
            job.state = "InProgress"
        elif job.state == "InProgress":
            self._run(job)
            shown = job.describe()
        return Answer(200, shown)

    def _upload(self, call: Call, name: str) -> Answer:
        job = self._job(name)
        if job.state != "Open" or job.data:
            raise Refusal("INVALIDJOBSTATE", "Found multiple contents for job, or it is not open", 400)
        job.data = str(call.body or "")
        return Answer(201)

    def _change(self, call: Call, name: str) -> Answer:
        job = self._job(name)
        wanted = body_object(call).get("state")
        if wanted == "UploadComplete" and job.state == "Open":
            job.state = "UploadComplete"
        elif wanted == "Aborted" and job.state in ("Open", "UploadComplete", "InProgress"):
            job.state = "Aborted"
            job.unprocessed = list(csv.DictReader(io.StringIO(job.data)))
        else:
            raise Refusal("INVALIDJOBSTATE", f"Transition from {job.state} to {wanted} is not valid")
        return Answer(200, job.describe())

    def _delete(self, call: Call, name: str) -> Answer:
        del self._jobs[self._job(name).id]
        return Answer(204)

    def _run(self, job: Job) -> None:
        reader = csv.DictReader(io.StringIO(job.data), restkey=_TOO_MANY)
        job.columns = list(reader.fieldnames or ())
        with self._records.database.transaction():
            for row in reader:
                self._row(job, row)
        job.state = "JobComplete"

    def _row(self, job: Job, row: Row) -> None:
        try:
            with self._records.database.transaction():
                record_id, created = self._write(job, row)
        except Refusal as refusal:
            error = f"{refusal.code}:{refusal.message}:{' '.join(refusal.fields)}--"
            job.failed.append({"sf__Id": "", "sf__Error": error, **row})
        else:
            job.successful.append({"sf__Id": record_id, "sf__Created": str(created).lower(), **row})

    def _write(self, job: Job, row: Row) -> tuple[str, bool]:
        if row.pop(_TOO_MANY, None) is not None:
            raise Refusal("InvalidBatch", "Field name not found : more values than columns")
        sobject = self._records.sobject(job.object, job.user)
        body = dict(_values(row))
        if job.operation == "insert":
            return self._records.create(sobject, body, job.user), True
        if job.operation == "upsert" and (key := job.external_id) and key.lower() != "id":
            done = self._records.upsert(sobject, key, body.get(key), body, job.user)
            return done.id, done.created
        record_id = read_id(row.get("Id") or row.get("id"))
        if job.operation == "delete":
            self._records.delete(sobject, record_id, job.user)
        else:
            self._records.update(sobject, record_id, body, job.user)
        return record_id, False

    def _results(self, call: Call, name: str, which: str) -> Answer:
        job = self._job(name)
        rows: list[Row] = getattr(job, which)
        first = {"successful": ["sf__Id", "sf__Created"], "failed": ["sf__Id", "sf__Error"]}.get(which, [])
        return csv_answer([*first, *job.columns], rows)


def _values(row: Row) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if value in (None, ""):
            continue
        cell = None if value == "#N/A" else value
        parent, dot, key = name.partition(".")
        yield (parent, {key: cell}) if dot else (name, cell)


def csv_answer(columns: list[str], rows: list[Row], headers: Mapping[str, str] | None = None) -> Answer:
    """Answer rows as CSV, every value quoted."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n", quoting=csv.QUOTE_ALL, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return Answer(200, text.getvalue(), headers or {}, _CSV)
