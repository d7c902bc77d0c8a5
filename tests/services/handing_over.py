"""The service of handoffs in its surroundings, in memory: Salesforce, and a person whose interests wait."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.handed_over import HandedOver, Handover
from chalicelib.domain.instant import HOUR, Duration, Instant
from chalicelib.domain.interest import InterestId, PersonId, interest_id
from chalicelib.domain.message import Engagements, decode
from chalicelib.domain.outcome import Outcome, Refused, Written
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.routing import Colleague
from chalicelib.domain.routing_plan import Pool, Rep, RoutingPlan, by_user
from chalicelib.domain.working_time import Calendar, WorkingHours
from chalicelib.errors import Retryable
from chalicelib.gateways.store.assignments import Assignments
from chalicelib.services.hand_off import Handoffs
from tests.domain.builders import day
from tests.domain.presses import opted_in, playbook
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
