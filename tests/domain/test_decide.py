"""What an engagement, or time alone, makes of a person."""

from dataclasses import replace

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.checklist import ChecklistItem
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.model import Lifecycle, Model, Transition
from chalicelib.domain.qualification import compile_model
from tests.domain.builders import day
from tests.domain.consents import permit
from tests.domain.past import Remembered
from tests.domain.presses import opted_in, playbook, told

EMAIL = person_key("email", "a@example.com")
OTHER = person_key("email", "b@example.com")
LEAD = person_key("lead", "00Q000000000001")


@pytest.fixture
def past() -> Remembered:
    return Remembered(compile_model(with_long_way(playbook())))


def with_long_way(model: Model) -> Model:
    steps = [("mql", "sql"), ("sql", "accepted"), ("mql", "rejected"), ("accepted", "rejected")]
    return replace(
        model,
        lifecycle=Lifecycle(
            stages=("inquiry", "mql", "sql", "accepted", "rejected"),
            closed=frozenset({"rejected"}),
            transitions=frozenset(Transition(*step) for step in steps),
            handoff_stage="mql",
        ),
    )


def asked_for_a_demo(past: Remembered, **more: object) -> str:
    """Let somebody open an interest; gives its id."""
    past.tell(opted_in(97, **more))
    [interest] = past.tell(told("demo_requested", 99, **more)).interests  # type: ignore[arg-type]
    return interest.id


def step(interest: str, stage: str, on: float, **more: str) -> Engagement:
    return told("interest_changed", on, name=stage, interest_id=interest, stage=stage, **more)


def test_the_first_engagement_makes_a_person_with_its_keys(past: Remembered) -> None:
    change = past.tell(told(keys=[EMAIL, LEAD]))
    assert (change.person.id, change.person.version) == ("P1", 1)
    assert change.new_keys == {EMAIL, LEAD}


def test_the_history_is_not_read_for_what_comes_in_order(past: Remembered) -> None:
    past.tell(told(on=1))
    past.tell(told(on=2))
    assert past.asked_for_history == 0


def test_what_comes_late_makes_the_same_person(past: Remembered) -> None:
    late, early = told("form_submitted", 2), told(on=1)
    in_order = Remembered(past.compiled)
    for engagement in (early, late):
        in_order.tell(engagement)
    for engagement in (late, early):
        past.tell(engagement)
    assert past.persons == in_order.persons


def test_another_playbook_tells_the_history_again(past: Remembered) -> None:
    past.tell(told(on=1))
    doubled = tuple(replace(rule, points=2 * rule.points) for rule in past.compiled.model.rules)
    past.compiled = compile_model(replace(past.compiled.model, version="next", rules=doubled))
    person = past.tell(told("email_sent", 2)).person
    assert (person.playbook, person.score.buckets["viewed"].points) == ("next", 10)


def test_an_interest_names_the_gate_and_explains_itself(past: Remembered) -> None:
    past.tell(opted_in(97))
    past.tell(told(on=98))
    [interest] = past.tell(told("demo_requested", 99)).interests
    assert (interest.id, interest.stage, interest.gate) == ("P1-presses-1", "mql", "demo_request")
    assert "Label of viewed" in interest.explanation
    assert interest.score_when_opened == pytest.approx(5, abs=0.5)


def test_a_person_whom_salesforce_learns_of_brings_the_latest_touchpoints(past: Remembered) -> None:
    for on in range(10):
        past.tell(told(on=80 + on))
    past.tell(opted_in(97))
    commands = past.tell(told("demo_requested", 99)).commands
    shown = [command for command in commands if command.record == "touchpoint"]
    assert len(shown) == past.compiled.model.touchpoint_backfill
    assert shown[-1].fields["kind"] == "demo_requested"


def test_a_step_of_sales_is_followed_but_not_written_back(past: Remembered) -> None:
    interest = asked_for_a_demo(past)
    change = past.tell(step(interest, "sql", 100))
    assert [each.stage for each in change.interests] == ["sql"]
    assert {command.record for command in change.commands} == {"person"}
    assert change.commands[0].fields["stage"] == "sql"


def test_a_forbidden_step_is_kept_with_the_reason(past: Remembered) -> None:
    interest = asked_for_a_demo(past)
    past.tell(step(interest, "rejected", 100))
    change = past.tell(step(interest, "sql", 101))
    assert change.engagement is not None
    assert change.refused == "the playbook has no step from rejected to sql"
    assert change.interests == ()


def test_steps_that_come_in_the_wrong_order_lead_to_the_same_stage(past: Remembered) -> None:
    # given that the second step came first
    interest = asked_for_a_demo(past)
    past.tell(step(interest, "accepted", 102))
    # when the first one arrives
    change = past.tell(step(interest, "sql", 101))
    # then the interest is where both lead
    there = change.person.interests["presses"]
    assert (there.stage, there.changed_at) == ("accepted", day(102))
    assert change.refused is None


