"""The score by example: one rule of the numbers a test."""

from dataclasses import replace
from itertools import permutations

import pytest

from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.model import Condition, ProductLine
from chalicelib.domain.person import Bucket, ScoreState
from chalicelib.domain.scoring import compile_scoring, fold, refold, score_at
from tests.domain.builders import category, day, engagement, model, rule


def score(a_model, *history, at):
    scoring = compile_scoring(a_model)
    return score_at(scoring, refold(scoring, history), at).total


def test_points_count_when_kind_matches():
    a_model = model(rule(points=10))
    assert score(a_model, engagement("page_viewed"), engagement("email_opened", 1), at=day(2)) == 10


def test_points_halve_when_a_half_life_has_passed():
    a_model = model(rule(points=40), categories=(category(half_life=Duration(30 * DAY)),))
    assert score(a_model, engagement(on=0), at=day(30)) == 20
    assert score(a_model, engagement(on=0), at=day(60)) == 10


def test_points_stay_when_the_category_never_fades():
    assert score(model(rule(points=40)), engagement(on=0), at=day(10_000)) == 40


def test_bucket_holds_at_most_its_limit():
    a_model = model(rule(points=10, limit=25))
    assert score(a_model, *(engagement(on=each) for each in range(5)), at=day(9)) == 25


def test_bucket_takes_points_again_when_a_full_one_has_faded():
    a_model = model(rule(points=20, limit=20), categories=(category(half_life=Duration(10 * DAY)),))
    assert score(a_model, engagement(on=0), engagement(on=10), at=day(10)) == 20


def test_limit_holds_in_the_negative_as_well():
    a_model = model(
        rule("viewed", points=100), rule("left", points=-10, limit=15, kinds=("email_unsubscribed",))
    )
    leaving = [engagement("email_unsubscribed", on=each) for each in range(1, 5)]
    assert score(a_model, engagement(on=0), *leaving, at=day(9)) == 85


def test_limits_are_apart_when_rules_are():
    a_model = model(rule("first", points=10, limit=10), rule("second", points=10, limit=10))
    assert score(a_model, engagement(on=0), engagement(on=1), at=day(1)) == 20


def test_only_the_first_match_counts_when_once_per_span():
    a_model = model(rule(points=10, once_per=Duration(7 * DAY)))
    assert score(a_model, engagement(on=0), engagement(on=3), engagement(on=6.99), at=day(7)) == 10


def test_a_match_counts_again_when_the_span_is_over_to_the_millisecond():
    a_model = model(rule(points=10, once_per=Duration(7 * DAY)))
    assert score(a_model, engagement(on=0), engagement(on=7), at=day(7)) == 20


def test_span_starts_at_the_match_that_counted_not_at_one_that_was_ignored():
    a_model = model(rule(points=10, once_per=Duration(7 * DAY)))
    assert score(a_model, *(engagement(on=each) for each in (0, 5, 8, 12, 15)), at=day(15)) == 30


def test_category_holds_at_most_its_cap():
    a_model = model(rule(points=30), categories=(category(cap=50),))
    assert score(a_model, engagement(on=0), engagement(on=1), at=day(1)) == 50


def test_points_over_the_cap_delay_the_fall():
    """A cap hides points, it doesn't take them: 80 under a cap of 40 shows 40 for one half-life."""
    a_model = model(rule(points=80), categories=(category(half_life=Duration(10 * DAY), cap=40),))
    assert score(a_model, engagement(on=0), at=day(5)) == 40
    assert score(a_model, engagement(on=0), at=day(20)) == 20


def test_category_never_falls_below_zero():
    a_model = model(rule(points=-30), rule("pressed", points=10, category="presses"))
    scoring = compile_scoring(a_model)
    found = score_at(scoring, refold(scoring, [engagement()]), day(0))
    assert found.by_category == {"general": 0, "presses": 10, "lasers": 0}
    assert found.total == 10


