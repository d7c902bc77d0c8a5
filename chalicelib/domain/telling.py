"""What the outside systems are told of a change."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from chalicelib.domain.command import Command
from chalicelib.domain.commands import (
    interest_command,
    known_to_salesforce,
    latest_touchpoints,
    person_command,
    row_command,
    suppression_command,
    touchpoint_command,
    touchpoint_kinds,
)
from chalicelib.domain.double_opt_in import confirmation_command
from chalicelib.domain.eligibility import eligible
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.enrichment_command import enrichment_command
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, PersonId
from chalicelib.domain.person import InterestSummary, Person
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.sales_verdict import sales_verdict
from chalicelib.domain.scoring import settled
from chalicelib.domain.told import Told
from chalicelib.domain.twins_command import twins_command


def shown(compiled: Compiled, before: Person, person: Person, told: Told) -> Sequence[Engagement]:
    """Pick what sales gets to see: this engagement or, for a person new to Salesforce, the latest ones."""
    if not known_to_salesforce(person):
        return ()
    if not known_to_salesforce(before):
        return latest_touchpoints(compiled, told(person))
    engagement = told.engagement
    return (engagement,) if engagement and engagement.kind in touchpoint_kinds(compiled) else ()


def commands_for_salesforce(
    compiled: Compiled,
    before: Person,
    person: Person,
    interests: Sequence[Interest],
    shown: Sequence[Engagement],
    now: Instant,
) -> tuple[Command, ...]:
    """Tell Salesforce of a person in whom something changed that it would see."""
    if not known_to_salesforce(person) or not (interests or shown or _differs(before, person)):
        return ()
    return (
        person_command(compiled, person, now),
        *(interest_command(each, person) for each in interests),
        *(touchpoint_command(compiled, person, each) for each in shown),
    )


def silenced(compiled: Compiled, before: Sequence[Person], person: Person) -> tuple[Command, ...]:
    """Tell the marketing automations at once, not at the next timed sync, when the last permission falls."""
    permitted = any(eligible(compiled, each).eligible for each in before)
    falls = permitted and not eligible(compiled, person).eligible
    return (suppression_command(person),) if falls else ()


def to_confirm(compiled: Compiled, person: Person, engagement: Engagement) -> tuple[Command, ...]:
    """Ask whoever wants mails to confirm it."""
    command = confirmation_command(compiled, person, engagement)
    return () if command is None else (command,)


def to_push(compiled: Compiled, before: Sequence[Person], person: Person) -> tuple[Command, ...]:
    """Have the marketing automations told what sales made of an interest.

    The timed push reads what changed in Salesforce, and there the interest alone may have changed.
    """
    lifecycle = compiled.model.lifecycle
    verdict = sales_verdict(lifecycle, person)
    if verdict is None or any(sales_verdict(lifecycle, each) == verdict for each in before):
        return ()
    return (row_command(person),)


def to_enrich(compiled: Compiled, person: Person, opened: Sequence[Interest]) -> tuple[Command, ...]:
    """Look for what is not known of somebody whose interest opens."""
    commands = (enrichment_command(compiled, each, person) for each in opened)
    return tuple(command for command in commands if command is not None)


def to_compare(
    compiled: Compiled, before: Sequence[Person], person: Person, now: Instant
) -> tuple[Command, ...]:
    """Look for whom somebody may be of whom a Lead is about to be made."""
    command = twins_command(compiled, before, person, now)
    return () if command is None else (command,)


def as_told(person: Person, commands: Sequence[Command], now: Instant) -> Person:
    """Note for which time the commands tell the person's numbers."""
    return replace(person, told_at=settled(person.score, now)) if commands else person


def superseded(absorbed: Sequence[Person], commands: Sequence[Command]) -> tuple[tuple[PersonId, str], ...]:
    """Name what must not be written any more: a second Lead, an interest by a person who is none."""
    interests = {command.external_id for command in commands if command.record == "interest"}
    if not commands:
        return ()
    return tuple(
        (other.id, key)
        for other in absorbed
        for key in (
            f"person#{other.id}",
            *(f"interest#{each.id}" for each in other.interests.values() if each.id in interests),
        )
    )


def _seen(person: Person) -> Mapping[str, InterestSummary]:
    """Give the interests without a deadline, which Salesforce had before we did."""
    return {line: replace(each, accept_by=None) for line, each in person.interests.items()}


def _differs(before: Person, person: Person) -> bool:
    """Whether Salesforce would see another person; a mailing that was merely sent changes nothing there."""
    return (
        before.score.buckets != person.score.buckets
        or before.consents != person.consents
        or before.profile != person.profile
        or _seen(before) != _seen(person)
        or before.keys != person.keys
        or _goes_on(before) != _goes_on(person)
    )


def _goes_on(person: Person) -> tuple[object, ...]:
    """Give what bars and pauses mailings: the marketing automations hear of it by the record that changes."""
    state = person.mailing
    return state.purchases, state.won, state.running, state.ended
