"""Polls a platform that does not tell by itself: what people did there, and what became of them.

Each source has a watermark, which moves once the queue has taken the rows before it: a poll that breaks off
goes on there. Rows that come twice are recognised when they are recorded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol

from chalicelib.domain.arrival import Arrival
from chalicelib.domain.instant import MINUTE, Duration, Instant
from chalicelib.domain.watermark import Watermark, read_up_to, taken
from chalicelib.log import log_line
from chalicelib.services.hand_on import Queue, hand_on

MOST_TIME = Duration(10 * MINUTE)
"""A function ends after a quarter of an hour; what is left is read by the next poll."""

_BATCH = 1_000
"""Rows between two moves of the watermark: a page."""

Row = Any
"""What a platform gives; only the source's own parts look into it."""


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
        platform: whose rows they are.
        rows: gives the rows after a watermark, without one where the platform begins, in their order.
        place: tells where a row stands in that order; None where it does not say so.
        compare: holds rows against what we wrote last, puts on record what contradicts it, and gives the
            rows without what is but an echo of our own writing.
        read: says what rows tell of persons.
    """

    platform: str
    name: str
    rows: Callable[[Watermark | None], Iterator[Row]]
    place: Callable[[Row], Watermark | None]
    read: Callable[[Sequence[Row]], Arrival]
    compare: Callable[[Sequence[Row]], Sequence[Row]] = lambda rows: rows


def poll_sources(
    sources: Sequence[Source], watermarks: Watermarks, queue: Queue, clock: Callable[[], Instant]
) -> None:
    """Put what is new since the last poll on the engagement queue, source after source.

    Raises:
        Retryable: the platform, the store or the queue is busy, or our share of the day's calls is used up;
            the next poll goes on from where this one came to.
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
    rows = source.rows(watermarks.read(source.name))
    while batch := list(islice(rows, _BATCH)):
        hand_on(source.read(source.compare(batch)), source.platform, queue)
        if places := [place for row in batch if (place := source.place(row)) is not None]:
            watermarks.advance(source.name, taken(max(places), began_at))
        if clock() - first_at > MOST_TIME:
            return False
    watermarks.advance(source.name, read_up_to(began_at))
    return True
