"""Who becomes marketing qualified, when, and why somebody does not."""

import pytest

from chalicelib.domain.instant import DAY, Duration
from chalicelib.domain.model import Condition, Criterion, Exclusion, Gate
from chalicelib.domain.person import Bucket, ScoreState
from chalicelib.domain.qualification import (
    Qualification,
    compile_model,
    grade_of,
    hand_raises,
    next_change_at,
    qualify,
    why_not,
)
from tests.domain.builders import category, day, engagement, model, person, rule

RULES = (rule("general"), rule("pressed", category="presses"), rule("lasered", category="lasers"))
SCORE_GATE = Gate("score", "Score", min_score=50)
CATEGORY_GATE = Gate("category", "Category", min_category=30)
DEMO_GATE = Gate("demo", "Demo", hand_raiser_kinds=("demo_requested",), within=Duration(30 * DAY))


def holding(**points: float) -> ScoreState:
    """A score that was made at the start: points by category, in the bucket of its rule."""
    rules = {"general": "general", "presses": "pressed", "lasers": "lasered"}
    return ScoreState({rules[name]: Bucket(each, day(0)) for name, each in points.items()})


def compiled(*gates, **more):
    return compile_model(model(*RULES, gates=gates, **more))


def qualified(playbook, somebody, on=1):
    return [(each.product_line, each.gate) for each in qualify(playbook, somebody, day(on))]


def reasons(playbook, somebody, on=1):
    return [(each.product_line, each.reason) for each in why_not(playbook, somebody, day(on))]


def test_interest_opens_in_the_strongest_line_when_the_score_is_reached():
    somebody = person(holding(general=20, presses=10, lasers=20))
    assert qualify(compiled(SCORE_GATE), somebody, day(1)) == [Qualification("lasers", "score")]


def test_playbooks_first_line_is_the_strongest_when_two_are_equal():
    assert qualified(compiled(SCORE_GATE), person(holding(presses=25, lasers=25))) == [("presses", "score")]


def test_no_interest_opens_by_score_when_no_line_has_points():
    assert qualified(compiled(SCORE_GATE), person(holding(general=90))) == []


def test_no_second_line_steps_in_when_the_strongest_has_an_open_interest():
    somebody = person(holding(presses=60, lasers=50), interests={"presses": ("mql", 0)})
    assert qualified(compiled(SCORE_GATE), somebody) == []


def test_interest_opens_in_every_line_whose_own_category_is_reached():
    somebody = person(holding(presses=30, lasers=31))
    assert qualified(compiled(CATEGORY_GATE), somebody) == [("presses", "category"), ("lasers", "category")]


def test_first_gate_of_the_playbook_names_the_interest_when_several_hold():
    somebody = person(holding(presses=60))
    assert qualified(compiled(CATEGORY_GATE, SCORE_GATE), somebody) == [("presses", "category")]
    assert qualified(compiled(SCORE_GATE, CATEGORY_GATE), somebody) == [("presses", "score")]


@pytest.mark.parametrize(("points", "expected"), [(50 - 0.9e-9, 1), (50 - 1.1e-9, 0), (50, 1)])
def test_threshold_is_reached_when_only_a_billionth_is_missing(points, expected):
    assert len(qualified(compiled(SCORE_GATE), person(holding(presses=points)))) == expected


@pytest.mark.parametrize(("points", "expected"), [(30 - 0.9e-9, 1), (30 - 1.1e-9, 0)])
def test_category_threshold_is_reached_when_only_a_billionth_is_missing(points, expected):
    assert len(qualified(compiled(CATEGORY_GATE), person(holding(presses=points)))) == expected


def test_everything_that_a_gate_sets_must_hold():
    gate = Gate("both", "Both", min_score=50, min_grade="C")
    fit = Criterion("fit", "Fit", (Condition("country", "equals", "DE"),), up=3)
    playbook = compiled(gate, criteria=(fit,))
    assert qualified(playbook, person(holding(presses=50), profile={"country": "de"})) == [
        ("presses", "both")
    ]
    assert qualified(playbook, person(holding(presses=50), profile={"country": "fr"})) == []
    assert qualified(playbook, person(holding(presses=49), profile={"country": "de"})) == []


def test_interest_opens_when_the_person_raised_a_hand():
    somebody = person(hand_raises={("demo", "lasers"): 0})
    assert qualified(compiled(DEMO_GATE), somebody) == [("lasers", "demo")]


def test_raised_hand_is_down_again_when_its_time_is_over():
    somebody = person(hand_raises={("demo", "lasers"): 0})
    assert qualified(compiled(DEMO_GATE), somebody, on=30) == [("lasers", "demo")]
    assert qualified(compiled(DEMO_GATE), somebody, on=30.01) == []


def test_raised_hand_opens_no_second_interest_when_the_first_was_its_answer():
    playbook = compiled(DEMO_GATE)
    answered = person(hand_raises={("demo", "lasers"): 0}, interests={"lasers": ("rejected", 2)})
    assert qualified(playbook, answered, on=10) == []
    again = person(hand_raises={("demo", "lasers"): 3}, interests={"lasers": ("rejected", 2)})
    assert qualified(playbook, again, on=10) == [("lasers", "demo")]


