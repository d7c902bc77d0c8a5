"""The explanation as sales reads it in Salesforce."""

import re
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.explanation import explain, explain_by_rule
from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.rich_text import MOST_CHARACTERS, rich_text, tenths_adding_up
from chalicelib.domain.scoring import compile_scoring, refold
from tests.domain.builders import category, day, engagement, model, rule
from tests.domain.strategies import histories, models


def parsed(text: str) -> Element:
    return fromstring(f"<div>{text}</div>", forbid_dtd=True)


def lines(text: str) -> list[str]:
    return ["".join(item.itertext()) for item in parsed(text).iter("li")]


def figures(text: str) -> list[int]:
    """In tenths of a point."""
    return [int(item.text.replace(".", "")) for item in parsed(text).findall("ul/li/b")]


def shown_score(text: str) -> int:
    return int(re.search(r"Score (-?\d+)\.(\d)", text).expand(r"\1\2"))


@given(models(), histories(), st.integers(1, 30))
def test_figures_add_up_to_the_score_that_is_shown(a_model, history, most):
    scoring = compile_scoring(a_model)
    by_engagement = explain(scoring, history, day(365))
    by_rule = explain_by_rule(scoring, refold(scoring, history), day(365))
    for explanation in (by_engagement, by_rule):
        text = rich_text(explanation, most)
        assert sum(figures(text)) == shown_score(text) == round(round(explanation.score.total, 1) * 10)


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=40))
def test_no_figure_moves_by_a_tenth_of_a_point(points):
    total = round(round(sum(points), 1) * 10)
    rounded = tenths_adding_up(points, total)
    assert sum(rounded) == total
    assert all(abs(figure - value * 10) < 1.0001 for figure, value in zip(rounded, points, strict=True))


def test_biggest_share_comes_first_whether_gain_or_loss():
    a_model = model(
        rule("small", 5),
        rule("loss", -40, kinds=("email_unsubscribed",)),
        rule("big", 90, kinds=("form_submitted",)),
    )
    history = [engagement("page_viewed"), engagement("email_unsubscribed"), engagement("form_submitted")]
    text = rich_text(explain(compile_scoring(a_model), history, day(1)))
    assert lines(text) == [
        "+90.0 Label of big (2026-01-01), general",
        "-40.0 Label of loss (2026-01-01), general",
        "+5.0 Label of small (2026-01-01), general",
    ]


def test_rest_is_one_line_when_there_are_more_shares_than_wanted():
    history = [engagement(on=each) for each in range(10)]
    text = rich_text(explain(compile_scoring(model(rule(points=10))), history, day(9)), most=3)
    assert len(lines(text)) == 4
    assert lines(text)[-1] == "+70.0 and 7 more"


def test_cap_is_the_last_line_when_it_binds():
    a_model = model(rule(points=30), categories=(category(cap=50),))
    text = rich_text(explain(compile_scoring(a_model), [engagement(on=0), engagement(on=1)], day(1)))
    assert lines(text)[-1] == "-10.0 most that general holds"


def test_markup_in_a_label_is_shown_not_run():
    a_model = model(rule(points=30, label='<script>alert("x")</script> & Co'))
    text = rich_text(explain(compile_scoring(a_model), [engagement()], day(1)))
    assert "<script" not in text
    assert lines(text) == ['+30.0 <script>alert("x")</script> & Co (2026-01-01), general']


@pytest.mark.parametrize("most", [20, 5_000])
def test_text_fits_the_field_and_still_adds_up_when_the_history_is_long(most):
    a_model = model(rule(points=7, label="&" * 500), categories=(category(half_life=Duration(90 * DAY)),))
    history = [engagement(on=each / 10) for each in range(5_000)]
    explanation = explain(compile_scoring(a_model), history, day(500))
    text = rich_text(explanation, most)
    assert len(text) <= MOST_CHARACTERS
    assert sum(figures(text)) == shown_score(text)
    assert lines(text)[-1].endswith("more")


def test_score_stands_alone_when_nothing_counted():
    assert rich_text(explain(compile_scoring(model()), [], day(0))) == "<p><b>Score 0.0</b> on 2026-01-01</p>"
