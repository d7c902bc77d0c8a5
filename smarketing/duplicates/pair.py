"""A pair of records that may be one, with what speaks for it and what people decided."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Decision = Literal["same", "different", "later"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)


@dataclass(frozen=True, slots=True)
class Reason:
    """What one comparison says.

    Attributes:
        weight: bits; above 0 it speaks for one record, below against.
    """

    comparison: str
    level: str
    weight: float

    def __str__(self) -> str:
        return f"{self.comparison.replace('_', ' ')}: {self.level} ({self.weight:+.1f})"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records.

    Attributes:
        left, right: `Lead:00Q...`, `Contact:003...` or `Account:001...`.
        probability: that they are one, 0 to 1.
        weight: sum of the reasons and of the chance that any two are one, in bits.
        values: what both hold, by column, left before right.
    """

    number: int
    left: str
    right: str
    probability: float
    weight: float
    why: tuple[Reason, ...] = ()
    values: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    decision: Decision = "later"
