"""Salesforce as the lifecycle sees it, in memory: interests, owners and what people do with them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from chalicelib.domain.assignment import Assignment
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.handed_over import HandedOver, Handover
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId
from chalicelib.domain.outcome import Outcome, Written
from chalicelib.domain.routing import Colleague
from chalicelib.domain.turns import Turns

QUEUE, AGENT = "00G000000000001AAA", "005000000000009AAA"


@dataclass(frozen=True)
class Record:
    """An interest as people see it."""

    held: HandedOver
    checked: bool = False
    reason: str | None = None


@dataclass
class SalesOrg:
    """The org; `watch` is told of each owner that is written, before it is."""

    reps: Mapping[str, str]
    watch: Callable[[Record, Assignment], None]
    records: dict[InterestId, Record] = field(default_factory=dict)
    away: set[str] = field(default_factory=set)

    # What the service asks.

    def held(self, interests: Sequence[str]) -> Mapping[str, HandedOver]:
        found = {InterestId(name): self.records.get(InterestId(name)) for name in interests}
        return {name: record.held for name, record in found.items() if record is not None}

    def roster(
        self, users: Sequence[str], today: Callable[[str], date], *, count_open: bool
    ) -> Mapping[str, Colleague]:
        return {
            user: Colleague(
                user, self.reps[user], user, absent_until="2026-12-31" if user in self.away else ""
            )
            for user in users
        }

    def queue(self, _: str) -> str:
        return QUEUE

    def write(self, handovers: Sequence[Handover]) -> Sequence[Outcome]:
        return [self._write(each) for each in handovers]

    def _write(self, handover: Handover) -> Outcome:
        [record] = [each for each in self.records.values() if each.held.record_id == handover.record_id]
        held = record.held
        if handover.contact is not None:
            held = replace(held, person=person_key("contact", handover.contact))
        if handover.stage is not None:
            held = replace(held, stage=handover.stage)
        if handover.assignment is not None:
            self.watch(record, handover.assignment)
            held = replace(held, owner=handover.assignment.owner, accept_by=handover.assignment.accept_by)
        self.records[held.interest] = replace(record, held=held, reason=handover.reason or record.reason)
        return Written(held.record_id)

    # What our other commands do.

    def take(self, command: Command, key: PersonKey) -> None:
        """Take the command of an interest as the gateway writes it: an opening never changes a record."""
        name, stage = InterestId(command.external_id), str(command.fields["stage"])
        known = self.records.get(name)
        if known is None:
            self.records[name] = Record(HandedOver(name, f"a{len(self.records)}", key, stage, QUEUE))
        elif command.fields["changed_at"] != command.fields["opened_at"]:
            self.records[name] = replace(known, held=replace(known.held, stage=stage, person=key))


@dataclass
class RememberedAssignments:
    """The store's assignments in memory; `tests/gateways/store/test_assignments.py` holds the real ones."""

    kept: dict[tuple[InterestId, Instant], Assignment] = field(default_factory=dict)
    rounds: dict[str, tuple[Turns, int]] = field(default_factory=dict)

    def read(self, interest: InterestId, handed_at: Instant) -> Assignment | None:
        return self.kept.get((interest, handed_at))

    def turns(self, pools: Iterable[str]) -> Mapping[str, tuple[Turns, int]]:
        return {pool: self.rounds[pool] for pool in pools if pool in self.rounds}

    def keep(self, assignment: Assignment, turns: Turns | None, before: int) -> bool:
        key = (assignment.interest, assignment.handed_at)
        current = self.rounds.get(assignment.pool, (Turns(), 0))[1]
        if key in self.kept or (turns is not None and current != before):
            return False
        self.kept[key] = assignment
        if turns is not None:
            self.rounds[assignment.pool] = (turns, before + 1)
        return True
