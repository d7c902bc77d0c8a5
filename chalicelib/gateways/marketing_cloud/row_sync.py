"""The sync's side of Marketing Cloud: one row of a data extension for each Lead or Contact.

The data extension's primary key is the subscriber key, which is the Lead's or Contact's id of 18 characters
as Marketing Cloud Connect has it. Few rows are written at once, many by asynchronous requests: whichever
needs fewer calls.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.command import FieldValue
from chalicelib.domain.interest import PersonId
from chalicelib.domain.salesforce_ids import in_18
from chalicelib.domain.sync import Platform, Row, RowResult
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.marketing_cloud.client import MarketingCloud
from chalicelib.gateways.marketing_cloud.data_extensions import (
    MOST_AT_ONCE,
    MOST_BY_REQUEST,
    ExtensionRow,
    ItemResult,
)

KEY_COLUMN = "SubscriberKey"

MOST_NOW = 2 * MOST_AT_ONCE
"""Up to so many rows go at once: an asynchronous request takes a second call to hear how it ended."""

MOST_BEFORE_PARTING = 1_000
"""A request of more rows that is refused is tried in halves: its bytes may be too many."""

PAUSES = (2.0, 4.0, 8.0, 15.0, 30.0, 30.0)
"""Seconds before each look at whether a request is done."""

_NOW = "now"
_PREFIXES = {"contact": "003", "lead": "00Q"}


@dataclass(frozen=True, slots=True)
class _Part:
    """So many rows of a job, written at once or by a request."""

    rows: int
    request: str


class RowSync:
    """Writes, withdraws and reads the rows of one data extension."""

    platform: Platform = "marketing_cloud"
    most_rows = MOST_BY_REQUEST

    def __init__(
        self,
        cloud: MarketingCloud,
        data_extension: str,
        columns: Mapping[str, str],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """Work on a data extension.

        Args:
            cloud: the account.
            data_extension: its external key.
            columns: the data extension's columns by our words, such as `job_title: JobTitle`.
            pause: waits so many seconds.
        """
        self._cloud = cloud
        self._data_extension = data_extension
        self._columns = columns
        self._pause = pause

    def begin(self, rows: Sequence[Row]) -> str:
        """Hand rows over in the fewest calls; give the job's id, which can be kept and asked for later.

        Beginning the same rows again, as after a crash, changes nothing: each row has its primary key.

        Raises:
            Retryable, Misconfigured, Rejected: a call failed as a whole.
        """
        written = [self._written(row) for row in rows]
        parts = self._begin_now(written) if len(written) <= MOST_NOW else self._begin_requests(written)
        return ",".join(f"{part.rows}={part.request}" for part in parts)

    def finish(self, job: str, rows: Sequence[Row]) -> Sequence[RowResult]:
        """Wait for a job; give one result for each row, in order.

        Raises:
            Retryable: the platform isn't done in time: ask again later.
            Rejected: the job is not one of these rows.
        """
        parts = _parts(job)
        if sum(part.rows for part in parts) != len(rows):
            raise Rejected("job: has another number of rows")
        results: list[RowResult] = []
        for part in parts:
            begin = len(results)
            results += self._finish(part, rows[begin : begin + part.rows])
        return results

    def withdraw(self, rows: Sequence[Row]) -> Sequence[RowResult]:
        """Delete rows and take their contacts out of every journey; what isn't there counts as withdrawn.

        Raises:
            Retryable, Misconfigured, Rejected: a call failed as a whole.
        """
        keys = [key_of(row) for row in rows]
        kept = self._cloud.delete_rows(self._data_extension, [{KEY_COLUMN: key} for key in keys])
        staying = self._cloud.exit_journeys(self._cloud.stays(keys)) if keys else {}
        return [
            _result(row, ItemResult(kept.get(place) or staying.get(key_of(row), "")))
            for place, row in enumerate(rows)
        ]

    def held(self, words: Sequence[str]) -> Iterator[Row]:
        """Read all rows, with the values of these words; an empty column has none.

        Raises:
            Retryable, Misconfigured, Rejected: as the gateway says.
        """
        columns = {word: self._columns[word].lower() for word in words if word in self._columns}
        person, email = (self._columns.get(each, each).lower() for each in ("person_id", "email"))
        for row in self._cloud.rows(self._data_extension):
            key = str(row.get(KEY_COLUMN.lower(), ""))
            values = {word: _read(word, row.get(column)) for word, column in columns.items()}
            yield Row(
                person=PersonId(str(row.get(person) or "")),
                record=_record(key),
                email=str(row.get(email) or ""),
                remote_id=key,
                values={word: value for word, value in values.items() if value is not None},
            )

    def _written(self, row: Row) -> ExtensionRow:
        words = {"email": row.email, "person_id": row.person, **row.values}
        values = {self._columns[word]: value for word, value in words.items() if word in self._columns}
        return ExtensionRow({KEY_COLUMN: key_of(row)}, values)

    def _begin_now(self, rows: Sequence[ExtensionRow]) -> list[_Part]:
        """Write at once; where a row stops the others, hand them over by a request, which tells of each."""
        parts: list[_Part] = []
        for start in range(0, len(rows), MOST_AT_ONCE):
            together = rows[start : start + MOST_AT_ONCE]
            try:
                self._cloud.upsert_rows(self._data_extension, together)
                parts.append(_Part(len(together), _NOW))
            except Rejected:
                parts.append(self._begin_request(together))
        return parts

    def _begin_requests(self, rows: Sequence[ExtensionRow]) -> list[_Part]:
        parts: list[_Part] = []
        for start in range(0, len(rows), MOST_BY_REQUEST):
            parts += self._begin_parted(rows[start : start + MOST_BY_REQUEST])
        return parts

    def _begin_parted(self, rows: Sequence[ExtensionRow]) -> list[_Part]:
        """Hand rows over by one request or, where it is refused, by smaller ones."""
        try:
            return [self._begin_request(rows)]
        except Rejected:
            if len(rows) <= MOST_BEFORE_PARTING:
                raise
        half = len(rows) // 2
        return [*self._begin_parted(rows[:half]), *self._begin_parted(rows[half:])]

    def _begin_request(self, rows: Sequence[ExtensionRow]) -> _Part:
        return _Part(len(rows), self._cloud.begin_upsert(self._data_extension, rows))

    def _finish(self, part: _Part, rows: Sequence[Row]) -> list[RowResult]:
        if part.request == _NOW:
            return [_result(row, ItemResult()) for row in rows]
        try:
            has_errors = self._wait(part.request)
            told = self._cloud.upsert_results(part.request, part.rows) if has_errors else None
        except Rejected as error:
            # The platform forgets requests: nobody knows, and to write the rows again does no harm.
            return [RowResult(row.person, "unprocessed", key_of(row), str(error)) for row in rows]
        items = told if told is not None else [ItemResult()] * len(rows)
        return [_result(row, item) for row, item in zip(rows, items, strict=True)]

    def _wait(self, request: str) -> bool:
        """Wait until a request is done; say whether it has errors."""
        for seconds in PAUSES:
            self._pause(seconds)
            state = self._cloud.upsert_state(request)
            if state.done:
                return state.has_errors
        raise Retryable("Marketing Cloud: the rows are not worked off yet", retry_after=PAUSES[-1])


def key_of(row: Row) -> str:
    """Give the subscriber key: what the platform knows the row by, or the record's id in 18 characters.

    Raises:
        Rejected: the record is no Lead and no Contact.
    """
    if row.remote_id:
        return row.remote_id
    kind, _, record_id = row.record.partition(":")
    if kind not in _PREFIXES:
        raise Rejected("record: send contact:... or lead:...")
    return in_18(record_id)


def _record(key: str) -> str:
    kind = next((kind for kind, prefix in _PREFIXES.items() if key.startswith(prefix)), "")
    return f"{kind}:{key[:15]}" if kind else ""


def _parts(job: str) -> list[_Part]:
    try:
        pairs = [part.split("=", 1) for part in job.split(",") if part]
        return [_Part(int(number), request) for number, request in pairs]
    except ValueError:
        raise Rejected("job: not one of ours") from None


def _result(row: Row, item: ItemResult) -> RowResult:
    if not item.reason:
        return RowResult(row.person, "written", key_of(row))
    return RowResult(row.person, "unprocessed" if item.passing else "failed", key_of(row), item.reason)


def _read(word: str, value: Any) -> FieldValue:
    """Read a column, which the platform gives as a text, as our word means it."""
    text = str(value if value is not None else "").strip()
    if text == "":
        return None
    if word.startswith("opt_in_"):
        return text.lower() == "true"
    if word == "score":
        number = float(text)
        return int(number) if number.is_integer() else number
    return text
