"""One platform's part of a push: takes what was read, writes it, and keeps how far it has come."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, Protocol, get_args

from chalicelib.domain.instant import Instant
from chalicelib.domain.sync import Platform
from chalicelib.domain.watermark import Watermark, read_up_to
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.services.plan_rows import Look, Planner
from chalicelib.services.write_rows import RowWriter, Tally

Source = Literal["Contact", "Contact of Account", "Lead"]
"""In the order in which they are read: a Contact has its person's row before a Lead."""
SOURCES: tuple[Source, ...] = get_args(Source)

BATCH = 1_000
"""Records that are looked up together, and between two moves of a watermark."""


class Watermarks(Protocol):
    """How far each source was read."""

    def read(self, name: str) -> Watermark | None:
        """Read a watermark; None where the source was never read."""

    def advance(self, name: str, watermark: Watermark) -> bool:
        """Move a watermark on, never back."""


def watermark_name(platform: Platform, source: Source) -> str:
    """Name a watermark, as in `push-marketing_cloud-contact`."""
    return f"push-{platform}-{source.lower().replace(' ', '-')}"


class PlatformPush:
    """Follows what was read on one platform.

    Attributes:
        stopped_by: why it can't go on in this run; it must not be given any more then.
    """

    def __init__(self, writer: RowWriter, planner: Planner, watermarks: Watermarks) -> None:
        """Make one for a single run."""
        self.stopped_by: Retryable | Misconfigured | None = None
        self._writer = writer
        self._planner = planner
        self._watermarks = watermarks
        self._reached: list[tuple[int, Source, Watermark]] = []

    @property
    def platform(self) -> Platform:
        """Which platform it is."""
        return self._writer.platform

    @property
    def tally(self) -> Tally:
        """What was done so far."""
        return self._writer.tally

    def begin(self, began_at: Instant) -> None:
        """See how an open job ended, and look at the records that were left to this run."""
        with self._noting_what_stops_it():
            if self._watermark("Contact of Account") is None:
                # Every Contact shows its Account as it is; from now on the changes of Accounts count.
                self._advance("Contact of Account", read_up_to(began_at))
            due = self._writer.resume()
            for start in range(0, len(due), BATCH):
                records = self._planner.read(due[start : start + BATCH])
                self._plan(self._planner.look_up(records))
            self._writer.settle_due()

    def since(self, source: Source) -> Watermark | None:
        """Tell how far a source is through; None where it was never read."""
        return self._watermark(source)

    def take(self, look: Look) -> None:
        """Plan what was read, and write it once it fills a job."""
        with self._noting_what_stops_it():
            self._plan(look)
            self._writer.write_full_jobs()

    def reached(self, source: Source, watermark: Watermark) -> None:
        """Note that all before a watermark was taken; it moves once the results of those rows are kept."""
        with self._noting_what_stops_it():
            self._reached.append((self._writer.taken, source, watermark))
            self._move()

    def end(self) -> None:
        """Write what waits, and move the watermarks to where this run came."""
        with self._noting_what_stops_it():
            self._writer.write_all()
            self._move()

    def _plan(self, look: Look) -> None:
        if self._writer.is_about(look.names):
            # Two changes of one person: the second is judged by what came of the first.
            self._writer.write_all()
        self._writer.take(self._planner.plans(look, self.platform, self._writer.states))

    def _move(self) -> None:
        if self._writer.leaving:
            return
        passed: dict[Source, Watermark] = {}
        while self._reached and self._reached[0][0] <= self._writer.settled:
            _, source, watermark = self._reached.pop(0)
            passed[source] = watermark
        for source, watermark in passed.items():
            self._advance(source, watermark)

    def _watermark(self, source: Source) -> Watermark | None:
        return self._watermarks.read(watermark_name(self.platform, source))

    def _advance(self, source: Source, watermark: Watermark) -> None:
        self._watermarks.advance(watermark_name(self.platform, source), watermark)

    @contextmanager
    def _noting_what_stops_it(self) -> Iterator[None]:
        try:
            yield
        except (Retryable, Misconfigured) as error:
            self.stopped_by = error