def test_hand_raised_for_no_line_counts_for_the_strongest_else_the_first():
    playbook = compiled(DEMO_GATE)
    raised = {("demo", ""): 0}
    assert qualified(playbook, person(holding(lasers=5), hand_raises=raised)) == [("lasers", "demo")]
    assert qualified(playbook, person(hand_raises=raised)) == [("presses", "demo")]


def test_hand_raised_for_no_line_is_answered_by_an_interest_in_any():
    somebody = person(holding(lasers=5), hand_raises={("demo", ""): 0}, interests={"presses": ("mql", 0)})
    assert qualified(compiled(DEMO_GATE), somebody) == []


def test_hand_raises_name_gate_and_product_line():
    playbook = compiled(DEMO_GATE)
    assert hand_raises(playbook, engagement("demo_requested", url="/laser")) == [("demo", "lasers")]
    assert hand_raises(playbook, engagement("demo_requested")) == [("demo", "")]
    assert hand_raises(playbook, engagement("page_viewed", url="/laser")) == []


def test_hand_is_raised_only_when_the_gates_conditions_hold():
    gate = Gate(
        "form", "Form", hand_raiser_kinds=("form_submitted",), where=(Condition("form", "equals", "K"),)
    )
    playbook = compiled(gate)
    assert hand_raises(playbook, engagement("form_submitted", form="k")) == [("form", "")]
    assert hand_raises(playbook, engagement("form_submitted", form="other")) == []


def test_nobody_qualifies_who_is_not_contactable():
    somebody = person(holding(presses=60), opted_in=False)
    assert qualified(compiled(SCORE_GATE), somebody) == []
    assert reasons(compiled(SCORE_GATE), somebody)[0] == (
        None,
        "not contactable: no opt-in to a purpose that allows contact",
    )


def test_nobody_qualifies_who_is_excluded():
    student = Exclusion("student", "Student", (Condition("email_domain", "ends_with", ("uni-ulm.de",)),))
    playbook = compiled(SCORE_GATE, exclusions=(student,))
    somebody = person(holding(presses=60), emails=("m@firma.de", "m@students.uni-ulm.de"))
    assert qualified(playbook, somebody) == []
    assert reasons(playbook, somebody)[0] == (None, "excluded by student (Student)")
    assert qualified(playbook, person(holding(presses=60), emails=("m@firma.de",))) == [("presses", "score")]


def test_person_with_two_addresses_is_graded_by_the_one_that_fits_best():
    private = Criterion("private", "Private", (Condition("email_domain", "equals", "gmail.com"),), up=-1)
    playbook = compiled(criteria=(private,))
    assert grade_of(playbook, person(emails=("m@firma.de", "m@gmail.com"))).grade == "D"
    assert grade_of(playbook, person(emails=("m@gmail.com",))).grade == "D-"


def test_no_interest_opens_when_one_is_open_in_the_line():
    somebody = person(holding(presses=60), interests={"presses": ("opportunity", 0)})
    assert qualified(compiled(CATEGORY_GATE), somebody) == []
    assert reasons(compiled(CATEGORY_GATE), somebody)[0] == (
        "presses",
        "open interest 1 in stage opportunity",
    )


def test_no_interest_opens_before_the_cool_off_is_over():
    playbook = compiled(CATEGORY_GATE, cool_off={"rejected": Duration(90 * DAY)})
    somebody = person(holding(presses=60), interests={"presses": ("rejected", 2)})
    assert qualified(playbook, somebody, on=91.99) == []
    assert reasons(playbook, somebody)[0] == ("presses", "cool-off until 2026-04-03T00:00:00.000Z")
    assert qualified(playbook, somebody, on=92) == [("presses", "category")]


def test_reason_tells_what_every_gate_lacks():
    gate = Gate("fit", "Fit", min_score=50, min_grade="B")
    assert reasons(compiled(gate, CATEGORY_GATE), person(holding(presses=12.34)))[0] == (
        "presses",
        "no gate reached: fit (score 12.3 of 50, grade D, needs B); category (category 12.3 of 30)",
    )


def test_there_is_no_reason_when_the_person_qualifies():
    somebody = person(holding(presses=30, lasers=30))
    assert reasons(compiled(CATEGORY_GATE), somebody) == []


FADING = (
    category(half_life=Duration(10 * DAY)),
    category("presses", half_life=Duration(10 * DAY)),
    category("lasers"),
)


def test_next_change_is_the_first_fall_below_a_gate():
    playbook = compiled(SCORE_GATE, CATEGORY_GATE, categories=FADING)
    somebody = person(holding(presses=100))
    assert next_change_at(playbook, somebody, day(0)) == day(10) + 1
    fall = next_change_at(playbook, somebody, day(11))
    assert qualified(playbook, somebody, on=(fall - 1 - day(0)) / DAY) == [("presses", "category")]
    assert qualify(playbook, somebody, fall) == []
    assert next_change_at(playbook, somebody, fall) is None


def test_next_change_is_the_end_of_a_cool_off_when_that_comes_first():
    playbook = compiled(SCORE_GATE, categories=FADING, cool_off={"rejected": Duration(5 * DAY)})
    somebody = person(holding(presses=100), interests={"presses": ("rejected", 1)})
    assert next_change_at(playbook, somebody, day(0)) == day(6)
    assert next_change_at(playbook, somebody, day(6)) == day(10) + 1


def test_nothing_changes_by_itself_when_nothing_fades():
    assert next_change_at(compiled(SCORE_GATE), person(holding(presses=100)), day(0)) is None
