"""Interests are handed over to sales: to whom, once, by when, and what follows when nobody accepts."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.command import Command
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import DAY, HOUR, Instant
from chalicelib.domain.interest import interest_id
from chalicelib.domain.outcome import Deferred, Refused, Written
from chalicelib.errors import Retryable
from chalicelib.services.hand_off import NOT_YET
from tests.domain.builders import day
from tests.domain.presses import told
from tests.services.handing_over import AGENT, ANNA, BEN, IDS, LEAD, NOW, PLAN, QUEUE, Sales


@pytest.fixture
def sales() -> Sales:
    return Sales()


def test_whoever_s_turn_it_is_gets_the_interest_and_has_to_accept_it(sales: Sales) -> None:
    interest = sales.interest()

    assert sales.do("assign", interest) == Written("a01")

    held = sales.org.records[interest]
    assert (held.owner, held.accept_by) == (IDS[ANNA], NOW + 1 + 8 * HOUR)
    [told_of] = sales.told()
    assert (told_of.kind, told_of.attributes["owner"], told_of.attributes["accept_by"]) == (
        "interest_assigned",
        IDS[ANNA][:15],
        held.accept_by,
    )


def test_a_repetition_finds_the_same_owner_and_uses_up_no_turn(sales: Sales) -> None:
    interest, other = sales.interest(1), sales.interest(2)
    sales.do("assign", interest)
    sales.now = day(11)

    sales.do("assign", interest)
    sales.do("assign", other)

    assert sales.org.records[interest].owner == IDS[ANNA]
    assert sales.org.records[interest].accept_by == NOW + 1 + 8 * HOUR
    assert sales.org.records[other].owner == IDS[BEN]
    assert len({each.id for each in sales.told()}) == 2


def test_a_second_handoff_of_the_same_interest_is_another_assignment(sales: Sales) -> None:
    interest = sales.interest()
    sales.do("assign", interest)
    sales.org.records[interest] = replace(sales.org.records[interest], owner=AGENT)

    sales.do("assign", interest, day(12))

    assert sales.org.records[interest].owner == IDS[BEN]


def test_of_two_deliveries_side_by_side_each_gets_a_turn_of_its_own(sales: Sales) -> None:
    first, second = sales.interest(1), sales.interest(2)
    kept = sales.assignments

    class Rival:
        """Reads the turns just before somebody else takes one."""

        read = kept.read
        keep = kept.keep
        raced = False

        def turns(self, pools: Any) -> Any:
            known = kept.turns(pools)
            if not self.raced:
                self.raced = True
                other = replace_assignments(sales, kept)
                other.do("assign", second)
            return known

    sales.assignments = Rival()

    sales.do("assign", first)

    assert {sales.org.records[each].owner for each in (first, second)} == {IDS[ANNA], IDS[BEN]}


def replace_assignments(sales: Sales, assignments: Any) -> Sales:
    """The same surroundings with other turns."""
    other = Sales(sales.plan, sales.org, sales.now, sales.bodies, sales.world)
    other.assignments = assignments
    return other


def test_many_handoffs_ask_once_who_is_there_and_write_once(sales: Sales) -> None:
    interests = [sales.interest(number) for number in range(1, 41)]

    sales.write(*(sales.command("assign", each) for each in interests))

    assert sales.org.calls == ["held", "roster", "write"]
    owners = [sales.org.records[each].owner for each in interests]
    assert owners.count(IDS[ANNA]) == owners.count(IDS[BEN]) == 20


def test_nobody_who_is_away_gets_anything(sales: Sales) -> None:
    sales.org.away = {ANNA: "2026-03-09"}
    interest = sales.interest()

    sales.do("assign", interest)

    assert sales.org.records[interest].owner == IDS[BEN]


def test_what_nobody_is_there_for_waits_in_the_queue_without_a_deadline(sales: Sales) -> None:
    sales.org.away = dict.fromkeys((ANNA, BEN, LEAD), "2026-03-09")
    interest = sales.interest()

    sales.do("assign", interest)

    held = sales.org.records[interest]
    assert (held.owner, held.accept_by) == (QUEUE, None)


def test_a_rep_whom_sales_support_chose_keeps_it(sales: Sales) -> None:
    interest = sales.interest()
    sales.org.records[interest] = replace(sales.org.records[interest], owner=IDS[BEN])

    sales.do("assign", interest)

    assert sales.org.records[interest].owner == IDS[BEN]


@pytest.mark.parametrize("stage", ["accepted", "rejected", "mql"])
def test_an_interest_that_went_on_meanwhile_is_left_alone(sales: Sales, stage: str) -> None:
    interest = sales.interest(stage=stage)

    assert sales.do("assign", interest) == Written("a01")
    assert sales.org.records[interest].owner == AGENT
    assert sales.told() == []


def test_what_salesforce_does_not_have_yet_comes_again(sales: Sales) -> None:
    interest = interest_id(sales.world.person().id, "presses", 9)

    assert sales.do("assign", interest) == NOT_YET


def test_nobody_is_handed_over_without_consent(sales: Sales) -> None:
    interest = sales.interest()
    sales.world.record(told("opted_out", 2, consents=[withdrawal("email")]))

    sales.do("assign", interest)

    assert sales.org.records[interest].owner == AGENT


def test_silence_counts_as_acceptance_where_the_playbook_says_so(sales: Sales) -> None:
    sales.plan = replace(PLAN, overdue="accept")
    interest = sales.interest()
    sales.do("assign", interest)
    due = sales.org.records[interest].accept_by
    assert due is not None
    sales.now = Instant(due + HOUR)

    sales.do("overdue", interest, due)

    held = sales.org.records[interest]
    assert (held.stage, held.owner) == ("accepted", IDS[ANNA])
    told_of = sales.told()[-1]
    assert (told_of.kind, told_of.attributes["stage"], told_of.occurred_at) == (
        "interest_changed",
        "accepted",
        due,
    )


def test_silence_goes_to_the_lead_where_the_playbook_says_so(sales: Sales) -> None:
    interest = sales.interest()
    sales.do("assign", interest)
    due = sales.org.records[interest].accept_by
    assert due is not None
    sales.now = Instant(due + HOUR)

    for _ in range(2):
        sales.do("overdue", interest, due)

    held = sales.org.records[interest]
    assert (held.stage, held.owner, held.accept_by) == ("sql", IDS[LEAD], None)
    assert sales.told()[-1].attributes["how"] == "escalated"


def test_before_the_time_is_over_nothing_happens(sales: Sales) -> None:
    interest = sales.interest()
    sales.do("assign", interest)
    due = sales.org.records[interest].accept_by
    assert due is not None

    sales.do("overdue", interest, due)

    assert sales.org.records[interest].owner == IDS[ANNA]


def test_who_accepted_meanwhile_is_not_disturbed(sales: Sales) -> None:
    interest = sales.interest()
    sales.do("assign", interest)
    held = sales.org.records[interest]
    sales.org.records[interest] = replace(held, stage="accepted")
    sales.now = day(20)

    sales.do("overdue", interest, held.accept_by or NOW)

    assert sales.org.records[interest].owner == IDS[ANNA]


@pytest.mark.parametrize(
    ("stage", "end"), [("mql", "rejected"), ("sql", "rejected"), ("accepted", "accepted")]
)
def test_without_consent_an_interest_is_closed_unless_sales_accepted_it(
    sales: Sales, stage: str, end: str
) -> None:
    interest = sales.interest(stage=stage)
    sales.world.record(told("opted_out", 2, consents=[withdrawal("email")]))

    sales.do("withdraw", interest)

    assert sales.org.records[interest].stage == end
    assert [each.attributes.get("reason") for each in sales.told()] == (
        ["consent_withdrawn"] if end == "rejected" else []
    )


def test_who_consented_anew_keeps_the_interest(sales: Sales) -> None:
    interest = sales.interest()

    sales.do("withdraw", interest)

    assert sales.org.records[interest].stage == "sql"


def test_an_interest_moves_to_the_contact_that_its_lead_became_and_is_handed_over(sales: Sales) -> None:
    interest, contact = sales.interest(), "003000000000001"
    person = sales.world.person().id
    move = Command("move", interest, person, 1, {"interest_id": interest, "contact_id": contact})

    outcomes = sales.write(move, sales.command("assign", interest))

    held = sales.org.records[interest]
    assert (held.person, held.owner) == (person_key("contact", contact), IDS[ANNA])
    assert outcomes == [Written("a01"), Written("a01")]
    assert sales.org.calls == ["held", "roster", "write", "write"]


def test_an_interest_that_is_on_its_contact_already_costs_no_call(sales: Sales) -> None:
    interest = sales.interest()
    contact = person_key("contact", "003000000000001")
    sales.org.records[interest] = replace(sales.org.records[interest], person=contact)
    person = sales.world.person().id

    [outcome] = sales.write(Command("move", interest, person, 1, {"contact_id": contact.value}))

    assert (outcome, sales.org.calls) == (Written("a01"), ["held"])


def test_a_break_before_salesforce_was_written_is_mended_by_the_repetition(sales: Sales) -> None:
    interest = sales.interest()
    sales.org.breaks = True
    with pytest.raises(Retryable):
        sales.do("assign", interest)
    sales.org.breaks = False
    sales.now = Instant(NOW + DAY)

    sales.do("assign", interest)

    assert sales.org.records[interest].owner == IDS[ANNA]
    assert len({each.id for each in sales.told()}) == 1


def test_a_refusal_of_salesforce_waits_for_a_human(sales: Sales) -> None:
    sales.org.refuses = True

    assert isinstance(sales.do("assign", sales.interest()), Refused)


def test_turns_that_others_keep_taking_are_tried_again_later(sales: Sales) -> None:
    class Crowded:
        read = sales.assignments.read
        turns = sales.assignments.turns

        def keep(self, *_: Any) -> bool:
            return False

    interest = sales.interest()
    sales.assignments = Crowded()

    with pytest.raises(Retryable, match="turns"):
        sales.do("assign", interest)


def test_other_commands_of_the_delivery_are_not_lost_where_one_is_too_early(sales: Sales) -> None:
    missing = interest_id(sales.world.person().id, "presses", 9)

    outcomes = sales.write(sales.command("assign", missing), sales.command("assign", sales.interest()))

    assert [type(each) for each in outcomes] == [Deferred, Written]
