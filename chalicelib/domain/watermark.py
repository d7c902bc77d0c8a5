"""How far a source has been read: nothing before a watermark has to be read again."""

from dataclasses import dataclass

from chalicelib.domain.instant import MINUTE, Duration, Instant

OVERLAP = Duration(5 * MINUTE)
"""How late a row may come to light after the time that it bears.

Salesforce stamps a record when it is saved, and shows it when the transaction is over; Account Engagement's
reads are up to a minute old. The rest is for clocks that differ.
"""


@dataclass(frozen=True, slots=True, order=True)
class Watermark:
    """A place in the order in which a source is read: by the time of the last change, then by id.

    Attributes:
        at: time of the last change, by the source's clock.
        id: of the row that was read last; empty before the first row of that time.
    """

    at: Instant
    id: str = ""


def read_up_to(began_at: Instant, overlap: Duration = OVERLAP) -> Watermark:
    """Tell how far a reading that began then has come once it is through.

    What is younger than the overlap is read again: others may have saved something at that time that was not
    to be seen yet.
    """
    return Watermark(Instant(began_at - overlap))


def taken(last: Watermark, began_at: Instant, overlap: Duration = OVERLAP) -> Watermark:
    """Tell how far a reading that began then has come by its last row, so that a break costs little."""
    return min(last, read_up_to(began_at, overlap))
