"""The default playbook: that of a German machine builder, complete and in both languages."""

import pytest

from chalicelib.domain.engagement import Engagement, EngagementId, PersonKey
from chalicelib.domain.grading import compile_grading, grade
from chalicelib.domain.instant import DAY, Instant
from chalicelib.domain.model import Model
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.scoring import refold, score_at
from chalicelib.playbook.compiler import compile_playbook
from chalicelib.playbook.source import PlaybookSource
from smarketing.playbook_files import read_playbook


@pytest.fixture(scope="module")
def playbook() -> PlaybookSource:
    return read_playbook()


@pytest.fixture(scope="module")
def model(playbook: PlaybookSource) -> Model:
    return compile_playbook(playbook)


@pytest.fixture(scope="module")
def compiled(model: Model) -> Compiled:
    return compile_model(model)


def test_it_has_the_three_product_lines(model: Model) -> None:
    assert [line.name for line in model.product_lines] == ["presses", "lasers", "services"]


def test_it_has_rules_with_limits_spans_and_negative_points(playbook: PlaybookSource) -> None:
    rules = playbook.scoring.rules

    assert len(rules) >= 25
    assert any(rule.limit for rule in rules)
    assert any(rule.once_per for rule in rules)
    assert any(rule.points < 0 for rule in rules)
    assert all(category.cap for category in playbook.scoring.categories)


def test_it_has_ten_criteria_and_25_terms(playbook: PlaybookSource) -> None:
    assert len(playbook.grading) >= 10
    assert len(playbook.glossary) >= 25


@pytest.mark.parametrize("kind", ["demo_requested", "quote_requested", "callback_requested"])
def test_who_asks_for_it_raises_a_hand(compiled: Compiled, kind: str) -> None:
    assert compiled.hand_raisers[kind]


def test_an_interest_takes_the_stages_that_both_teams_know(model: Model) -> None:
    lifecycle = model.lifecycle

    assert lifecycle.stages == (
        "inquiry",
        "mql",
        "qualifying",
        "sql",
        "accepted",
        "opportunity",
        "customer",
        "rejected",
        "recycled",
    )
    assert lifecycle.handoff_stage == "mql"
    assert lifecycle.closed == {"customer", "rejected", "recycled"}


def test_the_four_purposes_are_those_of_the_sources(model: Model) -> None:
    assert [purpose.name for purpose in model.purposes] == [
        "newsletter",
        "product_news",
        "events",
        "contact_request",
    ]


@pytest.mark.parametrize(
    ("title", "department", "industry", "expected"),
    [
        ("Geschäftsführer", "Management", "Maschinenbau", "B"),
        ("Technical Director", "Management", "Automotive", "B"),
        ("Leiter Produktion", "Fertigung", "Metallverarbeitung", "B+"),
        ("Head of Purchasing", "Purchasing", "Metalworking", "B+"),
        ("Assistenz der Geschäftsführung", "Management", "Maschinenbau", "C"),
        ("Marketing Manager", "Marketing", "Consulting", "D-"),
    ],
)
def test_titles_and_trades_are_graded_in_both_languages(
    model: Model, title: str, department: str, industry: str, expected: str
) -> None:
    profile = {"job_title": title, "department": department, "industry": industry}
    criteria = compile_grading(model.criteria)

    assert grade(criteria, profile, "a@werk.example").grade == expected


def test_a_private_address_counts_against_somebody(model: Model) -> None:
    criteria = compile_grading(model.criteria)

    assert grade(criteria, {}, "a@gmx.de").grade == "F"


def test_one_thing_done_again_and_again_never_shows_strong_interest(compiled: Compiled) -> None:
    clicks = [
        _engagement("email_clicked", day, url="https://www.example.com/pressen/neu") for day in range(90)
    ]

    score = score_at(compiled.scoring, refold(compiled.scoring, clicks), Instant(90 * DAY))

    assert score.by_category["presses"] <= 20


def test_a_purchase_taking_shape_shows_strong_interest(compiled: Compiled) -> None:
    kinds = ("brochure_downloaded", "webinar_attended", "configurator_used", "price_list_downloaded")
    journey = [_engagement(kind, 5 * step, product_line="presses") for step, kind in enumerate(kinds)]

    score = score_at(compiled.scoring, refold(compiled.scoring, journey), Instant(15 * DAY))

    assert 75 < score.by_category["presses"] < 85


def _engagement(kind: str, day: int, **attributes: str) -> Engagement:
    return Engagement(
        id=EngagementId(f"{kind}-{day:03d}"),
        kind=kind,
        occurred_at=Instant(day * DAY),
        source="test",
        keys=(PersonKey("email", "a@b.example"),),
        attributes=attributes,
    )
