"""The Export API: a query's rows as CSV files, made in the background.

Source: Account Engagement API, "Export API": object, fields and a procedure with its arguments; states
Waiting, Processing, Complete; files for a week. A procedure's times lie at most a year apart. Its arguments
are taken in both spellings that are in use, `updatedAfter` and `updated_after`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.instant import DAY, Duration, Instant
from smarketing.sandbox.account_engagement.answers import (
    EXPORT_STATE,
    INVALID_ARGUMENT,
    INVALID_PROPERTY,
    MISSING_ARGUMENT,
    MISSING_PROPERTY,
    NOT_FOUND,
    UNKNOWN_ARGUMENT,
    UNKNOWN_PROCEDURE,
    Answer,
    Call,
    Refused,
)
from smarketing.sandbox.account_engagement.csv_file import write_csv
from smarketing.sandbox.account_engagement.database import Database
from smarketing.sandbox.account_engagement.job_queries import chosen_fields, page_of_jobs
from smarketing.sandbox.account_engagement.jobs import Jobs, Wait
from smarketing.sandbox.account_engagement.query import only, read_fields
from smarketing.sandbox.account_engagement.records import body_of
from smarketing.sandbox.account_engagement.table import Row
from smarketing.sandbox.account_engagement.values import read_time, written

ROWS_A_FILE = 50_000
MOST_FIELDS = 150
_KEPT_FOR = Duration(7 * DAY)
_OBJECTS = {
    "prospect": "prospects",
    "visitorActivity": "visitor-activities",
    "listMembership": "list-memberships",
    "list": "lists",
    "campaign": "campaigns",
    "opportunity": "opportunities",
    "visitor": "visitors",
}
_PROCEDURES = {"filter_by_created_at": "created", "filter_by_updated_at": "updated"}
_DELETED = {"true": True, "false": False, "all": None, True: True, False: False}
_HUMP = re.compile(r"_([a-z])")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rows of an export: `after` and `before` are times as rows have them; both are left out."""

    object: str
    fields: tuple[str, ...]
    by: str
    after: str
    before: str
    deleted: bool | None

    def takes(self, row: Row) -> bool:
        """Whether a row is exported."""
        at = str(row.get(self.by) or "")
        is_deleted = bool(row.get("isDeleted"))
        return self.after < at < self.before and self.deleted in (None, is_deleted)


@dataclass(slots=True)
class Export:
    """One export."""

    id: int
    created_at: Instant
    wanted: Wanted
    wait: Wait | None
    updated_at: Instant
    status: str = "Waiting"
    files: list[str] = field(default_factory=list)

    def is_expired(self, now: Instant) -> bool:
        """Whether its files are gone."""
        return self.status == "Complete" and now >= self.updated_at + _KEPT_FOR

    def shown(self, base_url: str, now: Instant) -> dict[str, Any]:
        """Give its fields."""
        url = f"{base_url}api/v5/exports/{self.id}/results"
        files = [] if self.is_expired(now) else [f"{url}/{number}" for number in range(len(self.files))]
        return {
            "id": self.id,
            "status": self.status,
            "isExpired": self.is_expired(now),
            "resultRefs": files or None,
            "createdAt": written(self.created_at),
            "updatedAt": written(self.updated_at),
            "createdById": 1,
            "updatedById": 1,
        }


