"""What a person's history says about mailings: what they bought, what is going on, what they got.

What engagements tell is made of latest times and of sets, so that it does not matter in which order, or how
often, they come.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId, opened_by
from chalicelib.domain.journey_rules import JourneyRules

Key = TypeVar("Key")

PERMITTED = "mailing_permitted"
"""The kind of engagement by which a journey was told that it may write."""

MOST_KEPT = 32
"""Of mailings and of permissions: no cap counts more."""

MOST_GOING_ON = 64
"""Of what pauses mailings: those that began or ended last."""

_LONG_ID = re.compile(r"[A-Za-z0-9]{18}")

Mailing = tuple[Instant, EngagementId, str]
"""When it was sent or permitted, by which engagement, and the source that told or asked."""


@dataclass(frozen=True, slots=True)
class MailingState:
    """What decides about the next mailing.

    Attributes:
        purchases: the latest of each product line that an engagement told.
        running: by pause and name, when it last began.
        ended: by pause and name, when it last ended.
        mailings: the latest ones that went out, the newest first.
        permissions: the latest ones that journeys got, the newest first.
        won: when interests came to a stage of success; no engagement tells it again.
        told: of product lines whose promotion the automations were told to end, what exactly they were told.
    """

    purchases: Mapping[str, Instant] = field(default_factory=dict)
    running: Mapping[tuple[str, str], Instant] = field(default_factory=dict)
    ended: Mapping[tuple[str, str], Instant] = field(default_factory=dict)
    mailings: tuple[Mailing, ...] = ()
    permissions: tuple[Mailing, ...] = ()
    won: Mapping[InterestId, Instant] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


def take(rules: JourneyRules, state: MailingState, engagement: Engagement, line: str | None) -> MailingState:
    """Add an engagement, which belongs to a product line or to none."""
    kind, at = engagement.kind, engagement.occurred_at
    mailing = (at, engagement.id, engagement.source)
    if kind in rules.bought and line is not None:
        state = replace(state, purchases=_later(state.purchases, line, at))
    for pause in rules.pauses:
        name = _name(engagement, pause.named_by)
        if name and kind in pause.begins:
            state = replace(state, running=_later(state.running, (pause.name, name), at))
        if name and kind in pause.ends:
            state = replace(state, ended=_later(state.ended, (pause.name, name), at))
    if rules.cap is not None and kind in rules.cap.kinds:
        state = replace(state, mailings=_with(state.mailings, mailing))
    if kind == PERMITTED:
        state = replace(state, permissions=_with(state.permissions, mailing))
    return _latest(state)


def untold(state: MailingState) -> MailingState:
    """Forget what engagements told, to tell them again; what else happened stays."""
    return MailingState(won=state.won, told=state.told)


def together(states: Iterable[MailingState]) -> MailingState:
    """Put together what no engagement tells of persons who are one, the survivor's first.

    What not all of the automations' records were told is told again.
    """
    states = list(states)
    lines = {line for each in states for line in each.told}
    return replace(
        states[0],
        won={interest: at for each in states for interest, at in each.won.items()},
        told={line: _agreed([each.told.get(line, "") for each in states]) for line in sorted(lines)},
    )


def bought(state: MailingState) -> Mapping[str, Instant]:
    """Tell when each product line was bought last, by whatever sign."""
    latest = dict(state.purchases)
    for interest, at in state.won.items():
        _, line, _ = opened_by(interest)
        latest[line] = max(at, latest.get(line, at))
    return latest


def _name(engagement: Engagement, attribute: str) -> str:
    """Read what a pause is about; a record of Salesforce is named by the 15 characters that it always has."""
    told = str(engagement.attributes.get(attribute) or "")
    return told[:15] if _LONG_ID.fullmatch(told) else told


def _agreed(told: list[str]) -> str:
    return told[0] if len(set(told)) == 1 else ""


def _with(known: tuple[Mailing, ...], new: Mailing) -> tuple[Mailing, ...]:
    return tuple(sorted({*known, new}, reverse=True)[:MOST_KEPT])


def _later(times: Mapping[Key, Instant], key: Key, at: Instant) -> Mapping[Key, Instant]:
    known = times.get(key)
    return {**times, key: at if known is None else max(known, at)}


def _latest(state: MailingState) -> MailingState:
    """Forget the oldest of what was going on: a service contact has cases by the hundred."""
    keys = state.running.keys() | state.ended.keys()
    if len(keys) <= MOST_GOING_ON:
        return state
    last = {key: max(state.running.get(key, 0), state.ended.get(key, 0)) for key in keys}
    kept = set(sorted(keys, key=lambda key: (last[key], key), reverse=True)[:MOST_GOING_ON])
    return replace(
        state,
        running={key: at for key, at in state.running.items() if key in kept},
        ended={key: at for key, at in state.ended.items() if key in kept},
    )
