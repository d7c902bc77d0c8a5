"""Recording: a person is found or made, and an engagement with all it causes is written once."""

from dataclasses import replace

import pytest

from chalicelib.domain.consent import standing, withdrawal
from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.instant import DAY
from chalicelib.domain.qualification import compile_model
from chalicelib.domain.scoring import score_at
from chalicelib.errors import Rejected
from chalicelib.services.review_persons import review_persons
from tests.domain.builders import day
from tests.domain.consents import permit
from tests.services.world import World, opted_in, playbook, told

EMAIL = person_key("email", "a@example.com")
OTHER = person_key("email", "b@example.com")
LEAD = person_key("lead", "00Q000000000001")
SUBSCRIBER = person_key("subscriber", "7:41")


def score(world: World) -> float:
    return round(score_at(world.compiled.scoring, world.person().score, world.now).total, 6)


def test_unknown_person_is_made_with_the_first_engagement(world: World) -> None:
    world.record(told())
    assert world.person().engagements == 1


def test_engagement_counts_once_when_it_comes_again(world: World) -> None:
    world.record(told("form_submitted"))
    first = world.person()
    world.record(told("form_submitted"))
    assert world.person() == first


def test_engagement_counts_once_when_it_comes_twice_in_one_message(world: World) -> None:
    world.record(told("form_submitted"), told("form_submitted"))
    assert world.person().engagements == 1


def test_late_engagement_gives_the_state_of_the_right_order(world: World) -> None:
    # given
    early, late = (
        told("form_submitted", 1, profile={"city": "Ulm"}),
        told("page_viewed", 5, profile={"city": "Aalen"}),
    )
    # when
    world.record(late)
    world.record(early)
    # then
    person = world.person()
    assert person.score.last == late.position
    assert person.profile["city"].value == "Aalen"
    assert set(person.score.buckets) == {"viewed", "asked"}


def test_withdrawal_stands_when_it_has_the_time_of_the_grant(world: World) -> None:
    world.record(opted_in(3), told("opted_out", 3, consents=[withdrawal()]))
    assert standing(world.person().consents, permit().subject).state == "withdrawn"


def test_nothing_waits_for_salesforce_when_it_does_not_know_the_person(world: World) -> None:
    world.record(opted_in(), told("page_viewed", 1))
    assert world.commands() == {}


def test_known_lead_gets_score_and_touchpoint_from_the_start(world: World) -> None:
    world.record(told("form_submitted", 99, keys=[EMAIL, LEAD]))
    commands = world.commands()
    assert sorted(key.split("#")[0] for key in commands) == ["person", "touchpoint"]
    person = next(fields for key, fields in commands.items() if key.startswith("person"))
    assert (person["lead_id"], person["grade"]) == (LEAD.value, "D")
    assert person["score"] == pytest.approx(30, abs=1)


def test_mailing_that_was_merely_sent_causes_no_write_in_salesforce(world: World) -> None:
    world.record(told("form_submitted", 1, keys=[EMAIL, LEAD]))
    world.outbox.remove(list(world.outbox.pending(world.keys_of_items("OUTBOX#")).values()))
    world.record(told("email_sent", 2))
    assert world.commands() == {}


def test_gate_opens_an_interest_in_sales_support_with_reasons(world: World) -> None:
    # given a contactable person
    world.record(opted_in(98))
    # when the score of the product line reaches the gate
    world.record(told("form_submitted", 99.8), told("form_submitted", 99.9))
    # then
    (interest,) = world.persons.interests(world.person())
    assert (interest.product_line, interest.stage, interest.gate) == ("presses", "mql", "strong_interest")
    assert "Label of asked" in interest.explanation
    kinds = sorted(key.split("#")[0] for key in world.commands())
    assert kinds == ["interest", "person", "touchpoint", "touchpoint", "twins"]


def test_no_interest_opens_when_the_person_may_not_be_contacted(world: World) -> None:
    world.record(told("form_submitted", 99.8), told("form_submitted", 99.9))
    assert world.person().interests == {}


