"""Delivers what waits in the outbox to the outside systems."""

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.domain.command import Command, makes_lead, names_record
from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id, person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Review, encode, pack
from chalicelib.domain.outcome import Blocked, Deferred, LinkKind, Moved, Outcome, Refused, Written
from chalicelib.domain.ulid import made_at
from chalicelib.errors import Misconfigured
from chalicelib.log import log_line

Reference = tuple[str, str]
"""The partition and sort key of an outbox item."""

_NOT_YET = Deferred("not written yet")
_REDIRECTS = 2
"""How often a record that turned out to be another one is followed within one delivery."""


class Outbox(Protocol):
    """The commands that wait in the store."""

    def pending(self, references: Iterable[Reference]) -> Mapping[Reference, Command]:
        """Read the commands that are still there; a reference without one is done."""

    def remove(self, commands: Sequence[Command]) -> Sequence[Command]:
        """Remove commands unless a newer version took their place; give those where neither is there."""

    def park(self, command: Command, reason: str) -> None:
        """Put the command aside, with the reason, until a human retries it."""


class Crm(Protocol):
    """The outside systems, Salesforce first of all."""

    def write(self, commands: Sequence[Command]) -> Sequence[Outcome]:
        """Write commands in the fewest calls; one outcome each, in their order."""


class Persons(Protocol):
    """The persons of the store."""

    def keys(self, person: PersonId) -> Collection[PersonKey]:
        """Give the keys that the person is known under."""


