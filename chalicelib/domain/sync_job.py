"""Rows that were handed to a marketing automation, which works them off in its own time."""

from dataclasses import dataclass

from chalicelib.domain.instant import Instant
from chalicelib.domain.sync_plan import Planned


@dataclass(frozen=True, slots=True)
class OpenJob:
    """A job whose end nobody has seen yet.

    Attributes:
        id: by which the platform tells how it ended.
        rows: in the order in which they were handed over; once read from the store, without their values.
    """

    id: str
    begun_at: Instant
    rows: tuple[Planned, ...]
