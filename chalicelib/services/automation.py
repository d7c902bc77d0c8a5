"""What the sync needs of a marketing automation."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from chalicelib.domain.sync import Platform, Row, RowResult


class Automation(Protocol):
    """A marketing automation that holds a row for each Lead or Contact who may be written to."""

    @property
    def platform(self) -> Platform:
        """Which one it is."""

    @property
    def most_rows(self) -> int:
        """How many rows a job takes."""

    def begin(self, rows: Sequence[Row]) -> str:
        """Hand rows over in the fewest calls; give the job's id, which can be kept and asked for later.

        Beginning the same rows again, as after a crash, changes nothing.

        Raises:
            Retryable: the platform is busy, or our share of its calls is used up.
            Misconfigured: the login or a right is missing.
            Rejected: the platform refuses the rows as a whole.
        """

    def finish(self, job: str, rows: Sequence[Row]) -> Sequence[RowResult]:
        """Wait for a job, with few looks and growing pauses; give one result for each row, in order.

        Raises:
            Retryable: the platform isn't done in time: ask again later.
            Misconfigured, Rejected: as `begin`; Rejected also of a job that isn't known.
        """

    def withdraw(self, rows: Sequence[Row]) -> Sequence[RowResult]:
        """See to it that nobody writes to them any more; who isn't there counts as withdrawn.

        Raises:
            Retryable, Misconfigured, Rejected: as `begin`.
        """

    def held(self, words: Sequence[str]) -> Iterator[Row]:
        """Read all rows that the platform holds and writes to, with the values of these words."""