def test_second_interest_waits_until_the_first_is_closed_and_cooled_off(world: World) -> None:
    # given an interest that sales rejected on day 101
    world.record(opted_in(99), told("demo_requested", 99.5))
    (interest,) = world.persons.interests(world.person())
    rejected = {"interest_id": interest.id, "stage": "rejected", "reason": "no budget"}
    world.now = day(101)
    world.record(told("interest_changed", 101, **rejected))
    # when another demo is asked for within the cool-off, nothing opens
    world.now = day(105)
    world.record(told("demo_requested", 105))
    assert len(world.persons.interests(world.person())) == 1
    # and when it is over, the review that falls due opens it
    person = world.person()
    assert person.due_at == day(111)
    world.now = day(111)
    review_persons([person.id], world.persons, world.compiled, world.clock)
    assert [each.number for each in world.persons.interests(world.person())] == [1, 2]


def test_step_that_the_lifecycle_forbids_is_kept_but_not_followed(world: World) -> None:
    world.record(opted_in(99), told("demo_requested", 99.5))
    (interest,) = world.persons.interests(world.person())
    world.record(told("interest_changed", 100, interest_id=interest.id, stage="inquiry"))
    assert world.persons.interests(world.person()) == [interest]
    assert world.person().engagements == 3


def test_two_persons_become_one_when_an_engagement_names_both(world: World) -> None:
    # given two persons, each with a history
    world.record(told("form_submitted", 1, keys=[EMAIL]))
    world.record(told("page_viewed", 2, keys=[SUBSCRIBER]))
    # when
    world.record(told("email_sent", 3, keys=[EMAIL, SUBSCRIBER]))
    # then
    person = world.person(SUBSCRIBER)
    assert person == world.person(EMAIL)
    assert person.engagements == 3
    assert set(person.score.buckets) == {"asked", "viewed"}


def test_engagement_of_an_absorbed_person_counts_once_when_it_comes_again(world: World) -> None:
    world.record(told("form_submitted", 1, keys=[EMAIL]))
    world.record(told("page_viewed", 2, keys=[SUBSCRIBER]))
    world.record(told("email_sent", 3, keys=[EMAIL, SUBSCRIBER]))
    before = world.person()
    world.record(told("page_viewed", 2, keys=[SUBSCRIBER]))
    assert world.person() == before


def test_merged_person_keeps_the_older_of_two_open_interests(world: World) -> None:
    # given two persons with an open interest each
    for key, name in ((EMAIL, "first"), (OTHER, "second")):
        world.record(opted_in(99, keys=[key], name=name), told("demo_requested", 99.5, keys=[key], name=name))
    stays = world.person(EMAIL).interests["presses"].id
    # when
    world.record(told("email_sent", 100, keys=[EMAIL, OTHER]))
    # then
    person = world.person(OTHER)
    assert person.interests["presses"].id == stays
    closed = next(each for each in world.persons.interests(person) if each.id != stays)
    assert (closed.stage, closed.reason) == ("rejected", "duplicate")
    assert world.commands()[f"interest#{closed.id}"]["opened_at"] == closed.opened_at


def test_history_is_told_again_when_the_playbook_is_another(world: World) -> None:
    world.record(told("form_submitted", 99, keys=[EMAIL]))
    old = playbook()
    world.compiled = compile_model(
        replace(old, version="next", rules=tuple(replace(each, points=40) for each in old.rules))
    )
    world.record(told("email_sent", 99.5))
    assert world.person().playbook == "next"
    assert world.person().score.buckets["asked"].points == 40


def test_others_are_recorded_when_one_engagement_is_refused(world: World) -> None:
    nobody = Engagement(told().id, "page_viewed", day(1), "test", keys=())
    with pytest.raises(Rejected, match="keys: none"):
        world.record(nobody, told("form_submitted", 1))
    assert world.person().engagements == 1


def test_person_is_due_when_the_score_will_fall_under_a_gate(world: World) -> None:
    world.record(told("form_submitted", 99), told("form_submitted", 99.5))
    due = world.person().due_at
    assert due is not None
    assert 100 * DAY < due - day(0) < 110 * DAY
    assert list(world.due.until(due)) == [world.person().id]
    assert list(world.due.until(type(due)(due - 1))) == []
