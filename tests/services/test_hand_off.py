"""Interests are handed over to sales: to whom, once, by when, and what follows when nobody accepts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.command import Command
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.handed_over import HandedOver, Handover
from chalicelib.domain.instant import DAY, HOUR, Duration, Instant
from chalicelib.domain.interest import InterestId, PersonId, interest_id
from chalicelib.domain.message import Engagements, decode
from chalicelib.domain.outcome import Deferred, Outcome, Refused, Written
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.routing import Colleague
from chalicelib.domain.routing_plan import Pool, Rep, RoutingPlan, by_user
from chalicelib.domain.working_time import Calendar, WorkingHours
from chalicelib.errors import Retryable
from chalicelib.gateways.store.assignments import Assignments
from chalicelib.services.hand_off import NOT_YET, Handoffs
from tests.domain.builders import day
from tests.domain.presses import opted_in, playbook, told
from tests.domain.test_handoff import LIFECYCLE
from tests.services.world import World, make_quick_world

ALL_DAY = WorkingHours("office", "", "", ZoneInfo("UTC"), frozenset(range(7)), 0, 24 * 60)
ANNA, BEN, LEAD = "anna@x.example", "ben@x.example", "lead@x.example"
IDS = {ANNA: "005000000000001AAA", BEN: "005000000000002AAA", LEAD: "005000000000003AAA"}
QUEUE, AGENT = "00G000000000001AAA", "005000000000009AAA"
PLAN = RoutingPlan(
    reps=by_user((Rep(ANNA, "office"), Rep(BEN, "office"))),
    pools=(Pool("rest", (), (ANNA, BEN), LEAD),),
    hours=(ALL_DAY,),
    fallback="Sales",
    accept_within=Duration(8 * HOUR),
)
NOW = day(10)


@dataclass
class Org:
    """Salesforce in memory."""

    records: dict[str, HandedOver] = field(default_factory=dict)
    away: dict[str, str] = field(default_factory=dict)
    refuses: bool = False
    breaks: bool = False
    calls: list[str] = field(default_factory=list)

    def held(self, interests: Sequence[str]) -> Mapping[str, HandedOver]:
        self.calls.append("held")
        return {name: self.records[name] for name in interests if name in self.records}

    def roster(
        self, users: Sequence[str], today: Callable[[str], date], *, count_open: bool
    ) -> Mapping[str, Colleague]:
        self.calls.append("roster")
        return {
            user: Colleague(user, IDS[user], user.split("@")[0].title(), absent_until=self.away.get(user, ""))
            for user in users
        }

    def queue(self, developer_name: str) -> str:
        assert developer_name == "Sales"
        return QUEUE

    def write(self, handovers: Sequence[Handover]) -> Sequence[Outcome]:
        self.calls.append("write")
        if self.breaks:
            raise Retryable("Salesforce: gone")
        return [self._write(each) for each in handovers]

    def _write(self, handover: Handover) -> Outcome:
        if self.refuses:
            return Refused("INACTIVE_OWNER_OR_USER: ...")
        [held] = [each for each in self.records.values() if each.record_id == handover.record_id]
        if handover.contact is not None:
            held = replace(held, person=person_key("contact", handover.contact))
        if handover.stage is not None:
            held = replace(held, stage=handover.stage)
        if handover.assignment is not None:
            held = replace(held, owner=handover.assignment.owner, accept_by=handover.assignment.accept_by)
        self.records[held.interest] = held
        return Written(held.record_id)


@dataclass
class Sales:
    """The service in its surroundings: one person whose interests wait for sales."""

    plan: RoutingPlan = PLAN
    org: Org = field(default_factory=Org)
    now: Instant = NOW
    bodies: list[str] = field(default_factory=list)
    world: World = field(default_factory=make_quick_world)

    def __post_init__(self) -> None:
        self.world.record(opted_in(1))
        self.assignments: Any = Assignments(self.world.client, self.world.table)

    def compiled(self) -> Compiled:
        return compile_model(replace(playbook(), lifecycle=LIFECYCLE, routing=self.plan))

    def send(self, bodies: Any) -> None:
        self.bodies += bodies

    def interest(self, number: int = 1, stage: str = "sql") -> InterestId:
        """An interest that Salesforce has, still with the agent who passed it on."""
        person = self.world.person().id
        name = interest_id(person, "presses", number)
        key = person_key("lead", "00Q000000000001")
        self.org.records[name] = HandedOver(name, f"a0{number}", key, stage, AGENT)
        return name

    def write(self, *commands: Command) -> list[Outcome]:
        service = Handoffs(
            self.compiled,
            self.org,
            self.assignments,
            self.world.persons,
            self,
            lambda hours: Calendar(hours, lambda _: False),
            lambda: self.now,
        )
        return list(service.write(commands))

    def do(self, action: str, interest: InterestId, at: Instant = NOW) -> Outcome:
        [outcome] = self.write(self.command(action, interest, at))
        return outcome

    def command(self, action: str, interest: InterestId, at: Instant = NOW) -> Command:
        fields = {"interest_id": interest, "action": action, "at": int(at), "stage": "sql"}
        return Command("handoff", interest, PersonId(self.world.person().id), 1, fields)

    def told(self) -> list[Engagement]:
        """What the person's history was told."""
        messages = [decode(body) for body in self.bodies]
        return [
            each for message in messages if isinstance(message, Engagements) for each in message.engagements
        ]


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
