"""What a purchase ends at once: the promotion of what was bought, in both marketing automations.

What the automations were told is kept with the person. So it is told again when it would come out otherwise:
the person got a prospect, a Lead or a Contact that was not there before, or the playbook names other lists.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import replace

from chalicelib.domain.command import Command
from chalicelib.domain.commands import promotion_command
from chalicelib.domain.instant import Instant
from chalicelib.domain.journey_rules import Promotion
from chalicelib.domain.may_send import barred_lines
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled

_TOLD_OF = ("contact", "email", "lead", "prospect")
"""Keys under which the automations may know somebody."""


def with_wins(compiled: Compiled, person: Person) -> Person:
    """Note which interests came to a stage of success; an interest that is told otherwise later did not."""
    stages = compiled.model.journeys.bought_stages
    latest = {each.id: each for each in person.interests.values()}
    won = {interest: at for interest, at in person.mailing.won.items() if interest not in latest}
    won |= {each.id: each.changed_at for each in latest.values() if each.stage in stages}
    if won == person.mailing.won:
        return person
    return replace(person, mailing=replace(person.mailing, won=won))


def promotions(compiled: Compiled, person: Person, now: Instant) -> tuple[Person, tuple[Command, ...]]:
    """End the promotion of what was bought, and lift a bar that is over; give the person who was told.

    A bar's end is one of the times at which a person is reviewed.
    """
    rules = compiled.model.journeys
    bars = barred_lines(rules, person.mailing, now)
    told = {line: _said(person, rules.promotions[line]) for line in bars}
    if told == person.mailing.told:
        return person, ()
    commands = tuple(_commands(person, told))
    return replace(person, mailing=replace(person.mailing, told=told)), commands


def _commands(person: Person, told: dict[str, str]) -> Iterator[Command]:
    before = person.mailing.told
    for line in sorted(told):
        if told[line] != before.get(line):
            yield promotion_command(person, line, barred=True)
    for line in sorted(before.keys() - told.keys()):
        yield promotion_command(person, line, barred=False)


def _said(person: Person, promotion: Promotion) -> str:
    """Say in short what is told of whom: 12 hex digits of a hash."""
    keys = sorted(f"{key.kind}:{key.value}" for key in person.keys if key.kind in _TOLD_OF)
    what = (*promotion.journeys, "", *promotion.lists, "", promotion.suppression_list, "", *keys)
    return hashlib.sha256("\x1f".join(what).encode(errors="replace")).hexdigest()[:12]