def test_rule_of_a_product_line_counts_only_engagements_about_it():
    a_model = model(rule(points=10, category="presses", product_line="presses"))
    pressed = engagement(on=0, url="https://x.example/Pressen/1")
    lasered = engagement(on=1, url="https://x.example/laser/1")
    assert score(a_model, pressed, lasered, engagement(on=2), at=day(2)) == 10


def test_rule_counts_only_when_all_its_conditions_hold():
    conditions = (Condition("url", "contains", ("preis",)), Condition("form", "exists"))
    a_model = model(rule(points=10, where=conditions))
    assert score(a_model, engagement(url="/PREISE"), at=day(0)) == 0
    assert score(a_model, engagement(url="/PREISE", form="f"), at=day(0)) == 10


def test_engagement_names_its_product_line_itself():
    scoring = compile_scoring(model())
    named = engagement(product_line="LASERS", url="https://x.example/pressen")
    assert scoring.product_line_of(named) == "lasers"


def test_product_line_is_recognised_when_the_named_one_is_unknown():
    scoring = compile_scoring(model())
    assert scoring.product_line_of(engagement(product_line="?", url="https://x.example/pressen")) == "presses"
    assert scoring.product_line_of(engagement(product_line="?")) is None


def test_playbooks_first_product_line_wins_when_two_are_recognised():
    scoring = compile_scoring(model())
    assert scoring.product_line_of(engagement(url="https://x.example/laser/pressen")) == "presses"


def test_product_line_is_recognised_by_any_of_its_conditions():
    conditions = (Condition("url", "contains", ("/a",)), Condition("asset", "equals", "a"))
    either = ProductLine("either", "Either", conditions)
    scoring = compile_scoring(replace(model(), product_lines=(either,)))
    assert scoring.product_line_of(engagement(asset="A")) == "either"
    assert scoring.product_line_of(engagement(url="/a")) == "either"


def test_playbooks_first_product_line_wins_whatever_its_conditions_are():
    by_asset = ProductLine("by asset", "A", (Condition("asset", "equals", "a"),))
    by_url = ProductLine("by url", "U", (Condition("url", "contains", ("/b",)),))
    by_form = ProductLine("by form", "F", (Condition("form", "contains", ("c",)),))
    all_three = engagement(asset="a", url="/b", form="c")
    for lines in permutations((by_asset, by_url, by_form)):
        scoring = compile_scoring(replace(model(), product_lines=lines))
        assert scoring.product_line_of(all_three) == lines[0].name


def test_number_in_a_text_condition_is_compared_as_text():
    a_model = model(rule(points=10, where=(Condition("campaign", "contains", ("2026",)),)))
    assert score(a_model, engagement(campaign=20261), engagement(campaign=True, name="b"), at=day(0)) == 10


def test_repeats_of_an_id_count_once():
    again = engagement(on=0)
    assert score(model(rule(points=10)), again, again, at=day(0)) == 10


def test_fold_refuses_an_engagement_that_is_not_newer():
    scoring = compile_scoring(model(rule()))
    state = refold(scoring, [engagement(on=5)])
    with pytest.raises(ValueError, match="refold"):
        fold(scoring, state, engagement(on=4))
    with pytest.raises(ValueError, match="refold"):
        fold(scoring, state, engagement(on=5))


def test_fold_refuses_the_state_of_another_playbook():
    scoring = compile_scoring(model(rule("new")))
    with pytest.raises(ValueError, match="another playbook"):
        fold(scoring, ScoreState(buckets={"old": Bucket(10, day(0))}), engagement(on=1))


def test_fold_remembers_an_engagement_that_no_rule_matches():
    scoring = compile_scoring(model())
    unscored = engagement("never_scored", on=3)
    assert fold(scoring, ScoreState(), unscored).last == unscored.position


def test_score_before_the_last_engagement_is_the_one_at_it():
    """A sender's clock runs ahead: points must not grow by looking from before."""
    a_model = model(rule(points=40), categories=(category(half_life=Duration(DAY)),))
    assert score(a_model, engagement(on=1), at=day(0)) == 40
