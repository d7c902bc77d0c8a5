"""The engine beside an independent reference in exact arithmetic."""

import random
from decimal import Decimal

from chalicelib.domain.engagement import Engagement, engagement_id
from chalicelib.domain.explanation import explain
from chalicelib.domain.instant import DAY, Duration, Instant
from chalicelib.domain.model import Category, Condition, Model, ScoringRule
from chalicelib.domain.scoring import EPSILON, compile_scoring, falls_below_at, refold, score_at
from tests.domain.builders import START, category, day, engagement, model, rule, seeded
from tests.domain.reference import category_scores
from tests.domain.strategies import CATEGORIES, KINDS, URLS

HISTORIES = 10_000
HISTORIES_PER_PLAYBOOK = 50
TOLERANCE = Decimal("1e-9")

_WHERE = (
    (),
    (),
    (Condition("url", "contains", ("preise", "LASER")),),
    (Condition("amount", "at_least", 100),),
    (Condition("url", "missing"), Condition("amount", "at_most", 500)),
    (Condition("url", "not_in", ("https://x.example/",)),),
)


def some_playbook(rng: random.Random) -> Model:
    rules = (
        ScoringRule(
            name=f"rule {number}",
            label=f"Rule {number}",
            kinds=tuple(rng.sample(KINDS, rng.randint(1, 3))),
            points=rng.choice((1, 5, 10, 15, 40, 100, -5, -10, -40)),
            category=rng.choice(CATEGORIES),
            where=rng.choice(_WHERE),
            product_line=rng.choice((None, None, "presses", "lasers")),
            limit=rng.choice((None, 20, 50, 100)),
            once_per=rng.choice((None, None, DAY, Duration(7 * DAY), Duration(rng.randint(1, 30 * DAY)))),
        )
        for number in range(rng.randint(3, 12))
    )
    half_lives = (None, Duration(7 * DAY), Duration(30 * DAY), Duration(rng.randint(DAY, 400 * DAY)))
    caps = (None, 30.0, 100.0, rng.uniform(5, 150))
    return model(
        *rules,
        categories=tuple(Category(name, rng.choice(half_lives), rng.choice(caps)) for name in CATEGORIES),
    )


def some_history(rng: random.Random) -> list[Engagement]:
    def one(number: int) -> Engagement:
        attributes = {"url": rng.choice(URLS), "amount": rng.choice(("", rng.randint(0, 1000)))}
        return Engagement(
            id=engagement_id("test", str(number)),
            kind=rng.choice((*KINDS, "never_scored")),
            occurred_at=Instant(START + rng.choice((rng.randint(0, 365 * DAY), rng.randint(0, 9)))),
            source="test",
            keys=(),
            attributes={name: value for name, value in attributes.items() if value != ""},
        )

    history = [one(number) for number in range(rng.choice((1, 3, 8, 20)))]
    return history + rng.sample(history, min(2, len(history)))


def test_scores_equal_exact_arithmetic_at_ten_thousand_generated_histories():
    rng = seeded(20260131)
    worst = Decimal(0)
    for number in range(HISTORIES):
        if number % HISTORIES_PER_PLAYBOOK == 0:
            a_model = some_playbook(rng)
            scoring = compile_scoring(a_model)
        history = some_history(rng)
        state = refold(scoring, history)
        at = Instant(state.last[0] + rng.choice((0, rng.randint(0, 400 * DAY))))

        found = score_at(scoring, state, at)

        exact = category_scores(a_model, history, at)
        errors = [abs(Decimal(found.by_category[name]) - points) for name, points in exact.items()]
        worst = max(worst, *errors, abs(Decimal(found.total) - sum(exact.values())))
    assert worst < TOLERANCE


def test_falls_equal_exact_arithmetic_at_five_hundred_generated_histories():
    """At the millisecond found the exact score is below the line, and one before it isn't, but for 1e-12."""
    rng = seeded(7)
    falls = 0
    while falls < 500:
        a_model, history = some_playbook(rng), some_history(rng)
        scoring = compile_scoring(a_model)
        state = refold(scoring, history)
        threshold = rng.uniform(0, score_at(scoring, state, state.last[0]).total)
        at = falls_below_at(scoring, state, threshold, state.last[0])
        if at is None:
            continue
        falls += 1
        line = Decimal(threshold) - Decimal(EPSILON)
        before, after = (sum(category_scores(a_model, history, each).values()) for each in (at - 1, at))
        assert before >= line - Decimal("1e-12")
        assert after < line + Decimal("1e-12")


def test_shares_equal_exact_arithmetic_when_alone_in_their_bucket():
    a_model = model(rule(points=37), categories=(category(half_life=Duration(45 * DAY)),))
    scoring = compile_scoring(a_model)
    only = engagement(on=0)
    share = explain(scoring, [only], day(100)).shares[0]
    assert abs(Decimal(share.points) - category_scores(a_model, [only], day(100))["general"]) < TOLERANCE


def test_rounding_stays_under_a_billionth_over_ten_thousand_engagements():
    """The claim of the module: matches times what a bucket held under a million."""
    rng = seeded(3)
    categories = (category(half_life=Duration(rng.randint(300 * DAY, 400 * DAY))),)
    a_model = model(rule(points=7, limit=100), rule("less", points=-3, limit=100), categories=categories)
    scoring = compile_scoring(a_model)
    history = [
        Engagement(
            engagement_id("t", str(n)), "page_viewed", Instant(START + rng.randint(0, 730 * DAY)), "t", ()
        )
        for n in range(10_000)
    ]
    at = day(730)
    exact = sum(category_scores(a_model, history, at).values())
    assert abs(Decimal(score_at(scoring, refold(scoring, history), at).total) - exact) < TOLERANCE


def test_rounding_stays_under_a_billionth_when_a_bucket_has_no_limit():
    rng = seeded(4)
    a_model = model(rule(points=7), categories=(category(half_life=Duration(30 * DAY)),))
    scoring = compile_scoring(a_model)
    history = [
        Engagement(
            engagement_id("t", str(n)), "page_viewed", Instant(START + rng.randint(0, 730 * DAY)), "t", ()
        )
        for n in range(5_000)
    ]
    at = day(730)
    exact = sum(category_scores(a_model, history, at).values())
    assert abs(Decimal(score_at(scoring, refold(scoring, history), at).total) - exact) < TOLERANCE
