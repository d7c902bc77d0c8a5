"""Reads rows of an object, as many as there are, each once, in the order in which they changed.

Source: Account Engagement API v5, "Version 5 Overview": pages of 1,000 rows at most; the next page is asked
for by `nextPageToken` and `fields` alone; a token lives four hours; after 100,000 rows none is given any
more, and `Pardot-Warning` is 203. Reading goes on there from the time of the last row. Rows of that time come
again and are left out; where one time has more rows than a sequence of pages gives, ids lead on.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal

from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.account_engagement.access import Access
from chalicelib.gateways.account_engagement.refusals import PAGE_TOKEN_OVER

PAGE = 1_000
"""Rows of a page, the most that may be asked for."""

WALL = 100_000
"""Rows after which the platform gives no token any more."""

_WALL_REACHED = 203

Row = Mapping[str, Any]
Time = Literal["updatedAt", "createdAt"]


def rows(
    access: Access, name: str, fields: Sequence[str], by: Time = "updatedAt", since: Instant | None = None
) -> Iterator[Row]:
    """Read the rows of an object, the oldest first.

    A row that changes while it is read comes once more, as it is then.

    Args:
        access: to the business unit.
        name: of the object in the path, such as `visitor-activities`.
        fields: what is asked for; `isDeleted` among them asks for the rows in the recycle bin, too. Each row
            has its id and the time besides.
        by: which time orders the rows.
        since: gives the rows of that time and later only.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    return _Reading(access, name, fields, by).run(since)


class _Reading:
    def __init__(self, access: Access, name: str, fields: Sequence[str], by: Time) -> None:
        self._access = access
        self._path = f"/objects/{name}"
        self._fields = ",".join(dict.fromkeys(("id", by, *fields)))
        self._deleted = {"deleted": "all"} if "isDeleted" in fields else {}
        self._by = by
        self._newest: Instant | None = None
        self._seen: set[str] = set()
        """Ids of the rows of the newest time."""

    def run(self, since: Instant | None) -> Iterator[Row]:
        bound = {} if since is None else {f"{self._by}AfterOrEqualTo": _written(since)}
        while True:
            start = self._newest
            if (yield from self._unseen({"orderBy": self._by, **bound})):
                return
            if self._newest is None:
                raise Retryable("Account Engagement: the pages ended before their end")
            bound = {f"{self._by}AfterOrEqualTo": _written(self._newest)}
            if self._newest == start:
                yield from self._of_one_time(_written(self._newest))
                bound = {f"{self._by}After": _written(self._newest)}

    def _unseen(self, filters: Mapping[str, str]) -> Generator[Row, None, bool]:
        """Give the rows of a sequence of pages that were not given before; say whether it came to its end."""
        sequence = self._sequence(filters)
        while True:
            try:
                row = next(sequence)
            except StopIteration as end:
                return bool(end.value)
            if self._is_new(row):
                yield row

    def _is_new(self, row: Row) -> bool:
        """Tell whether a row was given before, and keep those of the newest time in mind."""
        at, unique = self._time_of(row), str(row.get("id"))
        if at is None:
            return True
        if self._newest is None or at > self._newest:
            self._newest, self._seen = at, set()
        elif unique in self._seen and at == self._newest:
            return False
        if at == self._newest:
            self._seen.add(unique)
        return True

    def _of_one_time(self, time: str) -> Iterator[Row]:
        """Read all rows of one time by their ids."""
        last, ended = "0", False
        while not ended:
            filters = {"orderBy": "id", self._by: time, "idGreaterThan": last}
            sequence = self._sequence(filters)
            before = last
            while True:
                try:
                    row = next(sequence)
                except StopIteration as end:
                    ended = bool(end.value) or last == before
                    break
                last = str(row.get("id"))
                if self._is_new(row):
                    yield row

    def _sequence(self, filters: Mapping[str, str]) -> Generator[Row, None, bool]:
        """Give the rows of a sequence of pages; say whether it came to its end."""
        query: Mapping[str, str] = {
            "fields": self._fields,
            "limit": str(PAGE),
            **self._deleted,
            **filters,
        }
        read = 0
        while True:
            answer = self._access.call("GET", self._path, query=query, accept=PAGE_TOKEN_OVER)
            if answer.code in PAGE_TOKEN_OVER:
                return False
            content = answer.content if isinstance(answer.content, dict) else {}
            values = content.get("values")
            if not isinstance(values, list):
                raise Retryable(f"Account Engagement {self._path}: the answer holds no values")
            read += len(values)
            yield from values
            token = content.get("nextPageToken")
            if not token:
                return answer.warning != _WALL_REACHED and read < WALL
            query = {"fields": self._fields, "nextPageToken": str(token)}

    def _time_of(self, row: Row) -> Instant | None:
        try:
            return parse_instant(str(row.get(self._by)))
        except Rejected:
            return None


def _written(instant: Instant) -> str:
    """Write a time as the platform reads it: to the second, with an offset."""
    return datetime.fromtimestamp(instant // 1000, UTC).isoformat()
