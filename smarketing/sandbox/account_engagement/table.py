"""The rows of one object, in the order that is asked for, and as they were a moment ago.

"Version 5 Overview": reads may trail writes by up to 60 seconds.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from chalicelib.domain.instant import Duration, Instant

Row = Mapping[str, Any]
Place = tuple[Any, int]
"""The value that rows are ordered by, and the row's id."""

_OLDEST_FIRST = ""
"""Sorts before every value: rows without one come first."""


class Table:
    """Rows by id; one that changes is replaced, never altered."""

    def __init__(self) -> None:
        """Begin without rows."""
        self.rows: dict[int, Row] = {}
        self.stale_for = Duration(0)
        self._earlier: deque[tuple[Instant, int, Row | None]] = deque()
        self._orders: dict[str, list[Place]] = {}
        self._next_id = 1

    def next_id(self) -> int:
        """Give an id that no row had yet."""
        self._next_id += 1
        return self._next_id - 1

    def save(self, row: Row, now: Instant) -> None:
        """Keep a row."""
        row_id = int(row["id"])
        if self.stale_for > 0:
            self._earlier.append((now, row_id, self.rows.get(row_id)))
        self.rows[row_id] = row
        self._next_id = max(self._next_id, row_id + 1)
        self._orders.clear()

    def remove(self, row_id: int, now: Instant) -> None:
        """Forget a row for good."""
        if self.stale_for > 0:
            self._earlier.append((now, row_id, self.rows.get(row_id)))
        del self.rows[row_id]
        self._orders.clear()

    def seen(self, row_id: int, now: Instant) -> Row | None:
        """Give a row as a reader sees it now."""
        earlier = self._not_yet_seen(now)
        return earlier[row_id] if row_id in earlier else self.rows.get(row_id)

    def from_place(
        self, field: str, *, descending: bool, after: Place | None, now: Instant
    ) -> Iterator[tuple[Place, Row]]:
        """Give the rows that a reader sees now, ordered by a field and then by id, past a place.

        Args:
            field: to order by.
            descending: the greatest first.
            after: where the page before ended; None to begin.
            now: the time.
        """
        rows, places = self._view(field, now)
        if descending:
            end = len(places) if after is None else bisect_right(places, after) - 1
            chosen = range(end - 1, -1, -1)
        else:
            chosen = range(0 if after is None else bisect_right(places, after), len(places))
        for index in chosen:
            yield places[index], rows[places[index][1]]

    def _view(self, field: str, now: Instant) -> tuple[Mapping[int, Row], list[Place]]:
        earlier = self._not_yet_seen(now)
        if earlier:
            merged = {**self.rows, **earlier}
            rows = {row_id: row for row_id, row in merged.items() if row is not None}
            return rows, _places(rows, field)
        if field not in self._orders:
            self._orders[field] = _places(self.rows, field)
        return self.rows, self._orders[field]

    def _not_yet_seen(self, now: Instant) -> dict[int, Row | None]:
        """Give the rows that changed lately, as they were before; None for one that wasn't there."""
        while self._earlier and self._earlier[0][0] <= now - self.stale_for:
            self._earlier.popleft()
        before: dict[int, Row | None] = {}
        for _, row_id, row in self._earlier:
            before.setdefault(row_id, row)
        return before


def _places(rows: Mapping[int, Row], field: str) -> list[Place]:
    if field == "id":
        return [(row_id, row_id) for row_id in sorted(rows)]
    places = []
    for row_id, row in rows.items():
        value = row.get(field)
        places.append((_OLDEST_FIRST if value is None else value, row_id))
    return sorted(places)
