"""What an engagement, or the mere passing of time, makes of a person: a change, decided without any I/O."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.change import Change, Past
from chalicelib.domain.commands import (
    known_to_salesforce,
    person_command,
)
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.following import follow_engagement
from chalicelib.domain.handoff import handoff_commands, next_deadline
from chalicelib.domain.history import retell, take
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, PersonId
from chalicelib.domain.ledger import chain
from chalicelib.domain.may_send import next_mailing_change
from chalicelib.domain.merging import DUPLICATE, Merged, closing_stage, merge
from chalicelib.domain.moving import moves
from chalicelib.domain.opening import open_interests
from chalicelib.domain.person import Person
from chalicelib.domain.promotion import promotions, with_wins
from chalicelib.domain.qualification import Compiled, next_change_at
from chalicelib.domain.step import closed_as_duplicate
from chalicelib.domain.step import opened as opening
from chalicelib.domain.telling import (
    as_told,
    commands_for_salesforce,
    shown,
    silenced,
    superseded,
    to_compare,
    to_confirm,
    to_enrich,
    to_push,
)
from chalicelib.domain.told import Told


def newcomer(person: PersonId, compiled: Compiled) -> Person:
    """Make a person of whom nothing is known yet."""
    return Person(id=person, version=0, playbook=compiled.model.version, keys=frozenset())


def record(
    compiled: Compiled, persons: Sequence[Person], engagement: Engagement, past: Past, now: Instant
) -> Change:
    """Decide what an engagement makes of the persons that its keys name.

    Several persons become one: the first, which absorbs the others. An engagement that is older than the
    newest, a merge or another playbook tell the whole history again; the result is the same as if everything
    had come in order.
    """
    before, *absorbed = persons
    engagement = _with_brands(compiled, engagement)
    merged = merge(compiled, before, absorbed)
    keys = merged.person.keys | frozenset(engagement.keys)
    entries, head = chain(before.id, before.ledger, engagement, now)
    person = replace(merged.person, version=before.version + 1, keys=keys, ledger=head)
    told = Told(past, engagement)
    if absorbed or _has_to_be_told_again(compiled, before, engagement):
        person = retell(compiled, person, told(person))
    else:
        person = take(compiled, person, engagement)
    person, followed = follow_engagement(compiled, person, engagement, told, past)
    person, opened = open_interests(compiled, with_wins(compiled, person), told, now)
    person, ended = promotions(compiled, person, now)
    duplicates = _duplicates(compiled, merged, past, now)
    ours = (*duplicates, *opened, *followed.to_tell)
    untouched = tuple(past.interest(each.id) for each in merged.untouched)
    person = replace(person, due_at=_due_at(compiled, person, now))
    seen = shown(compiled, before, person, told)
    commands = commands_for_salesforce(compiled, before, person, (*ours, *untouched), seen, now)
    return Change(
        person=as_told(person, commands, now),
        engagement=engagement,
        new_keys=frozenset(engagement.keys) - merged.person.keys,
        absorbed=tuple(absorbed),
        interests=(*followed.told, *ours),
        steps=(
            *(closed_as_duplicate(*each) for each in zip(_stages(merged), duplicates, strict=True)),
            *followed.steps,
            *(opening(each, engagement) for each in opened),
        ),
        commands=(
            *commands,
            *silenced(compiled, persons, person),
            *moves(persons, person, past),
            *handoff_commands(compiled, persons, person, followed.steps, now),
            *ended,
            *to_confirm(compiled, person, engagement),
            *to_enrich(compiled, person, opened),
            *to_compare(compiled, persons, person, now),
            *to_push(compiled, persons, person),
        ),
        entries=entries,
        superseded=superseded(absorbed, commands),
        refused=followed.refused,
    )


def review(compiled: Compiled, before: Person, past: Past, now: Instant) -> Change:
    """Decide what time, or a new playbook, made of a person."""
    person = replace(before, version=before.version + 1)
    told = Told(past, None)
    if before.playbook != compiled.model.version:
        person = retell(compiled, person, told(person))
    person, opened = open_interests(compiled, with_wins(compiled, person), told, now)
    person, ended = promotions(compiled, person, now)
    person = replace(person, due_at=_due_at(compiled, person, now))
    commands = commands_for_salesforce(
        compiled, before, person, opened, shown(compiled, before, person, told), now
    )
    if known_to_salesforce(person) and not commands:
        commands = (person_command(compiled, person, now),)
    return Change(
        person=as_told(person, commands, now),
        interests=opened,
        steps=tuple(opening(each, None) for each in opened),
        commands=(
            *commands,
            *silenced(compiled, [before], person),
            *handoff_commands(compiled, [before], person, (), now),
            *ended,
            *to_enrich(compiled, person, opened),
            *to_compare(compiled, [before], person, now),
        ),
    )


def _due_at(compiled: Compiled, person: Person, now: Instant) -> Instant | None:
    """Tell when something next changes by itself: a number, a bar of promotion, a deadline of sales."""
    times = [
        next_change_at(compiled, person, now),
        *next_mailing_change(compiled, person, now),
        *next_deadline(compiled, person, now),
    ]
    return min((each for each in times if each is not None), default=None)


def _with_brands(compiled: Compiled, engagement: Engagement) -> Engagement:
    """Put the playbook's first brand where a source named none."""
    first = compiled.model.consent.brands[0].name
    consents = tuple(
        each if each.subject.brand else replace(each, subject=replace(each.subject, brand=first))
        for each in engagement.consents
    )
    return replace(engagement, consents=consents)


def _has_to_be_told_again(compiled: Compiled, person: Person, engagement: Engagement) -> bool:
    last = person.score.last
    late = last is not None and engagement.position <= last
    return late or person.playbook != compiled.model.version


def _stages(merged: Merged) -> list[str]:
    return [each.stage for each in merged.duplicates]


def _duplicates(compiled: Compiled, merged: Merged, past: Past, now: Instant) -> tuple[Interest, ...]:
    return tuple(
        replace(
            past.interest(each.id),
            stage=closing_stage(compiled.model.lifecycle, each.stage),
            changed_at=now,
            reason=DUPLICATE,
        )
        for each in merged.duplicates
    )
