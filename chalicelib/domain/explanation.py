"""Why a score is what it is: shares that add up to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import exp2, inf
from typing import Literal

from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.instant import Instant
from chalicelib.domain.person import ScoreState
from chalicelib.domain.scoring import Addition, Folding, Score, Scoring, curves, in_order, score_at, settled


@dataclass(frozen=True, slots=True)
class Share:
    """What one engagement, or all that one rule counted, is worth today.

    Attributes:
        category: by name; `Explanation.labels` has its label.
        points: at the explanation's time, faded, before the category's cap and floor.
        occurred_at: of the engagement; of the rule's latest one where `engagement` is None.
        engagement: None where the share is a rule's.
    """

    rule: str
    label: str
    category: str
    points: float
    occurred_at: Instant
    engagement: EngagementId | None = None
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a category's cap takes away (below 0) or its floor at 0 gives (above 0)."""

    category: str
    bound: Literal["cap", "floor"]
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Shares and adjustments that add up to the score, in all and within each category."""

    at: Instant
    score: Score
    shares: tuple[Share, ...]
    adjustments: tuple[Adjustment, ...]
    labels: Mapping[str, str]
    """Of the categories."""


def explain(scoring: Scoring, engagements: Iterable[Engagement], at: Instant) -> Explanation:
    """Explain the score by engagement, from a person's whole history in any order.

    Each share is what the engagement added, after its rule's limit, faded since. Engagements after `at` count
    (as in `score_at`): leave them out to learn what the score was then.
    """
    folding = Folding(scoring)
    additions: list[Addition] = []
    folding.take(in_order(engagements), additions)
    state = folding.state()
    moment = settled(state, at)
    half_lives = _half_lives(scoring)
    shares = []
    rules = {rule.name: rule for rule in scoring.rules}
    for name, engagement, added in additions:
        rule = rules[name]
        points = added * exp2((engagement.occurred_at - moment) / half_lives[rule.category])
        shares.append(
            Share(
                rule.name,
                rule.label,
                rule.category,
                points,
                engagement.occurred_at,
                engagement.id,
                engagement.kind,
            )
        )
    return _explanation(scoring, state, at, shares)


def explain_by_rule(scoring: Scoring, state: ScoreState, at: Instant) -> Explanation:
    """Explain the score by rule, from the state alone: what each rule's bucket holds today."""
    moment = settled(state, at)
    half_lives = _half_lives(scoring)
    shares = [
        Share(
            rule.name,
            rule.label,
            rule.category,
            bucket.points * exp2((bucket.as_of - moment) / half_lives[rule.category]),
            bucket.as_of,
        )
        for rule in scoring.rules
        if (bucket := state.buckets.get(rule.name)) is not None
    ]
    return _explanation(scoring, state, at, shares)


def _half_lives(scoring: Scoring) -> dict[str, float]:
    return {each.name: inf if each.half_life is None else each.half_life for each in scoring.categories}


def _explanation(scoring: Scoring, state: ScoreState, at: Instant, shares: list[Share]) -> Explanation:
    moment = settled(state, at)
    adjustments = []
    for name, curve in curves(scoring, state).items():
        raw = curve.raw(moment)
        if raw > curve.cap:
            adjustments.append(Adjustment(name, "cap", curve.cap - raw))
        elif raw < 0:
            adjustments.append(Adjustment(name, "floor", -raw))
    return Explanation(
        at=at,
        score=score_at(scoring, state, at),
        shares=tuple(share for share in shares if share.points),
        adjustments=tuple(adjustments),
        labels=scoring.labels,
    )
