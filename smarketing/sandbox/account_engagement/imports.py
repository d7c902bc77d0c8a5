"""The Import API: prospects in CSV files, taken at once and worked off later.

Source: Account Engagement API v5, "Import API": an import is created, gets up to ten batches of up to 10 MB,
is set to "Ready", then is Waiting, Processing and Complete; a file tells of the rows that were not imported.
It expires a day after it was created, or a week after it was complete. The error file has the rows exactly as
they came and two columns more, the type of the error and its description (Pardot Knowledge Base, "Import
Field Validation"); what those two are called is written nowhere.
"""

import json
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.instant import DAY, Instant
from smarketing.sandbox.account_engagement.answers import (
    DAILY_BATCHES,
    FILE_TOO_LARGE,
    IMPORT_EMPTY,
    IMPORT_NOT_OPEN,
    IMPORT_STATE,
    INVALID_COLUMNS,
    INVALID_CSV,
    INVALID_JSON,
    INVALID_PROPERTY,
    MISSING_IMPORT_FIELD,
    NO_FILE,
    NOT_FOUND,
    OPTIONS_MISMATCH,
    TOO_MANY_BATCHES,
    TOO_MANY_FILES,
    WRONG_CONTENT_TYPE,
    Answer,
    Call,
    Refused,
)
from smarketing.sandbox.account_engagement.csv_file import read_csv, write_csv
from smarketing.sandbox.account_engagement.database import PROSPECTS, Database
from smarketing.sandbox.account_engagement.import_job import Import, read_options
from smarketing.sandbox.account_engagement.import_rows import (
    LIST_COLUMNS,
    MATCH_COLUMNS,
    ImportRows,
    NotImported,
)
from smarketing.sandbox.account_engagement.job_queries import chosen_fields, page_of_jobs
from smarketing.sandbox.account_engagement.jobs import Jobs
from smarketing.sandbox.account_engagement.query import only
from smarketing.sandbox.account_engagement.records import body_of

MOST_BATCHES = 10
MOST_BYTES = 10_000_000
MOST_BATCHES_A_DAY = 1_000
ERROR_COLUMNS = ("errorType", "errorDescription")
_FILE, _INPUT = "file", "input"
_JSON, _FORM = "application/json", "multipart/form-data"


