"""From a playbook to the model that the numbers run on, and to JSON and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instant import DAY, HOUR
from chalicelib.domain.model import Category, Condition, Criterion, Gate, Lifecycle, ScoringRule, Transition
from chalicelib.errors import Rejected
from chalicelib.playbook.compiler import compile_playbook, from_json, to_json, version_of
from chalicelib.playbook.forms import read_span, write_span
from tests.playbook.small import REMOVED, source


def test_a_rule_for_each_product_line_becomes_one_per_line_in_its_category() -> None:
    rules = compile_playbook(source()).rules

    assert rules[:2] == (
        ScoringRule(
            name="form.presses",
            label="Form: Presses",
            kinds=("form_submitted",),
            points=20,
            category="presses",
            product_line="presses",
            limit=60,
            once_per=DAY,
        ),
        ScoringRule(
            name="form.lasers",
            label="Form: Lasers",
            kinds=("form_submitted",),
            points=20,
            category="lasers",
            product_line="lasers",
            limit=60,
            once_per=DAY,
        ),
    )


def test_a_rule_with_a_category_stays_one() -> None:
    assert compile_playbook(source()).rules[2:] == (
        ScoringRule(
            name="visit",
            label="Visit",
            kinds=("session_visited",),
            points=1,
            category="general",
            where=(Condition("url", "contains", "/news"),),
        ),
    )


def test_everything_else_is_taken_over() -> None:
    model = compile_playbook(source())

    assert model.product_lines[0].recognised_by == (Condition("url", "contains", ("/presses",)),)
    assert model.categories[0] == Category("presses", 45 * DAY, 100.0)
    assert model.categories[2] == Category("general", None, 20.0)
    assert model.criteria[0] == Criterion("boss", "Boss", (Condition("job_title", "in", ("CEO",)),), up=3)
    assert model.gates[0] == Gate("demo", "Demo", hand_raiser_kinds=("demo_requested",), within=14 * DAY)
    assert model.gates[2] == Gate("fitting", "Fitting", min_score=40.0, min_grade="C")
    assert model.exclusions[0].where == (Condition("email_domain", "in", ("x.example",)),)
    assert model.purposes[0].contactable
    assert model.touchpoint_backfill == 10


def test_the_lifecycle_knows_its_steps_and_cool_offs() -> None:
    assert compile_playbook(source()).lifecycle == Lifecycle(
        stages=("inquiry", "mql", "sql", "rejected"),
        closed=frozenset({"rejected"}),
        transitions=frozenset(
            {
                Transition("inquiry", "mql"),
                Transition("mql", "sql"),
                Transition("mql", "rejected"),
                Transition("sql", "rejected"),
            }
        ),
        handoff_stage="mql",
        cool_off={"rejected": 90 * DAY},
    )


def test_a_playbook_is_read_back_from_its_json_as_it_was() -> None:
    playbook = source()

    assert from_json(to_json(playbook)) == playbook


def test_spans_are_published_as_people_write_them() -> None:
    published = json.loads(to_json(source({("scoring", "categories", 0, "half_life"): "1080h"})))

    assert published["scoring"]["categories"][0]["half_life"] == "45d"


def test_equal_content_has_an_equal_version_however_it_is_written() -> None:
    written_otherwise = source(
        {
            ("scoring", "categories", 0, "half_life"): "1080h",
            ("scoring", "categories", 0, "cap"): 100.0,
            ("lifecycle", "stages", 0, "closed"): False,
        }
    )

    assert version_of(written_otherwise) == version_of(source())


def test_other_content_has_another_version() -> None:
    assert version_of(source({("scoring", "rules", 1, "points"): 2})) != version_of(source())


def test_the_model_tells_the_version() -> None:
    assert compile_playbook(source()).version == version_of(source())


@pytest.mark.parametrize(
    ("published", "message"),
    [
        ("{", "playbook: is no JSON; publish it again"),
        ("[]", "playbook: write keys and values; publish it again"),
        ("{}", "playbook: glossary: missing; add it; publish it again"),
    ],
)
def test_json_that_is_no_playbook_is_rejected_in_one_line(published: str, message: str) -> None:
    with pytest.raises(Rejected) as refusal:
        from_json(published)

    assert str(refusal.value) == message


def test_json_of_another_release_is_rejected_by_the_key_it_lacks() -> None:
    older = json.loads(to_json(source()))
    del older["scoring"]["rules"][0]["kinds"]

    with pytest.raises(
        Rejected, match=r"^playbook: scoring\.rules\.0\.kinds: missing; add it; publish it again$"
    ):
        from_json(json.dumps(older))


@given(st.integers(min_value=0, max_value=36_500), st.sampled_from("dhm"))
def test_a_span_that_is_written_is_read_as_the_same_span(number: int, unit: str) -> None:
    span = read_span(f"{number}{unit}")

    assert read_span(write_span(span)) == span


@pytest.mark.parametrize(
    ("span", "written"), [(DAY, "1d"), (36 * HOUR, "36h"), (48 * HOUR, "2d"), (90 * 60_000, "90m")]
)
def test_a_span_is_written_in_the_largest_unit_without_a_fraction(span: int, written: str) -> None:
    assert write_span(span) == written


def test_a_gate_without_a_hand_raiser_names_no_kinds() -> None:
    without = source({("gates", 0): REMOVED})

    assert compile_playbook(without).gates[0].hand_raiser_kinds == ()