class Queue(Protocol):
    """The engagement queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


def deliver(
    references: Iterable[Reference],
    *,
    outbox: Outbox,
    crm: Crm,
    persons: Persons,
    engagements: Queue,
) -> dict[Reference, str]:
    """Write the referenced commands and settle each; gives the references to try again later, and why.

    A reference whose command is gone is done. A record that turned out to be another one (merged, converted,
    a duplicate) is followed at once, and an engagement tells the person about it, so that the next commands
    name it. An item is removed only if it still is what was written. Where a parallel delivery removed a
    newer state meanwhile, what we wrote may have come after it: the person says its state once more.

    Safe to repeat after a crash at any point: writes are idempotent, and the engagements' ids say what they
    are about.

    Raises:
        Misconfigured: something can't be written before an operator acts; what could be is settled.
        Retryable: the store or a queue is out of reach; a repetition finds what is left.
    """
    pending = outbox.pending(references)
    deliveries = _write([_Delivery(command, command, _NOT_YET) for command in pending.values()], crm, persons)
    links = {link.id: link for each in deliveries if (link := _link(each, persons))}
    if links:
        engagements.send(pack(links.values()))
    if again := _settle(deliveries, outbox):
        engagements.send([encode(Review(tuple(sorted(again))))])
    _report(deliveries)
    outcomes = zip(pending, (each.outcome for each in deliveries), strict=True)
    return {reference: why for reference, outcome in outcomes if (why := _unfinished(outcome))}


@dataclass(slots=True)
class _Delivery:
    """One command on its way.

    Attributes:
        stored: as the outbox has it.
        command: as it is written, which after a redirect names another record.
        found: the record that the person has to be told about.
    """

    stored: Command
    command: Command
    outcome: Outcome
    found: tuple[LinkKind, PersonKey] | None = None


def _write(deliveries: Sequence[_Delivery], crm: Crm, persons: Persons) -> Sequence[_Delivery]:
    left = deliveries
    for _ in range(1 + _REDIRECTS):
        if not left:
            break
        outcomes = crm.write([each.command for each in left])
        for each, outcome in zip(left, outcomes, strict=True):
            each.outcome = outcome
            if isinstance(outcome, Written) and makes_lead(each.command):
                each.found = ("lead_created", person_key("lead", outcome.record_id))
        left = _redirected(left, persons)
    return deliveries


def _redirected(deliveries: Sequence[_Delivery], persons: Persons) -> list[_Delivery]:
    """Give the deliveries to write again, aimed at the record that is meant."""
    moved = {each.command.person: each.outcome.to for each in deliveries if isinstance(each.outcome, Moved)}
    again = []
    for each in deliveries:
        target: PersonKey | None = None
        if isinstance(each.outcome, Moved):
            target = each.outcome.to
            each.found = (each.outcome.link, target)
        elif isinstance(each.outcome, Deferred) and each.outcome.orphaned:
            target = moved.get(each.command.person) or _record_of(each.command.person, persons)
        if target:
            each.command = replace(each.command, fields={**each.command.fields, **_names(target)})
            again.append(each)
    return again


def _record_of(person: PersonId, persons: Persons) -> PersonKey | None:
    """Give the record that the person was linked with after the command was made."""
    records = [key for key in persons.keys(person) if key.kind in ("contact", "lead")]
    return min(records, default=None)


def _names(key: PersonKey) -> dict[str, str | None]:
    return {"lead_id": None, "contact_id": None, f"{key.kind}_id": key.value}


def _refused(deliveries: Iterable[_Delivery]) -> frozenset[PersonId]:
    return frozenset(
        each.command.person
        for each in deliveries
        if isinstance(each.outcome, Refused) and makes_lead(each.command)
    )


def _link(delivery: _Delivery, persons: Persons) -> Engagement | None:
    """Tell the person about its record: one of its keys and the record's, which makes them one.

    It says who is who, not what happened when. So it is dated where the person's history begins: a repeated
    delivery has to tell the very same engagement.
    """
    if delivery.found is None:
        return None
    kind, found = delivery.found
    command = delivery.stored
    return Engagement(
        id=engagement_id("salesforce", kind, command.person, found.kind, found.value),
        kind=kind,
        occurred_at=made_at(command.person),
        source="salesforce",
        keys=(_own_key(command, persons), found),
    )


def _own_key(command: Command, persons: Persons) -> PersonKey:
    for kind in ("contact", "lead"):
        if record := command.fields.get(f"{kind}_id"):
            return person_key(kind, str(record))
    if email := command.fields.get("email"):
        return person_key("email", str(email))
    return min(persons.keys(command.person))


def _settle(deliveries: Sequence[_Delivery], outbox: Outbox) -> set[PersonId]:
    """Remove or park what is final; gives the persons whose state has to be written once more."""
    refused = _refused(deliveries)
    for each in deliveries:
        orphan = each.stored.person in refused and not names_record(each.stored)
        if isinstance(each.outcome, Deferred) and orphan:
            each.outcome = Refused("its Lead was refused: see the person's own command")
        if isinstance(each.outcome, Refused):
            outbox.park(each.stored, each.outcome.reason)
    gone = outbox.remove([each.stored for each in deliveries if isinstance(each.outcome, Written)])
    return {each.person for each in gone if each.record == "person"}


def _unfinished(outcome: Outcome) -> str:
    if isinstance(outcome, Moved):
        return "the record moved again and again"
    return outcome.reason if isinstance(outcome, Deferred | Blocked) else ""


def _report(deliveries: Sequence[_Delivery]) -> None:
    if not deliveries:
        return
    outcomes = [each.outcome for each in deliveries]
    log_line(
        "delivered",
        written=sum(isinstance(each, Written) for each in outcomes),
        deferred=sum(isinstance(each, Deferred | Moved) for each in outcomes),
        parked=sum(isinstance(each, Refused) for each in outcomes),
        blocked=sum(isinstance(each, Blocked) for each in outcomes),
        **Counter[str](each.stored.record for each in deliveries),
    )
    for reason in sorted({each.reason for each in outcomes if isinstance(each, Deferred)}):
        log_line("delivery deferred", level=logging.WARNING, reason=reason)
    blocked = sorted({each.reason for each in outcomes if isinstance(each, Blocked)})
    if blocked:
        log_line("delivery blocked", level=logging.ERROR, reason=blocked[0])
        raise Misconfigured(blocked[0])
