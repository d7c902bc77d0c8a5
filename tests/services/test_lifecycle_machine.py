"""The whole lifecycle, whatever happens in whatever order: no interest is lost, none is handed over twice or
without consent and checklist, and nobody is offered what they bought.

What people do in Salesforce becomes engagements, which arrive in any order; what we decide becomes commands,
which are delivered at any time. Domain and handoff are the real ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.domain.assignment import ESCALATED, Assignment
from chalicelib.domain.change import Change
from chalicelib.domain.checklist import ChecklistItem
from chalicelib.domain.command import Command
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id, person_key
from chalicelib.domain.instant import DAY, HOUR, Duration, Instant
from chalicelib.domain.interest import InterestId, PersonId
from chalicelib.domain.journey_rules import JourneyRules, Promotion
from chalicelib.domain.may_send import barred_lines, may_send
from chalicelib.domain.message import Engagements, decode
from chalicelib.domain.model import Lifecycle, OutcomeStep, Recycling, Transition
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import compile_model, contactable
from chalicelib.domain.routing_plan import Overdue, Pool, Rep, RoutingPlan, by_user
from chalicelib.domain.working_time import Calendar, WorkingHours
from chalicelib.services.hand_off import Handoffs
from tests.domain.builders import START
from tests.domain.consents import permit
from tests.domain.past import Remembered
from tests.domain.presses import playbook
from tests.services.sales_org import AGENT, Record, RememberedAssignments, SalesOrg

HUMANS, LINES = range(3), ("presses", "lasers")
ANNA, BEN, LEAD = "anna@x.example", "ben@x.example", "lead@x.example"
REPS = {ANNA: "005000000000001AAA", BEN: "005000000000002AAA", LEAD: "005000000000003AAA"}
PURPOSE = "contact_request"
WAY = ("mql", "qualifying", "sql", "accepted", "opportunity", "customer")
STEPS = {
    ("mql", "qualifying"),
    ("mql", "sql"),
    ("qualifying", "sql"),
    ("sql", "accepted"),
    ("sql", "qualifying"),
    ("accepted", "opportunity"),
    ("opportunity", "customer"),
    *((stage, end) for stage in WAY[:-1] for end in ("rejected", "recycled")),
}
LIFECYCLE = Lifecycle(
    stages=("inquiry", *WAY, "rejected", "recycled"),
    closed=frozenset({"customer", "rejected", "recycled"}),
    transitions=frozenset(Transition(*step) for step in STEPS),
    handoff_stage="mql",
    checked=frozenset({"sql"}),
    cool_off={"rejected": 3 * DAY, "recycled": DAY, "customer": 5 * DAY},
    recycling={"no_budget": Recycling(2 * DAY, afresh=True)},
    outcomes={
        "opportunity_opened": OutcomeStep("opportunity"),
        "opportunity_won": OutcomeStep("customer"),
        "opportunity_lost": OutcomeStep("rejected", "lost"),
    },
)
BACK = st.sampled_from((("rejected", "no_budget"), ("recycled", "not_now"), ("qualifying", "")))
PACE = st.sampled_from(("at once", "at once", "at once", "arrives", "later"))
"""How it goes on after something happened: all the way, to us, or not yet."""
HOURS = WorkingHours("office", "", "", ZoneInfo("UTC"), frozenset(range(7)), 0, 24 * 60)


def routing(overdue: Overdue) -> RoutingPlan:
    return RoutingPlan(
        reps=by_user((Rep(ANNA, "office"), Rep(BEN, "office"))),
        pools=(Pool("rest", (), (ANNA, BEN), LEAD),),
        hours=(HOURS,),
        fallback="Sales",
        accept_within=Duration(8 * HOUR),
        overdue=overdue,
    )


def email(human: int) -> PersonKey:
    return person_key("email", f"human{human}@example.com")


def lead(human: int) -> PersonKey:
    return person_key("lead", f"00Q{human:012}")


def contact(human: int) -> PersonKey:
    return person_key("contact", f"003{human:012}")


class WholeLifecycle(RuleBasedStateMachine):
    """Everything that may happen to three people, two product lines and two reps."""

    @initialize(overdue=st.sampled_from(("accept", "escalate")))
    def begin(self, overdue: Overdue) -> None:
        model = replace(
            playbook(),
            lifecycle=LIFECYCLE,
            routing=routing(overdue),
            checklist=(ChecklistItem("need", "Need confirmed", required=True),),
            journeys=JourneyRules(
                bought=frozenset({"product_purchased"}),
                promotions={line: Promotion(Duration(30 * DAY)) for line in LINES},
                **_won_counts(),
            ),
        )
        self.past = Remembered(compile_model(model), START)
        self.org = SalesOrg(REPS, self.watch)
        self.assignments = RememberedAssignments()
        self.inbox: list[Engagement] = []
        self.outbox: dict[tuple[PersonId, str], Command] = {}
        self.opened: dict[InterestId, str] = {}
        self.refused: set[InterestId] = set()
        self.owners: dict[tuple[InterestId, Instant], str] = {}
        self.promoted: set[tuple[int, str]] = set()
        self.converted: set[int] = set()
        self.count = 0
        for human in HUMANS:
            self.arrives(self.told("opted_in", human, keys=(email(human), lead(human)), consents=(permit(),)))

    # What happens to people.

    @rule(
        human=st.sampled_from(HUMANS),
        line=st.sampled_from(LINES),
        agrees=st.sampled_from((True, True, False)),
        pace=PACE,
    )
    def asks_for_a_demo(self, human: int, line: str, agrees: bool, pace: str) -> None:
        consents = (permit(),) if agrees else ()
        self.inbox.append(self.told("demo_requested", human, product_line=line, consents=consents))
        self.go_on(pace)

    @rule(human=st.sampled_from(HUMANS), pace=PACE)
    def withdraws(self, human: int, pace: str) -> None:
        self.inbox.append(self.told("opted_out", human, consents=(withdrawal("email"),)))
        self.go_on(pace)

    @rule(human=st.sampled_from(HUMANS), line=st.sampled_from(LINES), pace=PACE)
    def buys(self, human: int, line: str, pace: str) -> None:
        self.inbox.append(self.told("product_purchased", human, product_line=line))
        self.go_on(pace)

    @rule(human=st.sampled_from(HUMANS), pace=PACE)
    def is_converted(self, human: int, pace: str) -> None:
        if human not in self.converted:
            self.converted.add(human)
            self.inbox.append(self.told("lead_converted", human, keys=(lead(human), contact(human))))
            self.go_on(pace)

    @rule(one=st.sampled_from(HUMANS), other=st.sampled_from(HUMANS), pace=PACE)
    def turn_out_to_be_one(self, one: int, other: int, pace: str) -> None:
        self.inbox.append(self.told("record_changed", one, keys=(email(one), email(other))))
        self.go_on(pace)

    @rule(human=st.sampled_from(HUMANS), line=st.sampled_from(LINES))
    def a_journey_asks(self, human: int, line: str) -> None:
        person = self.person(human)
        answer = may_send(self.past.compiled, person, PURPOSE, line, self.past.now)
        if answer.allowed:
            assert line not in barred_lines(self.past.compiled.model.journeys, person.mailing, self.past.now)
            self.promoted.add((human, line))

    # What people do in Salesforce.

    @rule(data=st.data(), pace=PACE)
    def support_takes_it(self, data: st.DataObject, pace: str) -> None:
        if record := self.one(data, "mql"):
            self.step(record, "qualifying", owner=AGENT)
            self.go_on(pace)

    @rule(data=st.data(), chosen=st.sampled_from((AGENT, AGENT, REPS[BEN])), pace=PACE)
    def support_checks_it_and_passes_it_on(self, data: st.DataObject, chosen: str, pace: str) -> None:
        if record := self.one(data, "mql", "qualifying"):
            self.step(replace(record, checked=True), "sql", owner=chosen, lacking="complete")
            self.go_on(pace)

    @rule(data=st.data(), pace=PACE)
    def an_unchecked_one_is_told_as_passed_on(self, data: st.DataObject, pace: str) -> None:
        """An org without our validation rule would do that; its own page then shows it so."""
        record = self.one(data, "mql", "qualifying")
        if record and not record.checked:
            self.tell_step(record, "sql", lacking="need")
            self.go_on(pace)

    @rule(data=st.data(), pace=PACE)
    def a_rep_accepts(self, data: st.DataObject, pace: str) -> None:
        record = self.one(data, "sql")
        if record and record.held.owner in REPS.values():
            self.step(record, "accepted")
            self.go_on(pace)

    @rule(data=st.data(), back=BACK, pace=PACE)
    def somebody_gives_it_back(self, data: st.DataObject, back: tuple[str, str], pace: str) -> None:
        if record := self.one(data, "qualifying", "sql", "accepted"):
            end, reason = back
            self.step(record, end, reason=reason)
            self.go_on(pace)

    @rule(data=st.data(), owner=st.sampled_from(tuple(REPS.values())), pace=PACE)
    def the_owner_changes(self, data: st.DataObject, owner: str, pace: str) -> None:
        if record := self.one(data, "sql", "accepted"):
            self.step(record, record.held.stage, owner=owner)
            self.go_on(pace)

    @rule(data=st.data(), kind=st.sampled_from(tuple(LIFECYCLE.outcomes)), pace=PACE)
    def an_opportunity_goes_on(self, data: st.DataObject, kind: str, pace: str) -> None:
        if record := self.one(data, "accepted", "opportunity"):
            opportunity = f"006{sorted(self.org.records).index(record.held.interest):012}"
            line = record.held.interest.split("-")[1]
            self.inbox.append(
                self.told(kind, keys=(record.held.person,), opportunity=opportunity, product_line=line)
            )
            self.go_on(pace)

    @rule(rep=st.sampled_from((ANNA, BEN)))
    def a_rep_leaves_or_comes_back(self, rep: str) -> None:
        self.org.away ^= {rep}

    # How it goes on.

    @precondition(lambda self: self.inbox)
    @rule(data=st.data())
    def something_arrives(self, data: st.DataObject) -> None:
        self.arrives(self.inbox.pop(data.draw(st.integers(0, len(self.inbox) - 1))))

    def go_on(self, pace: str) -> None:
        if pace != "later":
            self.everything_arrives()
        if pace == "at once":
            self.commands_are_delivered()
            self.everything_arrives()

    def everything_arrives(self) -> None:
        while self.inbox:
            self.arrives(self.inbox.pop(0))

    @rule()
    def commands_are_delivered(self) -> None:
        commands, self.outbox = list(self.outbox.values()), {}
        for command in commands:
            if command.record == "interest":
                self.org.take(command, self.record_key(command))
            elif command.record == "promotion" and command.fields["barred"]:
                line, person = str(command.fields["product_line"]), command.person
                self.promoted -= {(each, line) for each in HUMANS if self.person(each).id == person}
        self.service().write([each for each in commands if each.record in ("handoff", "move")])

    @rule(hours=st.sampled_from((1, 9, 60, 24 * 31)))
    def time_passes(self, hours: int) -> None:
        self.past.now = Instant(self.past.now + hours * HOUR)
        for person in list(self.past.persons.values()):
            if person.due_at is not None and person.due_at <= self.past.now:
                self.keep(self.past.review(person.id))

    # What must never be otherwise.

    @invariant()
    def no_interest_is_lost(self) -> None:
        if hasattr(self, "opened"):
            assert self.opened.keys() <= self.past.interests_by_id.keys()

    @invariant()
    def nobody_has_two_open_interests_in_a_line(self) -> None:
        for person in getattr(self, "past", Remembered(None)).persons.values():  # type: ignore[arg-type]
            whose = {person.id, *person.absorbed}
            open_lines = [
                each.product_line
                for each in self.past.interests_by_id.values()
                if each.person in whose and each.stage not in LIFECYCLE.closed
            ]
            assert len(open_lines) == len(set(open_lines))

    def teardown(self) -> None:
        if not hasattr(self, "past"):
            return
        for _ in range(50):
            if self.is_at_rest:
                break
            self.everything_arrives()
            self.commands_are_delivered()
        assert self.is_at_rest, "it never comes to rest"
        assert self.opened.keys() == self.org.records.keys()
        self.salesforce_shows_what_we_know()
        self.interests_hang_on_whom_leads_became()
        self.nobody_is_offered_what_they_bought()

    @property
    def is_at_rest(self) -> bool:
        return not (self.inbox or self.outbox)

    def salesforce_shows_what_we_know(self) -> None:
        for name, record in self.org.records.items():
            if name not in self.refused:
                assert record.held.stage == self.past.interests_by_id[name].stage, name

    def interests_hang_on_whom_leads_became(self) -> None:
        for record in self.org.records.values():
            [person] = self.past.whose([record.held.person])
            if any(key.kind == "contact" for key in person.keys):
                assert record.held.person.kind == "contact"

    def nobody_is_offered_what_they_bought(self) -> None:
        for human in HUMANS:
            bars = barred_lines(self.past.compiled.model.journeys, self.person(human).mailing, self.past.now)
            assert not {line for line in bars if (human, line) in self.promoted}

    def watch(self, record: Record, assignment: Assignment) -> None:
        """See an owner that is about to be written."""
        key = (assignment.interest, assignment.handed_at)
        assert self.owners.setdefault(key, assignment.owner) == assignment.owner, "handed over twice"
        if assignment.how != ESCALATED:
            assert record.checked, "handed over without the checklist"
            assert any(
                contactable(self.past.compiled, person) for person in self.past.whose([record.held.person])
            ), "handed over without consent"

    # How the parts are wired.

    def service(self) -> Handoffs:
        return Handoffs(
            lambda: self.past.compiled,
            self.org,
            self.assignments,
            self,
            self,
            lambda hours: Calendar(hours, lambda _: False),
            lambda: self.past.now,
        )

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        found = {}
        for asked in persons:
            for person in self.past.persons.values():
                if asked == person.id or asked in person.absorbed:
                    found[asked] = person
        return found

    def send(self, bodies: Iterable[str]) -> None:
        for body in bodies:
            message = decode(body)
            assert isinstance(message, Engagements)
            self.inbox += message.engagements

    def arrives(self, engagement: Engagement) -> None:
        recorded = {each.id for told in self.past.engagements.values() for each in told}
        if engagement.id not in recorded:
            self.count += 1
            self.keep(self.past.tell(engagement, f"P{self.count:05}"))

    def keep(self, change: Change) -> None:
        for whose, key in change.superseded:
            self.outbox.pop((whose, key), None)
        for command in change.commands:
            self.outbox[(command.person, command.key)] = command
        for step in change.steps:
            if step.refused is not None:
                self.refused.add(step.interest)
            elif step.source is None:
                self.opened[step.interest] = step.target

    def person(self, human: int) -> Person:
        [person] = self.past.whose([email(human)])
        return person

    def told(self, kind: str, human: int = 0, **more: Any) -> Engagement:
        self.count += 1
        self.past.now = Instant(self.past.now + 1_000)
        keys, consents = more.pop("keys", (email(human),)), more.pop("consents", ())
        return Engagement(
            engagement_id("test", str(self.count)), kind, self.past.now, "test", keys, more, {}, consents
        )

    def record_key(self, command: Command) -> PersonKey:
        fields = command.fields
        if fields.get("contact_id"):
            return person_key("contact", str(fields["contact_id"]))
        return person_key("lead", str(fields["lead_id"]))

    def one(self, data: st.DataObject, *stages: str) -> Record | None:
        found = [each for each in self.org.records.values() if each.held.stage in stages]
        return data.draw(st.sampled_from(found)) if found else None

    def step(self, record: Record, stage: str, owner: str | None = None, **attributes: str) -> None:
        """Somebody changes the record, which tells us."""
        if (record.held.stage, stage) not in STEPS and stage != record.held.stage:
            return
        held = replace(record.held, stage=stage, owner=owner or record.held.owner)
        self.org.records[held.interest] = replace(record, held=held)
        self.tell_step(self.org.records[held.interest], stage, **attributes)

    def tell_step(self, record: Record, stage: str, **attributes: str) -> None:
        held = record.held
        self.inbox.append(
            self.told(
                "interest_changed",
                keys=(held.person,),
                interest_id=held.interest,
                stage=stage,
                owner=held.owner[:15],
                **attributes,
            )
        )


def _won_counts() -> dict[str, Any]:
    """A won Opportunity is a purchase."""
    known = JourneyRules.__dataclass_fields__
    return {"bought_stages": frozenset({"customer"})} if "bought_stages" in known else {}


TestWholeLifecycle = WholeLifecycle.TestCase
TestWholeLifecycle.settings = settings(
    max_examples=500,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