class Exports:
    """The business unit's exports."""

    def __init__(self, database: Database, jobs: Jobs) -> None:
        """Export a database."""
        self._database = database
        self._jobs = jobs
        self._exports: dict[int, Export] = {}

    def create(self, call: Call) -> Answer:
        """Take an export."""
        wanted = self._read(body_of(call))
        now = self._database.clock()
        made = Export(len(self._exports) + 1, now, wanted, self._jobs.begin(), now)
        self._exports[made.id] = made
        shown = made.shown(call.base_url, now)
        return Answer(201, only(chosen_fields(shown, call, ("id", "status", "isExpired")), shown))

    def read(self, call: Call) -> Answer:
        """Tell how far an export is."""
        found = self._export(call)
        if found.wait is not None:
            if self._jobs.is_over(found.wait, looked=True):
                self._work_off(found)
            else:
                found.status = "Processing"
        shown = found.shown(call.base_url, self._database.clock())
        return Answer(200, only(chosen_fields(shown, call), shown))

    def query(self, call: Call) -> Answer:
        """List the exports."""
        now = self._database.clock()
        return page_of_jobs([each.shown(call.base_url, now) for each in self._exports.values()], call)

    def result(self, call: Call) -> Answer:
        """Give a file of an export."""
        found, number = self._export(call), call.parameters["file"]
        if found.status != "Complete" or found.is_expired(self._database.clock()):
            raise Refused(EXPORT_STATE)
        if not number.isdigit() or int(number) >= len(found.files):
            raise Refused(NOT_FOUND)
        return Answer(200, found.files[int(number)], media_type="text/csv")

    def settle(self) -> None:
        """Work off what has waited long enough."""
        for each in self._exports.values():
            if each.wait is not None and self._jobs.is_over(each.wait, looked=False):
                self._work_off(each)

    def _export(self, call: Call) -> Export:
        number = call.parameters["id"]
        found = self._exports.get(int(number)) if number.isdigit() else None
        if found is None:
            raise Refused(NOT_FOUND)
        return found

    def _read(self, asked: Mapping[str, Any]) -> Wanted:
        missing = [name for name in ("object", "fields", "procedure") if not asked.get(name)]
        if missing:
            raise Refused(MISSING_PROPERTY, ", ".join(missing))
        kind, procedure = str(asked["object"]), asked["procedure"]
        name = _OBJECTS.get(kind[:1].lower() + kind[1:])
        if name is None or not isinstance(procedure, dict) or not isinstance(asked["fields"], list):
            raise Refused(INVALID_PROPERTY, "object, fields or procedure")
        fields = read_fields(self._database.objects[name], asked["fields"])
        if len(fields) > MOST_FIELDS:
            raise Refused(INVALID_PROPERTY, f"fields: at most {MOST_FIELDS}")
        by = _PROCEDURES.get(str(procedure.get("name")))
        if by is None:
            raise Refused(UNKNOWN_PROCEDURE)
        return self._wanted(name, tuple(fields), by, procedure.get("arguments") or {})

    def _wanted(self, name: str, fields: tuple[str, ...], by: str, plain: Mapping[str, Any]) -> Wanted:
        arguments = {_HUMP.sub(lambda match: match[1].upper(), key): value for key, value in plain.items()}
        if unknown := sorted(set(arguments) - {f"{by}After", f"{by}Before", "deleted"}):
            raise Refused(UNKNOWN_ARGUMENT, ", ".join(unknown))
        if f"{by}After" not in arguments:
            raise Refused(MISSING_ARGUMENT, f"{by}After")
        now = written(self._database.clock())
        after = read_time(str(arguments[f"{by}After"]))
        before = read_time(str(arguments.get(f"{by}Before", now)))
        deleted = arguments.get("deleted", "false")
        if after is None or before is None or after >= before or deleted not in _DELETED:
            raise Refused(INVALID_ARGUMENT)
        if before[:4] + before[4:19] > str(int(after[:4]) + 1) + after[4:19]:
            raise Refused(INVALID_ARGUMENT, "the times lie more than a year apart")
        return Wanted(name, fields, f"{by}At", after, before, _DELETED[deleted])

    def _work_off(self, found: Export) -> None:
        wanted = found.wanted
        rows = [row for row in self._database.tables[wanted.object].rows.values() if wanted.takes(row)]
        for start in range(0, len(rows), ROWS_A_FILE):
            part = rows[start : start + ROWS_A_FILE]
            found.files.append(
                write_csv(wanted.fields, ([_text(row.get(each)) for each in wanted.fields] for row in part))
            )
        found.status, found.wait, found.updated_at = "Complete", None, self._database.clock()


def _text(value: Any) -> Any:
    return str(value).lower() if isinstance(value, bool) else value
