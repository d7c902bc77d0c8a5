"""The score: buckets of points that fade, folded engagement by engagement.

Per rule, over a person's matching engagements in the order of (occurred_at, id):

    bucket := clamp(bucket * 2 ** (-(t - as_of) / half_life) + points, -limit, +limit)

and at any later time a category holds `min(cap, max(0, sum of its buckets))`; the score is the sum of the
categories. One half-life per category and the floor at 0 make the score fall or stay between engagements.

How exact: a step rounds by a few 1e-16 of what the bucket holds, and points are whole, so that what never
fades is exact. A score is within 1e-9 of exact arithmetic as long as the number of matches times the most
that their buckets held stays under a million (10,000 matches in buckets of 100 points, say).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp2, fsum, inf
from operator import attrgetter
from typing import NamedTuple

from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.fading import Curve, first_below
from chalicelib.domain.instant import Instant
from chalicelib.domain.matching import CompiledRule
from chalicelib.domain.model import Category
from chalicelib.domain.person import Bucket, ScoreState
from chalicelib.domain.rules import Scoring, compile_scoring

__all__ = [
    "EPSILON",
    "Addition",
    "Folding",
    "Score",
    "Scoring",
    "compile_scoring",
    "curves",
    "falls_below_at",
    "fold",
    "in_order",
    "refold",
    "score_at",
    "settled",
]

EPSILON = 1e-9
"""Part of the model: a threshold is reached at `threshold - EPSILON`, so that rounding decides no tie."""


@dataclass(frozen=True, slots=True)
class Score:
    """Interest in points: in all, and per category of the playbook. None is below 0."""

    total: float
    by_category: Mapping[str, float]


class Addition(NamedTuple):
    """What one engagement added to one rule's bucket, after the limit."""

    rule: str
    engagement: Engagement
    points: float


def fold(scoring: Scoring, state: ScoreState, engagement: Engagement) -> ScoreState:
    """Fold one engagement into the state that the same playbook made.

    Bit for bit the same as a refold of the longer history.

    Raises:
        ValueError: the engagement isn't newer than all that the state holds: refold the history with it.
    """
    if state.last is not None and engagement.position <= state.last:
        raise ValueError("the engagement is not newer than the state: refold the history with it")
    folding = Folding(scoring, state)
    folding.take((engagement,))
    return folding.state()


def refold(scoring: Scoring, engagements: Iterable[Engagement]) -> ScoreState:
    """Fold a whole history, in whatever order it comes; an id that comes again counts once."""
    folding = Folding(scoring)
    folding.take(in_order(engagements))
    return folding.state()


def in_order(engagements: Iterable[Engagement]) -> list[Engagement]:
    """Sort a history by time, then id, and leave out repeats of an id."""
    history = sorted(engagements, key=attrgetter("occurred_at", "id"))
    ids = {engagement.id for engagement in history}
    if len(ids) == len(history):
        return history
    first: dict[EngagementId, Engagement] = {}
    for engagement in history:
        first.setdefault(engagement.id, engagement)
    return list(first.values())


class Folding:
    """A score state while it is being folded: plain dictionaries by rule, for speed."""

    __slots__ = ("_as_of", "_counted", "_last", "_points", "_scoring")

    def __init__(self, scoring: Scoring, state: ScoreState | None = None) -> None:
        """Start from nothing or from a state.

        Raises:
            ValueError: the state holds a rule that the playbook doesn't have: another one made it.
        """
        state = state or ScoreState()
        if not (state.buckets.keys() | state.counted.keys()) <= scoring.names:
            raise ValueError("another playbook made the state: refold the history")
        self._scoring = scoring
        self._points = {name: bucket.points for name, bucket in state.buckets.items()}
        self._as_of = {name: bucket.as_of for name, bucket in state.buckets.items()}
        self._counted = dict(state.counted)
        self._last = state.last

    def take(self, engagements: Iterable[Engagement], additions: list[Addition] | None = None) -> None:
        """Fold engagements that come in order and are newer than all before; note what each one added."""
        engagement = None
        for engagement in engagements:
            match = self._scoring.matchers.get(engagement.kind)
            if match is not None:
                self._count(engagement, match(engagement.attributes), additions)
        if engagement is not None:
            self._last = engagement.position

    def _count(
        self, engagement: Engagement, rules: Sequence[CompiledRule], additions: list[Addition] | None
    ) -> None:
        # The throughput of a refold hangs on this loop: plain numbers in dictionaries, and no calls but exp2.
        points_of, as_of, counted = self._points, self._as_of, self._counted
        at = engagement.occurred_at
        for name, once_per, points, limit, half_life in rules:
            if once_per is not None:
                if name in counted and at - counted[name] < once_per:
                    continue
                counted[name] = at
            held = points_of[name] * exp2((as_of[name] - at) / half_life) if name in points_of else 0.0
            bucket = held + points
            if bucket > limit:
                bucket = limit
            elif bucket < -limit:
                bucket = -limit
            points_of[name] = bucket
            as_of[name] = at
            if additions is not None:
                additions.append(Addition(name, engagement, bucket - held))

    def state(self) -> ScoreState:
        """Freeze what was folded so far."""
        as_of = self._as_of
        buckets = {name: Bucket(points, as_of[name]) for name, points in self._points.items()}
        return ScoreState(buckets, self._counted.copy(), self._last)


def score_at(scoring: Scoring, state: ScoreState, at: Instant) -> Score:
    """Compute the score at a time; before the state's last engagement it is the score at that engagement."""
    moment = settled(state, at)
    by_category = {name: curve.at(moment) for name, curve in curves(scoring, state).items()}
    return Score(fsum(by_category.values()), by_category)


def falls_below_at(
    scoring: Scoring, state: ScoreState, threshold: float, after: Instant, category: str | None = None
) -> Instant | None:
    """Find the first millisecond, not before `after`, at which the score no longer reaches the threshold.

    That is `score_at(...) < threshold - EPSILON` of the total or, if given, of one category. `after` itself
    where it doesn't reach the threshold then; None where it never falls below, unless something happens.
    """
    by_category = curves(scoring, state)
    chosen = list(by_category.values()) if category is None else [by_category[category]]
    start = settled(state, after)
    fallen = first_below(chosen, threshold - EPSILON, start)
    return after if fallen == start else fallen


def curves(scoring: Scoring, state: ScoreState) -> dict[str, Curve]:
    """Sum up each category's buckets, in the playbook's order, so that equal states give equal scores."""
    return {category.name: _curve(scoring, state, category) for category in scoring.categories}


def _curve(scoring: Scoring, state: ScoreState, category: Category) -> Curve:
    half_life = inf if category.half_life is None else float(category.half_life)
    names = scoring.by_category[category.name]
    held = [bucket for name in names if (bucket := state.buckets.get(name)) is not None]
    as_of = max((bucket.as_of for bucket in held), default=0)
    points = fsum(bucket.points * exp2((bucket.as_of - as_of) / half_life) for bucket in held)
    return Curve(points, as_of, half_life, inf if category.cap is None else category.cap)


def settled(state: ScoreState, at: Instant) -> Instant:
    """Not before the last engagement: a sender's clock may run ahead, and points never grow by waiting."""
    return at if state.last is None else max(at, state.last[0])
