"""Polls Account Engagement, which tells of nothing by itself: what prospects did, and what became of them.

Each source has a watermark, which moves once the queue has taken the rows before it: a poll that breaks off
goes on there. Rows that come twice are recognised when they are recorded.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from chalicelib.domain.arrival import Arrival
from chalicelib.domain.instant import MINUTE, Duration, Instant
from chalicelib.domain.watermark import Watermark, read_up_to, taken
from chalicelib.log import log_line
from chalicelib.services.hand_on import Queue, hand_on

SOURCE = "account_engagement"
MOST_TIME = Duration(10 * MINUTE)
"""A function ends after a quarter of an hour; what is left is read by the next poll."""

_BATCH = 1_000
"""Rows between two moves of the watermark: a page."""

Row = Mapping[str, Any]


class Watermarks(Protocol):
    """How far each source was read."""

    def read(self, name: str) -> Watermark | None:
        """Read a watermark; None where the source was never read."""

    def advance(self, name: str, watermark: Watermark) -> bool:
        """Move a watermark on, never back."""


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of rows.

    Attributes:
        rows: gives the rows that changed since a time, all of them without one, the oldest change first.
        changed_at: tells when a row changed; None where it does not say so.
        compare: holds rows against what we wrote last, puts on record what contradicts it, and gives the
            rows without what is but an echo of our own writing.
        read: says what rows tell of persons.
    """

    name: str
    rows: Callable[[Instant | None], Iterator[Row]]
    changed_at: Callable[[Row], Instant | None]
    read: Callable[[Sequence[Row]], Arrival]
    compare: Callable[[Sequence[Row]], Sequence[Row]] = lambda rows: rows


def poll_account_engagement(
    sources: Sequence[Source], watermarks: Watermarks, queue: Queue, clock: Callable[[], Instant]
) -> None:
    """Put what is new since the last poll on the engagement queue, source after source.

    Raises:
        Retryable: Account Engagement, the store or the queue is busy, or our share of the day's calls is
            used up; the next poll goes on from where this one came to.
        Misconfigured: the login or a right is missing.
    """
    began_at = clock()
    for source in sources:
        if not _poll(source, watermarks, queue, clock, began_at):
            log_line("poll goes on later", source=source.name)
            return


def _poll(
    source: Source, watermarks: Watermarks, queue: Queue, clock: Callable[[], Instant], first_at: Instant
) -> bool:
    """Read a source to its end; gives False where the time was over before."""
    began_at = clock()
    since = watermarks.read(source.name)
    rows = source.rows(since.at if since else None)
    while batch := list(islice(rows, _BATCH)):
        hand_on(source.read(source.compare(batch)), SOURCE, queue)
        if times := [at for row in batch if (at := source.changed_at(row)) is not None]:
            watermarks.advance(source.name, taken(Watermark(max(times)), began_at))
        if clock() - first_at > MOST_TIME:
            return False
    watermarks.advance(source.name, read_up_to(began_at))
    return True
