"""Hands interests over to sales: finds each its owner once, and keeps sales to the time agreed on.

What Salesforce holds is looked at first: whoever took the interest further meanwhile is not taken back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from chalicelib.domain.assignment import ESCALATED, Assignment
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import person_key
from chalicelib.domain.handed_over import HandedOver, Handover, to_stage
from chalicelib.domain.handoff import CONSENT_WITHDRAWN, action_of
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId, PersonId
from chalicelib.domain.merging import closing_stage
from chalicelib.domain.message import pack
from chalicelib.domain.outcome import Deferred, Outcome, Written
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled, contactable
from chalicelib.domain.routing import Choice, Colleague, Request, choose, pool_of, users_of
from chalicelib.domain.stages import accepted_stage
from chalicelib.domain.turns import Turns
from chalicelib.domain.working_time import Calendar, WorkingHours, end_of, local_day
from chalicelib.errors import Retryable
from chalicelib.log import log_line

TRIES = 8
NOT_YET = Deferred("handoff: the interest is not in Salesforce yet")


class Crm(Protocol):
    """The interests and the people of sales in Salesforce."""

    def held(self, interests: Sequence[str]) -> Mapping[str, HandedOver]:
        """Read interests, by our id; one that is not there is left out."""

    def roster(
        self, users: Sequence[str], today: Callable[[str], date], *, count_open: bool
    ) -> Mapping[str, Colleague]:
        """Read people in sales, by user name in small letters."""

    def queue(self, developer_name: str) -> str:
        """Give the id of a queue."""

    def write(self, handovers: Sequence[Handover]) -> Sequence[Outcome]:
        """Write owners and stages; one outcome each, in their order."""


class Assignments(Protocol):
    """What was assigned to whom, and whose turn is next."""

    def read(self, interest: InterestId, handed_at: Instant) -> Assignment | None:
        """Read what was decided already."""

    def turns(self, pools: Iterable[str]) -> Mapping[str, tuple[Turns, int]]:
        """Read the turns of pools and their versions."""

    def keep(self, assignment: Assignment, turns: Turns | None, before: int) -> bool:
        """Keep an assignment and its pool's turns; False where others were first."""


class Persons(Protocol):
    """The persons of the store."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""


class Queue(Protocol):
    """The engagement queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