def test_a_refused_step_is_taken_when_the_one_before_it_arrives(past: Remembered) -> None:
    # given that the second step came first, with an incomplete checklist, and was refused
    lifecycle = replace(past.compiled.model.lifecycle, checked=frozenset({"sql"}))
    checklist = (ChecklistItem("need", "Need confirmed", required=True),)
    past.compiled = compile_model(replace(past.compiled.model, lifecycle=lifecycle, checklist=checklist))
    interest = asked_for_a_demo(past)
    refused = past.tell(step(interest, "accepted", 102, lacking="need")).refused
    # when the first one arrives
    change = past.tell(step(interest, "sql", 101))
    # then both are taken
    assert refused == "the checklist lacks Need confirmed"
    assert [(each.stage, each.changed_at) for each in change.interests] == [("accepted", day(102))]
    assert change.person.interests["presses"].stage == "accepted"
    assert change.refused is None


def test_a_step_of_an_interest_that_is_not_the_persons_is_only_kept(past: Remembered) -> None:
    asked_for_a_demo(past)
    change = past.tell(step("P9-presses-1", "sql", 100))
    assert (change.interests, change.refused) == ((), None)


def two_with_an_interest(past: Remembered) -> tuple[str, str]:
    """Two persons, the second of whom was there first; gives their interests."""
    past.now = day(101)
    first = asked_for_a_demo(past, keys=[OTHER], name="other")
    past.now = day(100)
    past.tell(opted_in(97), new="P2")
    second = past.tell(told("demo_requested", 99)).interests[0].id
    past.now = day(102)
    return first, second


def test_a_merge_closes_the_interest_that_opened_later_as_a_duplicate(past: Remembered) -> None:
    later, earlier = two_with_an_interest(past)
    change = past.tell(told(on=100, keys=[EMAIL, OTHER]))
    assert change.person.interests["presses"].id == earlier
    assert [(each.id, each.stage, each.reason) for each in change.interests] == [
        (later, "rejected", "duplicate")
    ]


def test_a_merge_takes_over_what_waits_for_the_absorbed_person(past: Remembered) -> None:
    _, theirs = two_with_an_interest(past)
    change = past.tell(told(on=100, keys=[EMAIL, OTHER]))
    assert set(change.superseded) == {
        (PersonId("P2"), "person#P2"),
        (PersonId("P2"), f"interest#{theirs}"),
    }
    assert {command.person for command in change.commands} == {"P1"}
    assert theirs in {command.external_id for command in change.commands}


def test_a_merge_does_not_write_back_what_sales_has_taken_over(past: Remembered) -> None:
    _, theirs = two_with_an_interest(past)
    past.tell(step(theirs, "sql", 101))
    change = past.tell(told(on=100, keys=[EMAIL, OTHER]))
    assert change.person.interests["presses"].stage == "sql"
    assert theirs not in {command.external_id for command in change.commands}


def test_a_merge_of_persons_whom_salesforce_does_not_know_writes_nothing_there(past: Remembered) -> None:
    past.tell(told(on=1, keys=[EMAIL]))
    past.tell(told(on=2, keys=[OTHER]), new="P2")
    change = past.tell(told(on=3, keys=[EMAIL, OTHER]))
    assert (change.commands, change.superseded) == ((), ())
    assert [each.id for each in change.absorbed] == ["P2"]


def test_a_review_tells_salesforce_how_far_the_score_has_faded(past: Remembered) -> None:
    past.now = day(1)
    past.tell(told("form_submitted", 1, keys=[EMAIL, LEAD]))
    past.now = day(31)
    [command] = past.review().commands
    assert command.fields["score"] == 15


def test_a_review_of_somebody_whom_salesforce_does_not_know_writes_nothing_there(past: Remembered) -> None:
    past.tell(told("form_submitted", 1))
    assert past.review().commands == ()


def test_after_a_review_the_person_is_not_due_at_once_again(past: Remembered) -> None:
    past.tell(told("form_submitted", 99))
    past.tell(told("form_submitted", 99.5))
    due = past.persons[PersonId("P1")].due_at
    assert due is not None
    past.now = due
    reviewed = past.review().person
    assert reviewed.due_at is None or reviewed.due_at > due


def silenced(change: Change) -> bool:
    return any(each.record == "suppression" for each in change.commands)


def test_the_automations_are_told_at_once_when_the_last_permission_falls(past: Remembered) -> None:
    past.tell(opted_in(1))
    change = past.tell(told("opted_out", 2, consents=[withdrawal()]))
    (command,) = change.commands
    assert (command.record, command.key) == ("suppression", "suppression#P1")
    assert command.fields["email"] == "a@example.com"


def test_the_automations_are_left_alone_while_another_permission_stands(past: Remembered) -> None:
    past.tell(opted_in(1))
    past.tell(told("opted_in", 2, consents=[permit("newsletter")]))
    assert not silenced(past.tell(told("opted_out", 3, consents=[withdrawal(purpose="newsletter")])))


def test_the_automations_are_left_alone_when_nothing_was_permitted(past: Remembered) -> None:
    assert not silenced(past.tell(told("opted_out", 2, consents=[withdrawal()])))


def test_a_permission_that_falls_by_a_merger_is_told(past: Remembered) -> None:
    past.tell(told("opted_out", 2, keys=[EMAIL], consents=[withdrawal()]))
    past.tell(opted_in(1, keys=[OTHER]), new="P2")
    assert silenced(past.tell(told("page_viewed", 3, keys=[EMAIL, OTHER])))