class Imports:
    """The business unit's imports."""

    def __init__(self, database: Database, rows: ImportRows, jobs: Jobs) -> None:
        """Import into a database."""
        self._database = database
        self._rows = rows
        self._jobs = jobs
        self._imports: dict[int, Import] = {}
        self._batches_of_day = (-1, 0)

    def create(self, call: Call) -> Answer:
        """Open an import; with a file and the status Ready, submit it at once."""
        asked = self._input(call)
        made = Import(len(self._imports) + 1, self._now(), read_options(asked), self._now())
        if call.files:
            self._add(made, call)
        self._imports[made.id] = made
        if "status" in asked:
            self._submit(made, asked["status"])
        shown = made.shown(call.base_url, self._now())
        return Answer(
            201, only(chosen_fields(shown, call, ("id", "status", "isExpired", "batchesRef")), shown)
        )

    def add_batch(self, call: Call) -> Answer:
        """Add a file to an open import."""
        found = self._import(call)
        if found.status != "Open" or found.is_expired(self._now()):
            raise Refused(IMPORT_STATE)
        self._add(found, call)
        return Answer(204)

    def update(self, call: Call) -> Answer:
        """Submit an import."""
        found = self._import(call)
        if found.status != "Open" or found.is_expired(self._now()):
            raise Refused(IMPORT_NOT_OPEN)
        self._submit(found, body_of(call).get("status"))
        shown = found.shown(call.base_url, self._now())
        return Answer(200, only(chosen_fields(shown, call, ("id", "status", "isExpired")), shown))

    def read(self, call: Call) -> Answer:
        """Tell how far an import is."""
        found = self._import(call)
        if found.wait is not None:
            if self._jobs.is_over(found.wait, looked=True):
                self._work_off(found)
            else:
                found.status = "Processing"
        shown = found.shown(call.base_url, self._now())
        return Answer(200, only(chosen_fields(shown, call), shown))

    def query(self, call: Call) -> Answer:
        """List the imports."""
        return page_of_jobs([each.shown(call.base_url, self._now()) for each in self._imports.values()], call)

    def errors(self, call: Call) -> Answer:
        """Give the file of the rows that were not imported."""
        found = self._import(call)
        if found.status != "Complete" or found.is_expired(self._now()):
            raise Refused(IMPORT_STATE)
        return Answer(200, write_csv([*found.header, *ERROR_COLUMNS], found.errors), media_type="text/csv")

    def settle(self) -> None:
        """Work off what has waited long enough."""
        for each in self._imports.values():
            if each.wait is not None and self._jobs.is_over(each.wait, looked=False):
                self._work_off(each)

    def _now(self) -> Instant:
        return self._database.clock()

    def _input(self, call: Call) -> Mapping[str, Any]:
        if call.content_type.startswith(_JSON):
            return body_of(call)
        if not call.content_type.startswith(_FORM):
            raise Refused(WRONG_CONTENT_TYPE)
        try:
            asked = json.loads(call.form.get(_INPUT, ""))
        except ValueError:
            asked = None
        if not isinstance(asked, dict):
            raise Refused(INVALID_JSON)
        return asked

    def _import(self, call: Call) -> Import:
        number = call.parameters["id"]
        found = self._imports.get(int(number)) if number.isdigit() else None
        if found is None:
            raise Refused(NOT_FOUND)
        return found

    def _add(self, to: Import, call: Call) -> None:
        if not call.content_type.startswith(_FORM):
            raise Refused(WRONG_CONTENT_TYPE)
        files = [content for name, content in call.files if name == _FILE]
        if len(files) != 1 or len(call.files) != 1:
            raise Refused(TOO_MANY_FILES if len(call.files) > 1 else NO_FILE)
        if not 0 < len(files[0]) <= MOST_BYTES:
            raise Refused(FILE_TOO_LARGE)
        if len(to.batches) >= MOST_BATCHES:
            raise Refused(TOO_MANY_BATCHES)
        header, rows = read_csv(files[0])
        self._check_header(to, header)
        self._count_batch()
        to.header = header
        to.batches.append(rows)
        to.updated_at = self._now()

    def _check_header(self, to: Import, header: list[str]) -> None:
        prospects = self._database.objects[PROSPECTS]
        known = {*MATCH_COLUMNS, *LIST_COLUMNS}
        wrong = [
            name for name in header if name not in known and not prospects.may_write(name, creating=True)
        ]
        if wrong or len(set(header)) < len(header):
            raise Refused(INVALID_COLUMNS, ", ".join(wrong))
        if not set(header) & set(MATCH_COLUMNS):
            raise Refused(MISSING_IMPORT_FIELD, " or ".join(MATCH_COLUMNS))
        if to.options.columns is not None and tuple(header) != to.options.columns:
            raise Refused(OPTIONS_MISMATCH)
        if to.batches and header != to.header:
            raise Refused(INVALID_CSV, "the header differs from the other batches'")

    def _count_batch(self) -> None:
        day, used = self._now() // DAY, self._batches_of_day[1]
        used = used if day == self._batches_of_day[0] else 0
        if used >= MOST_BATCHES_A_DAY:
            raise Refused(DAILY_BATCHES)
        self._batches_of_day = (day, used + 1)

    def _submit(self, found: Import, status: Any) -> None:
        if status != "Ready":
            raise Refused(INVALID_PROPERTY, "status")
        if not found.batches:
            raise Refused(IMPORT_EMPTY)
        found.status, found.wait, found.updated_at = "Waiting", self._jobs.begin(), self._now()

    def _work_off(self, found: Import) -> None:
        for batch in found.batches:
            for row in batch:
                self._work_off_row(found, row)
        found.batches.clear()
        found.status, found.wait, found.updated_at = "Complete", None, self._now()

    def _work_off_row(self, found: Import, row: list[str]) -> None:
        try:
            became = self._rows.write(dict(zip(found.header, row, strict=True)), found.options)
        except NotImported as told:
            found.errors.append([*row, *told.told])
            return
        found.created += became == "created"
        found.updated += became == "updated"
