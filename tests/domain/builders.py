"""Small playbooks, engagements and persons for examples: a test names only what it is about."""

import random
from typing import Any

from chalicelib.domain.consent import Fold
from chalicelib.domain.engagement import Engagement, EngagementId, Value, engagement_id, person_key
from chalicelib.domain.instant import DAY, Duration, Instant, parse_instant
from chalicelib.domain.interest import InterestId, PersonId
from chalicelib.domain.model import (
    Category,
    Condition,
    Criterion,
    Exclusion,
    Gate,
    Lifecycle,
    Model,
    ProductLine,
    Purpose,
    ScoringRule,
)
from chalicelib.domain.person import Fact, HandRaise, InterestSummary, Person, ScoreState
from tests.domain.consents import TERMS, permit

START = parse_instant("2026-01-01T00:00:00Z")

PRESSES = ProductLine("presses", "Umformpressen", (Condition("url", "contains", ("/pressen",)),))
LASERS = ProductLine("lasers", "Laserschneiden", (Condition("url", "contains", ("/laser",)),))


def seeded(seed: int) -> random.Random:
    return random.Random(seed)


def day(number: float) -> Instant:
    """So many days after the start."""
    return Instant(START + round(number * DAY))


def engagement(kind: str = "page_viewed", on: float = 0, name: str = "", **attributes: Value) -> Engagement:
    """An engagement `on` a day after the start; `name` makes its id."""
    return Engagement(
        id=engagement_id("test", kind, str(on), name),
        kind=kind,
        occurred_at=day(on),
        source="test",
        keys=(person_key("email", "a@example.com"),),
        attributes=attributes,
    )


def rule(name: str = "viewed", points: int = 10, category: str = "general", **more: Any) -> ScoringRule:
    return ScoringRule(
        name=name,
        points=points,
        category=category,
        **{"label": f"Label of {name}", "kinds": ("page_viewed",), **more},
    )


def category(name: str = "general", half_life: Duration | None = None, cap: float | None = None) -> Category:
    return Category(name, half_life, cap)


def model(
    *rules: ScoringRule,
    categories: tuple[Category, ...] = (category(), category("presses"), category("lasers")),
    criteria: tuple[Criterion, ...] = (),
    exclusions: tuple[Exclusion, ...] = (),
    gates: tuple[Gate, ...] = (),
    cool_off: dict[str, Duration] | None = None,
) -> Model:
    return Model(
        version="test",
        product_lines=(PRESSES, LASERS),
        kinds=(),
        purposes=(
            Purpose("newsletter", "Newsletter", contactable=False),
            Purpose("contact_request", "Contact request", contactable=True),
        ),
        consent=TERMS,
        categories=categories,
        rules=rules,
        criteria=criteria,
        exclusions=exclusions,
        gates=gates,
        lifecycle=Lifecycle(
            stages=("mql", "opportunity", "rejected"),
            closed=frozenset({"rejected"}),
            transitions=frozenset(),
            handoff_stage="mql",
            cool_off=cool_off or {},
        ),
        touchpoint_backfill=5,
    )


def person(
    score: ScoreState | None = None,
    *,
    opted_in: bool = True,
    emails: tuple[str, ...] = ("a@example.com",),
    profile: dict[str, str] | None = None,
    hand_raises: dict[tuple[str, str], float] | None = None,
    interests: dict[str, tuple[str, float]] | None = None,
) -> Person:
    """A person who may be contacted; hand-raises by day, interests by (stage, day of the last change)."""
    return Person(
        id=PersonId("P1"),
        version=1,
        playbook="test",
        keys=frozenset(person_key("email", email) for email in emails),
        score=score or ScoreState(),
        profile={field: Fact(value, (START, EngagementId("0"))) for field, value in (profile or {}).items()},
        consents={permit().subject: Fold(confirmed=START) if opted_in else Fold(withdrawn=START)},
        hand_raises={
            key: HandRaise(EngagementId("h"), "demo_requested", day(on))
            for key, on in (hand_raises or {}).items()
        },
        interests={
            line: InterestSummary(InterestId(f"P1-{line}-1"), 1, stage, day(on), day(on))
            for line, (stage, on) in (interests or {}).items()
        },
    )
