"""In which order Sales Support works its queue: whose turn is when.

Each waiting interest has a turn, an instant; the earliest comes first:

    worth      = max(0, expected value or the product line's) x chance of the grade
    head start = min(most, per_doubling x log2(1 + worth / unit))
    turn       = opened + (due - opened) x (1 - weight of age) - head start

`due` is the end of the service level, or `patience` after the opening where the stage has none. The turn does
not move while time passes: two interests never swap places by themselves, so that it can be stored, sorted
and shown. Worth buys a bounded head start: whoever waits longer than `most` overtakes any worth, so that
nobody waits for ever.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.instant import DAY, HOUR, Duration, Instant, iso

WEEK = Duration(7 * DAY)


@dataclass(frozen=True, slots=True)
class WorkingOrder:
    """How the playbook weighs worth, age and service level.

    Attributes:
        values: what business in a product line is worth where nobody has said, in the org's currency.
        chances: by grade, from 0 to 1; a grade that is not named has none.
        unit: a worth of this much has doubled once.
        per_doubling: the head start of each doubling of worth.
        most: the longest head start.
        age_weight: from 0, where only the service level counts, to 1, where only the age does.
        patience: the service level of stages that have none.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    chances: Mapping[str, float] = field(default_factory=dict)
    unit: float = 1_000.0
    per_doubling: Duration = HOUR
    most: Duration = DAY
    age_weight: float = 0.5
    patience: Duration = WEEK


@dataclass(frozen=True, slots=True)
class Waiting:
    """What the order needs to know of an interest in the queue."""

    product_line: str
    grade: str
    opened_at: Instant
    due_at: Instant | None = None
    expected_value: float | None = None
    """As people wrote it; None where nobody did."""


@dataclass(frozen=True, slots=True)
class Turn:
    """When an interest's turn is, and what that is made of; turns sort as the queue is worked."""

    at: Instant
    worth: float
    head_start: Duration
    explanation: str


def turn_of(order: WorkingOrder, waiting: Waiting) -> Turn:
    """Say when an interest's turn is: the smaller, the sooner it is worked on."""
    value = waiting.expected_value
    if value is None:
        value = order.values.get(waiting.product_line, 0.0)
    chance = order.chances.get(waiting.grade, 0.0)
    worth = max(0.0, value) * chance
    head_start = head_start_of(order, worth)
    due = waiting.due_at if waiting.due_at is not None else waiting.opened_at + order.patience
    base = waiting.opened_at + (due - waiting.opened_at) * (1 - order.age_weight)
    said = "said" if waiting.expected_value is not None else "usual in the product line"
    explanation = (
        f"worth {worth:,.0f} ({max(0.0, value):,.0f} {said} x {chance:.0%} for grade {waiting.grade}): "
        f"{_hours(head_start)} ahead; opened {iso(waiting.opened_at)}, "
        f"due {iso(Instant(due))}{'' if waiting.due_at is not None else ' (no service level)'}"
    )
    return Turn(Instant(round(base - head_start)), worth, head_start, explanation)


def head_start_of(order: WorkingOrder, worth: float) -> Duration:
    """Give the head start that a worth buys: as much for each doubling, and never more than the most."""
    doublings = math.log2(1 + max(0.0, worth) / order.unit)
    return Duration(round(min(float(order.most), order.per_doubling * doublings)))


def _hours(span: Duration) -> str:
    return f"{span / HOUR:.1f} h"
