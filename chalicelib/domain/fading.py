"""How a category's points fade between engagements, and when a sum of them falls under a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, exp2, fsum, isinf, log2

from chalicelib.domain.instant import Instant


@dataclass(frozen=True, slots=True)
class Curve:
    """What a category's buckets hold together, and how that goes on until the next engagement.

    One half-life for the whole category makes the sum of its buckets fade as one: `points` were left at
    `as_of`. A `half_life` of infinity never fades; a `cap` of infinity never binds. Times are milliseconds.
    """

    points: float
    as_of: int
    half_life: float
    cap: float

    def raw(self, at: int) -> float:
        """Sum of the buckets at a time not before `as_of`, without cap and floor."""
        return self.points * exp2((self.as_of - at) / self.half_life)

    def at(self, at: int) -> float:
        """The category's score: never rises, as exp2 and rounding keep the order."""
        return min(self.cap, max(0.0, self.raw(at)))

    @property
    def for_ever(self) -> float:
        """What is left when everything that fades is gone."""
        return self.at(self.as_of) if isinf(self.half_life) else 0.0


def first_below(curves: Sequence[Curve], line: float, start: Instant) -> Instant | None:
    """Find the first millisecond from `start` on at which the curves' sum is below `line`; None if never."""

    def below(at: int) -> bool:
        return fsum(curve.at(at) for curve in curves) < line

    if below(start):
        return start
    left = fsum(curve.for_ever for curve in curves)
    if left >= line:
        return None
    # Together they fade at least as fast as if each had the longest half-life and no cap.
    fading = [curve for curve in curves if not isinf(curve.half_life) and curve.points > 0]
    slowest = max(curve.half_life for curve in fading)
    halvings = log2(fsum(curve.raw(start) for curve in fading) / (line - left))
    low, high = int(start), start + max(1, ceil(slowest * halvings))
    step = 1
    while not below(high):  # rounding of the estimate only
        low, high, step = high, high + step, step * 2
    step = 1
    while high - step > low and below(high - step):
        high, step = high - step, step * 2
    low = max(low, high - step)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if below(middle) else (middle, high)
    return Instant(high)