@dataclass(frozen=True, slots=True)
class Handoffs:
    """Where the commands go that hand interests over to sales."""

    compiled: Callable[[], Compiled]
    crm: Crm
    assignments: Assignments
    persons: Persons
    engagements: Queue
    calendar_of: Callable[[WorkingHours], Calendar]
    clock: Callable[[], Instant]

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Hand interests over; one outcome each, in their order.

        Safe to repeat: an owner is decided once, and an interest that went on in Salesforce is left alone.
        The person's history is told first. Salesforce tells nobody what we wrote ourselves, so that after a
        break in between the repetition has to find the record as it was.

        Raises:
            Retryable, Misconfigured, Rejected: Salesforce, the store or the queue did not answer.
        """
        held = self.crm.held(list(dict.fromkeys(command.external_id for command in commands)))
        persons = self.persons.load({each.person for each in commands if each.record == "handoff"})
        desk = _Desk(self, self.compiled(), persons)
        wanted: dict[str, Handover] = {}
        for command in commands:
            record = held.get(command.external_id)
            if record is not None and (handover := desk.decide(command, record)) is not None:
                wanted[command.key] = handover
        if told := [each.told for each in wanted.values() if each.told is not None]:
            self.engagements.send(pack(told))
        # A request takes each record once, and an interest may move and be handed over.
        moves = {key: each for key, each in wanted.items() if each.contact is not None}
        rest = {key: each for key, each in wanted.items() if each.contact is None}
        outcomes: dict[str, Outcome] = {}
        for some in filter(None, (moves, rest)):
            outcomes |= zip(some, self.crm.write(list(some.values())), strict=True)
        return [outcomes.get(command.key) or _done(command, held) for command in commands]


def _done(command: Command, held: Mapping[str, HandedOver]) -> Outcome:
    record = held.get(command.external_id)
    return NOT_YET if record is None else Written(record.record_id)


class _Desk:
    """Decides one handoff after the other; asks who is there once for all of them."""

    def __init__(self, handoffs: Handoffs, compiled: Compiled, persons: Mapping[PersonId, Person]) -> None:
        self._of = handoffs
        self._compiled = compiled
        self._persons = persons
        self._plan = compiled.model.routing
        self._roster: dict[str, Colleague] | None = None

    def decide(self, command: Command, held: HandedOver) -> Handover | None:
        """Say what is written; None where nothing has to be any more."""
        if command.record == "move":
            contact = person_key("contact", str(command.fields["contact_id"]))
            return None if held.person == contact else Handover(held.record_id, contact=contact.value)
        action, at = action_of(command), Instant(int(command.fields["at"] or 0))
        lifecycle = self._compiled.model.lifecycle
        if action == "withdraw":
            stages = (*lifecycle.with_support, *lifecycle.checked)
            if held.stage not in stages or self._may_contact(command.person):
                return None
            closed = closing_stage(lifecycle, held.stage)
            return to_stage(held, closed, CONSENT_WITHDRAWN, at, CONSENT_WITHDRAWN)
        if held.stage not in lifecycle.checked or not self._may_contact(command.person):
            return None
        return self._assign(held, at) if action == "assign" else self._overdue(held, at)

    def _may_contact(self, person: PersonId) -> bool:
        known = self._persons.get(person)
        return known is not None and contactable(self._compiled, known)

    def _assign(self, held: HandedOver, handed_at: Instant) -> Handover:
        found = self._of.assignments.read(held.interest, handed_at)
        for _ in range(TRIES):
            if found is not None:
                return Handover(held.record_id, found.told(held.person), assignment=found)
            pool = pool_of(self._plan, held.attributes)
            known = self._of.assignments.turns([pool.name] if pool else [])
            turns = {name: turn for name, (turn, _) in known.items()}
            choice = choose(self._plan, self._request(held), self._colleagues(), turns)
            decided = self._assignment(held, choice, handed_at)
            before = known[choice.pool][1] if choice.pool in known else 0
            if self._of.assignments.keep(decided, choice.turns, before):
                self._count(choice)
                log_line("assigned", how=choice.how, pool=choice.pool)
                return Handover(held.record_id, decided.told(held.person), assignment=decided)
            found = self._of.assignments.read(held.interest, handed_at)
        raise Retryable("handoff: others keep taking turns; the command comes again")

    def _overdue(self, held: HandedOver, accept_by: Instant) -> Handover | None:
        """Do what the playbook says of an interest that nobody accepted in time."""
        if held.accept_by is None or held.accept_by > self._of.clock():
            return None
        if self._plan.overdue == "accept":
            accepted = accepted_stage(self._compiled.model.lifecycle, held.stage)
            return None if accepted is None else to_stage(held, accepted, None, accept_by, "overdue")
        found = self._of.assignments.read(held.interest, accept_by)
        if found is None:
            found = self._escalation(held, accept_by)
            if not self._of.assignments.keep(found, None, 0):
                raise Retryable("handoff: somebody else escalates it; the command comes again")
        return Handover(held.record_id, found.told(held.person), assignment=found)

    def _escalation(self, held: HandedOver, accept_by: Instant) -> Assignment:
        pool = pool_of(self._plan, held.attributes)
        lead = self._colleagues().get(pool.lead or "") if pool else None
        there = lead is not None and lead.active
        owner = lead.id if lead is not None and there else self._of.crm.queue(self._plan.fallback)
        why = ("Nobody accepted it in time.", "You lead the pool." if there else "The pool has no lead.")
        return Assignment(
            held.interest, accept_by, owner, ESCALATED, pool.name if pool else "", why, self._of.clock(), None
        )

    def _assignment(self, held: HandedOver, choice: Choice, handed_at: Instant) -> Assignment:
        # Salesforce's clock told when it was handed over, ours tells when it was assigned: never before.
        at = max(self._of.clock(), Instant(handed_at + 1))
        colleague = choice.colleague
        if colleague is None:
            owner, accept_by = self._of.crm.queue(self._plan.fallback), None
        else:
            calendar = self._of.calendar_of(self._plan.hours_of(colleague.user))
            owner, accept_by = colleague.id, end_of(calendar, at, self._plan.accept_within)
        return Assignment(held.interest, handed_at, owner, choice.how, choice.pool, choice.why, at, accept_by)

    def _request(self, held: HandedOver) -> Request:
        by_id = {each.id: each.user for each in self._colleagues().values()}
        # An owner who is no rep is nobody to ask for first, but the explanation says so.
        account_owner = by_id.get(held.account_owner, held.account_owner)
        return Request(held.attributes, by_id.get(held.owner, ""), account_owner, held.account)

    def _colleagues(self) -> dict[str, Colleague]:
        if self._roster is None:
            count_open = any(each.most_open is not None for each in self._plan.reps.values())
            roster = self._of.crm.roster(users_of(self._plan), self._today, count_open=count_open)
            self._roster = dict(roster)
        return self._roster

    def _today(self, user: str) -> date:
        return local_day(self._plan.hours_of(user), self._of.clock())

    def _count(self, choice: Choice) -> None:
        """Remember that somebody has one more in hand, for those that follow in this delivery."""
        if choice.colleague is not None and self._roster is not None:
            name = choice.colleague.user.casefold()
            self._roster[name] = replace(choice.colleague, open=choice.colleague.open + 1)
