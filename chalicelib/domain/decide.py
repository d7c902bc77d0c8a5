"""What an engagement, or the mere passing of time, makes of a person: a change, decided without any I/O."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.change import Change, Past
from chalicelib.domain.command import Command
from chalicelib.domain.commands import (
    interest_command,
    known_to_salesforce,
    latest_touchpoints,
    person_command,
    suppression_command,
    touchpoint_command,
    touchpoint_kinds,
)
from chalicelib.domain.double_opt_in import confirmation_command
from chalicelib.domain.eligibility import eligible
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.explanation import explain
from chalicelib.domain.history import retell, take
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, PersonId, interest_id
from chalicelib.domain.ledger import chain
from chalicelib.domain.lifecycle import as_opened, follow, steps_of, told_interest
from chalicelib.domain.merging import DUPLICATE, Merged, closing_stage, merge
from chalicelib.domain.person import InterestSummary, Person
from chalicelib.domain.qualification import Compiled, Qualification, grade_of, next_change_at, qualify
from chalicelib.domain.rich_text import rich_text
from chalicelib.domain.scoring import in_order, settled


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
    told = _Told(past, engagement)
    if absorbed or _has_to_be_told_again(compiled, before, engagement):
        person = retell(compiled, person, told(person))
    else:
        person = take(compiled, person, engagement)
    person, followed, refused = _follow(compiled, person, engagement, told, past)
    person, opened = _open(compiled, person, told, now)
    ours = (*_duplicates(compiled, merged, past, now), *opened)
    untouched = tuple(past.interest(each.id) for each in merged.untouched)
    person = replace(person, due_at=next_change_at(compiled, person, now))
    shown = _shown(compiled, before, person, told)
    commands = _commands(compiled, before, person, (*ours, *untouched), shown, now)
    return Change(
        person=_as_told(person, commands, now),
        engagement=engagement,
        new_keys=frozenset(engagement.keys) - merged.person.keys,
        absorbed=tuple(absorbed),
        interests=(*followed, *ours),
        commands=(
            *commands,
            *_silenced(compiled, persons, person),
            *_to_confirm(compiled, person, engagement),
        ),
        entries=entries,
        superseded=_superseded(absorbed, commands),
        refused=refused,
    )


def review(compiled: Compiled, before: Person, past: Past, now: Instant) -> Change:
    """Decide what time, or a new playbook, made of a person."""
    person = replace(before, version=before.version + 1)
    told = _Told(past, None)
    if before.playbook != compiled.model.version:
        person = retell(compiled, person, told(person))
    person, opened = _open(compiled, person, told, now)
    person = replace(person, due_at=next_change_at(compiled, person, now))
    commands = _commands(compiled, before, person, opened, _shown(compiled, before, person, told), now)
    if known_to_salesforce(person) and not commands:
        commands = (person_command(compiled, person, now),)
    return Change(
        person=_as_told(person, commands, now),
        interests=opened,
        commands=(*commands, *_silenced(compiled, [before], person)),
    )


def _with_brands(compiled: Compiled, engagement: Engagement) -> Engagement:
    """Put the playbook's first brand where a source named none."""
    first = compiled.model.consent.brands[0].name
    consents = tuple(
        each if each.subject.brand else replace(each, subject=replace(each.subject, brand=first))
        for each in engagement.consents
    )
    return replace(engagement, consents=consents)


class _Told:
    """The history with the engagement at hand, read at most once."""

    def __init__(self, past: Past, engagement: Engagement | None) -> None:
        self.engagement = engagement
        self._past = past
        self._all: list[Engagement] | None = None

    def __call__(self, person: Person) -> Sequence[Engagement]:
        if self._all is None:
            new = () if self.engagement is None else (self.engagement,)
            self._all = in_order([*self._past.history(person), *new])
        return self._all


def _has_to_be_told_again(compiled: Compiled, person: Person, engagement: Engagement) -> bool:
    last = person.score.last
    late = last is not None and engagement.position <= last
    return late or person.playbook != compiled.model.version


