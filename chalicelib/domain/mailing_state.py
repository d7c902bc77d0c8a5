"""What a person's history says about mailings: what they bought, what is going on, what they got.

Everything here is made of latest and earliest times, so that it does not matter in which order, or how often,
engagements come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.instant import Instant
from chalicelib.domain.journey_rules import JourneyRules

Key = TypeVar("Key")

MOST_KEPT = 32
"""Of mailings: no cap counts more."""


@dataclass(frozen=True, slots=True)
class MailingState:
    """What decides about the next mailing.

    Attributes:
        purchases: the latest of each product line.
        running: by pause and name, when it last began.
        ended: by pause and name, when it last ended.
        mailings: the latest ones, by time and id.
    """

    purchases: Mapping[str, Instant] = field(default_factory=dict)
    running: Mapping[tuple[str, str], Instant] = field(default_factory=dict)
    ended: Mapping[tuple[str, str], Instant] = field(default_factory=dict)
    mailings: tuple[tuple[Instant, EngagementId], ...] = ()


def take(rules: JourneyRules, state: MailingState, engagement: Engagement, line: str | None) -> MailingState:
    """Add an engagement, which belongs to a product line or to none."""
    kind, at = engagement.kind, engagement.occurred_at
    if kind in rules.bought and line is not None:
        state = replace(state, purchases=_later(state.purchases, line, at))
    for pause in rules.pauses:
        name = str(engagement.attributes.get(pause.named_by) or "")
        if name and kind in pause.begins:
            state = replace(state, running=_later(state.running, (pause.name, name), at))
        if name and kind in pause.ends:
            state = replace(state, ended=_later(state.ended, (pause.name, name), at))
    if rules.cap is not None and kind in rules.cap.kinds:
        latest = sorted({*state.mailings, (at, engagement.id)}, reverse=True)
        state = replace(state, mailings=tuple(latest[:MOST_KEPT]))
    return state


def _later(times: Mapping[Key, Instant], key: Key, at: Instant) -> Mapping[Key, Instant]:
    known = times.get(key)
    return {**times, key: at if known is None else max(known, at)}
