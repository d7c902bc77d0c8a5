"""What holds of every playbook and every history."""

from math import isclose

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.instant import DAY, Duration, Instant
from chalicelib.domain.person import Bucket, ScoreState
from chalicelib.domain.scoring import (
    EPSILON,
    compile_scoring,
    falls_below_at,
    fold,
    in_order,
    refold,
    score_at,
)
from tests.domain.builders import category, day, engagement, model, rule
from tests.domain.strategies import histories, models


@given(models(), histories(), st.randoms(use_true_random=False))
def test_arrival_order_never_matters(a_model, history, random):
    scoring = compile_scoring(a_model)
    shuffled = random.sample(history, len(history)) + history[:3]
    assert refold(scoring, shuffled) == refold(scoring, history)


@given(models(), histories())
def test_folding_one_by_one_equals_the_refold_to_the_last_bit(a_model, history):
    scoring = compile_scoring(a_model)
    state = ScoreState()
    for each in in_order(history):
        state = fold(scoring, state, each)
    assert state == refold(scoring, history)


@given(models(), histories(), st.integers(0, 25))
def test_folding_on_from_a_state_written_down_equals_the_refold(a_model, history, cut):
    """The store keeps the shortest text that reads back as the same float."""
    scoring = compile_scoring(a_model)
    ordered = in_order(history)
    early = refold(scoring, ordered[:cut])
    written = {name: (repr(bucket.points), bucket.as_of) for name, bucket in early.buckets.items()}
    read = {name: Bucket(float(points), as_of) for name, (points, as_of) in reversed(written.items())}
    state = ScoreState(read, dict(early.counted), early.last)
    for each in ordered[cut:]:
        state = fold(scoring, state, each)
    whole = refold(scoring, history)
    assert state == whole
    assert score_at(scoring, state, day(400)) == score_at(scoring, whole, day(400))


@given(models(), histories(), st.lists(st.integers(0, 3000 * DAY), min_size=2, max_size=20))
def test_score_never_rises_between_engagements(a_model, history, waits):
    scoring = compile_scoring(a_model)
    state = refold(scoring, history)
    start = state.last[0] if state.last else day(0)
    totals = [score_at(scoring, state, Instant(start + wait)).total for wait in sorted(waits)]
    assert totals == sorted(totals, reverse=True)


@given(models(), histories())
def test_every_category_stays_between_zero_and_its_cap(a_model, history):
    scoring = compile_scoring(a_model)
    found = score_at(scoring, refold(scoring, history), day(365))
    caps = {each.name: each.cap for each in a_model.categories}
    assert all(0 <= points <= (caps[name] or points) for name, points in found.by_category.items())
    assert isclose(found.total, sum(found.by_category.values()), abs_tol=1e-9)


@settings(max_examples=300)
@given(
    models(),
    histories(least=1),
    st.one_of(st.floats(0.01, 0.999), st.sampled_from([0.5, 0.25, 1.0])),
    st.sampled_from([None, "general", "presses"]),
)
def test_fall_below_a_threshold_is_exact_to_the_millisecond(a_model, history, part, name):
    scoring = compile_scoring(a_model)
    state = refold(scoring, history)

    def points_at(at):
        found = score_at(scoring, state, at)
        return found.total if name is None else found.by_category[name]

    last = state.last[0]
    threshold = points_at(last) * part
    at = falls_below_at(scoring, state, threshold, last, name)
    if at is None:
        assert points_at(Instant(last + 10**16)) >= threshold - EPSILON
    else:
        assert points_at(at) < threshold - EPSILON
        assert at > last
        assert points_at(Instant(at - 1)) >= threshold - EPSILON


def test_score_falls_a_millisecond_after_the_half_life_when_half_is_the_threshold():
    """At the half-life it is exactly half, which still reaches the threshold; 50 fall 1e-8 a millisecond."""
    scoring = compile_scoring(model(rule(points=100), categories=(category(half_life=Duration(30 * DAY)),)))
    state = refold(scoring, [engagement(on=0)])
    assert falls_below_at(scoring, state, 50, day(0)) == day(30) + 1


def test_cap_delays_the_fall_of_the_category():
    capped = (category(half_life=Duration(30 * DAY), cap=50),)
    scoring = compile_scoring(model(rule(points=100), categories=capped))
    state = refold(scoring, [engagement(on=0)])
    assert falls_below_at(scoring, state, 50, day(0)) == day(30) + 1


def test_score_never_falls_below_what_does_not_fade():
    categories = (category(half_life=Duration(DAY)), category("presses"))
    scoring = compile_scoring(model(rule(), rule("kept", 30, "presses"), categories=categories))
    state = refold(scoring, [engagement(on=0)])
    assert falls_below_at(scoring, state, 30, day(0)) is None
    assert falls_below_at(scoring, state, 35, day(0)) == day(1) + 1


def test_score_that_is_below_already_falls_at_once():
    scoring = compile_scoring(model(rule(points=10)))
    state = refold(scoring, [engagement(on=5)])
    assert falls_below_at(scoring, state, 11, day(7)) == day(7)
    assert falls_below_at(scoring, state, 11, day(3)) == day(3)


def test_nobody_falls_below_zero():
    scoring = compile_scoring(model(rule(points=-10)))
    assert falls_below_at(scoring, refold(scoring, [engagement()]), 0, day(0)) is None


def test_threshold_is_reached_when_rounding_alone_is_missing():
    """0.1 + 0.2 is not 0.3 in floats: a billionth of a point decides no tie."""
    scoring = compile_scoring(model(rule(points=10)))
    almost = ScoreState(buckets={"viewed": Bucket(10 - 0.9e-9, day(0))})
    short = ScoreState(buckets={"viewed": Bucket(10 - 1.1e-9, day(0))})
    assert falls_below_at(scoring, almost, 10, day(0)) is None
    assert falls_below_at(scoring, short, 10, day(0)) == day(0)
