"""The explanation of a score: shares that add up to it."""

from math import fsum

import pytest
from hypothesis import given

from chalicelib.domain.explanation import explain, explain_by_rule
from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.scoring import compile_scoring, refold, score_at
from tests.domain.builders import category, day, engagement, model, rule
from tests.domain.strategies import histories, models


def within_category(explanation, name):
    parts = (*explanation.shares, *explanation.adjustments)
    return fsum(part.points for part in parts if part.category == name)


@given(models(), histories())
def test_shares_by_engagement_add_up_to_the_score_in_every_category(a_model, history):
    scoring = compile_scoring(a_model)
    explanation = explain(scoring, history, day(365))
    expected = score_at(scoring, refold(scoring, history), day(365))
    assert explanation.score == expected
    for name, points in expected.by_category.items():
        assert within_category(explanation, name) == pytest.approx(points, abs=1e-9)


@given(models(), histories())
def test_shares_by_rule_add_up_to_the_score_in_every_category(a_model, history):
    scoring = compile_scoring(a_model)
    state = refold(scoring, history)
    explanation = explain_by_rule(scoring, state, day(365))
    for name, points in score_at(scoring, state, day(365)).by_category.items():
        assert within_category(explanation, name) == pytest.approx(points, abs=1e-9)


@given(models(), histories())
def test_shares_by_engagement_of_a_rule_add_up_to_its_share(a_model, history):
    scoring = compile_scoring(a_model)
    shares = explain(scoring, history, day(365)).shares
    for of_rule in explain_by_rule(scoring, refold(scoring, history), day(365)).shares:
        of_engagements = fsum(share.points for share in shares if share.rule == of_rule.rule)
        assert of_engagements == pytest.approx(of_rule.points, abs=1e-9)


def test_share_says_what_was_done_when_and_what_is_left_of_it():
    a_model = model(rule("viewed", 40), categories=(category(half_life=Duration(30 * DAY)),))
    viewed = engagement(on=0)
    (share,) = explain(compile_scoring(a_model), [viewed], day(30)).shares
    assert (share.rule, share.label, share.category) == ("viewed", "Label of viewed", "general")
    assert (share.engagement, share.kind, share.occurred_at) == (viewed.id, "page_viewed", day(0))
    assert share.points == 20


def test_engagement_has_only_what_it_added_when_the_limit_cut_it():
    explanation = explain(
        compile_scoring(model(rule(points=10, limit=15))), [engagement(on=each) for each in range(3)], day(3)
    )
    assert [share.points for share in explanation.shares] == [10, 5]


def test_cap_is_a_line_when_it_binds():
    a_model = model(rule(points=30), categories=(category(cap=59.5),))
    explanation = explain(compile_scoring(a_model), [engagement(on=0), engagement(on=1)], day(1))
    (adjustment,) = explanation.adjustments
    assert (adjustment.category, adjustment.bound, adjustment.points) == ("general", "cap", -0.5)


def test_floor_is_a_line_when_it_binds():
    explanation = explain(compile_scoring(model(rule(points=-30))), [engagement()], day(1))
    (adjustment,) = explanation.adjustments
    assert (adjustment.category, adjustment.bound, adjustment.points) == ("general", "floor", 30)


def test_rules_share_tells_its_latest_engagement():
    scoring = compile_scoring(model(rule(points=10)))
    state = refold(scoring, [engagement(on=1), engagement(on=5)])
    (share,) = explain_by_rule(scoring, state, day(9)).shares
    assert (share.points, share.occurred_at, share.engagement) == (20, day(5), None)


def test_categories_bear_the_label_of_their_product_line():
    labels = explain(compile_scoring(model()), [], day(0)).labels
    assert labels == {"general": "general", "presses": "Umformpressen", "lasers": "Laserschneiden"}