def _follow(
    compiled: Compiled, person: Person, engagement: Engagement, told: _Told, past: Past
) -> tuple[Person, tuple[Interest, ...], str | None]:
    """Follow the steps that people took in Salesforce, where the lifecycle allows them.

    A step that comes late makes the interest take all its steps again, from its opening: a later one that
    was refused may be allowed now.
    """
    named = told_interest(engagement)
    line = next((line for line, each in person.interests.items() if each.id == named), None)
    if named is None or line is None:
        return person, (), None
    lifecycle = compiled.model.lifecycle
    before = past.interest(named)
    steps = steps_of(named, told(person))
    if steps[-1].id == engagement.id:
        followed = follow(lifecycle, before, [engagement])
    else:
        followed = follow(lifecycle, as_opened(lifecycle, before), steps)
    interest, refused = followed.interest, followed.refused.get(engagement.id)
    if interest == before:
        return person, (), refused
    summary = replace(person.interests[line], stage=interest.stage, changed_at=interest.changed_at)
    return replace(person, interests={**person.interests, line: summary}), (interest,), refused


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


def _open(
    compiled: Compiled, person: Person, told: _Told, now: Instant
) -> tuple[Person, tuple[Interest, ...]]:
    opened = tuple(_interest(compiled, person, each, told, now) for each in qualify(compiled, person, now))
    summaries = {
        each.product_line: InterestSummary(each.id, each.number, each.stage, each.changed_at, each.opened_at)
        for each in opened
    }
    return replace(person, interests={**person.interests, **summaries}) if opened else person, opened


def _interest(
    compiled: Compiled, person: Person, qualified: Qualification, told: _Told, now: Instant
) -> Interest:
    line = qualified.product_line
    latest = person.interests.get(line)
    number = 1 if latest is None else latest.number + 1
    explanation = explain(compiled.scoring, told(person), now)
    return Interest(
        id=interest_id(person.id, line, number),
        person=person.id,
        product_line=line,
        number=number,
        stage=compiled.model.lifecycle.handoff_stage,
        gate=qualified.gate,
        opened_at=now,
        changed_at=now,
        score_when_opened=explanation.score.total,
        grade_when_opened=grade_of(compiled, person).grade,
        explanation=rich_text(explanation),
    )


def _shown(compiled: Compiled, before: Person, person: Person, told: _Told) -> Sequence[Engagement]:
    """Pick what sales gets to see: this engagement or, for a person new to Salesforce, the latest ones."""
    if not known_to_salesforce(person):
        return ()
    if not known_to_salesforce(before):
        return latest_touchpoints(compiled, told(person))
    engagement = told.engagement
    return (engagement,) if engagement and engagement.kind in touchpoint_kinds(compiled) else ()


def _commands(
    compiled: Compiled,
    before: Person,
    person: Person,
    interests: Sequence[Interest],
    shown: Sequence[Engagement],
    now: Instant,
) -> tuple[Command, ...]:
    if not known_to_salesforce(person) or not (interests or shown or _differs(before, person)):
        return ()
    return (
        person_command(compiled, person, now),
        *(interest_command(each, person) for each in interests),
        *(touchpoint_command(compiled, person, each) for each in shown),
    )


def _silenced(compiled: Compiled, before: Sequence[Person], person: Person) -> tuple[Command, ...]:
    """Tell the marketing automations at once, not at the next timed sync, when the last permission falls."""
    permitted = any(eligible(compiled, each).eligible for each in before)
    falls = permitted and not eligible(compiled, person).eligible
    return (suppression_command(person),) if falls else ()


def _to_confirm(compiled: Compiled, person: Person, engagement: Engagement) -> tuple[Command, ...]:
    command = confirmation_command(compiled, person, engagement)
    return () if command is None else (command,)


def _as_told(person: Person, commands: Sequence[Command], now: Instant) -> Person:
    """Note for which time the commands tell the person's numbers."""
    return replace(person, told_at=settled(person.score, now)) if commands else person


def _superseded(absorbed: Sequence[Person], commands: Sequence[Command]) -> tuple[tuple[PersonId, str], ...]:
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


def _differs(before: Person, person: Person) -> bool:
    """Whether Salesforce would see another person; a mailing that was merely sent changes nothing there."""
    return (
        before.score.buckets != person.score.buckets
        or before.consents != person.consents
        or before.profile != person.profile
        or before.interests != person.interests
        or before.keys != person.keys
    )
