"""Whether a person may get a mailing now: asked by a journey before it writes.

In this order: the consent ledger, what was bought, what is going on, how much they got already. The first
that forbids it is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.engagement import EngagementId
from chalicelib.domain.instant import Instant
from chalicelib.domain.journey_rules import JourneyRules, Pause
from chalicelib.domain.mailing_cap import cap_free_at
from chalicelib.domain.mailing_state import MailingState, bought
from chalicelib.domain.permission import permissions
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled

Hindrance = Literal["no_consent", "bought", "paused", "cap", "unavailable"]
"""The last one: nobody could look."""

Branch = Literal["send", "wait", "stop"]
"""What a journey does with an answer: writes, asks again later, or writes no more."""

_STOPPING: frozenset[Hindrance] = frozenset({"no_consent", "bought"})


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether to send.

    Attributes:
        hindrance: what forbids it; None where nothing does.
        until: when that is over by itself; None where it isn't, or nobody knows.
        detail: of the hindrance: the pause's name, or the product line.
    """

    hindrance: Hindrance | None = None
    until: Instant | None = None
    detail: str = ""

    @property
    def allowed(self) -> bool:
        """Whether nothing forbids it."""
        return self.hindrance is None

    @property
    def branch(self) -> Branch:
        """What the journey that asked is to do."""
        if self.hindrance is None:
            return "send"
        return "stop" if self.hindrance in _STOPPING else "wait"


def may_send(
    compiled: Compiled,
    person: Person | None,
    purpose: str,
    line: str,
    at: Instant,
    asked: EngagementId | None = None,
) -> Answer:
    """Decide about a mailing.

    Args:
        compiled: the playbook.
        person: nobody where the store does not know them, which is no consent.
        purpose: of the playbook, that the mailing is about.
        line: the product line that it promotes; empty where it promotes none.
        at: now.
        asked: by which the permission is known that is asked for: whoever has it, has their place under the
            cap already.
    """
    if person is None or not _permitted(compiled, person, purpose):
        return Answer("no_consent")
    rules, state = compiled.model.journeys, person.mailing
    bars = barred_lines(rules, state, at)
    if line in bars:
        return Answer("bought", bars[line], line)
    for pause, until in running_pauses(rules, state, at):
        if not pause.purposes or purpose in pause.purposes:
            return Answer("paused", until, pause.name)
    if any(permission == asked for _, permission, _ in state.permissions):
        return Answer()
    free_at = cap_free_at(rules, state, purpose, at)
    return Answer("cap", free_at) if free_at is not None else Answer()


def _permitted(compiled: Compiled, person: Person, purpose: str) -> bool:
    return any(
        standing.granted and subject.channel == "email"
        for each in compiled.model.purposes
        if each.name == purpose
        for subject, standing in permissions(compiled.model, person, each)
    )


def barred_lines(rules: JourneyRules, state: MailingState, at: Instant) -> dict[str, Instant | None]:
    """Name the product lines whose promotion a purchase bars, and until when; None: for good."""
    bars: dict[str, Instant | None] = {}
    for line, bought_at in bought(state).items():
        promotion = rules.promotions.get(line)
        if promotion is None:
            continue
        span = promotion.barred_for
        until = None if span is None else Instant(bought_at + span)
        if until is None or at < until:
            bars[line] = until
    return bars


def running_pauses(rules: JourneyRules, state: MailingState, at: Instant) -> Iterator[tuple[Pause, Instant]]:
    """Give what pauses mailings, and by when it is over at the latest; the longest of several, each once."""
    for pause in rules.pauses:
        ends = [
            Instant(began_at + pause.longest)
            for key, began_at in state.running.items()
            if key[0] == pause.name
            and state.ended.get(key, Instant(began_at - 1)) < began_at
            and at < began_at + pause.longest
        ]
        if ends:
            yield pause, max(ends)


def paused_purposes(compiled: Compiled, state: MailingState, at: Instant) -> tuple[str, ...]:
    """Name the purposes of mailings that wait, in the playbook's order."""
    running = [pause for pause, _ in running_pauses(compiled.model.journeys, state, at)]
    return tuple(
        purpose.name
        for purpose in compiled.model.purposes
        if purpose.marketing and any(not each.purposes or purpose.name in each.purposes for each in running)
    )


def next_mailing_change(compiled: Compiled, person: Person, at: Instant) -> Iterator[Instant]:
    """Give the times at which a bar, or a pause that nobody ends, is over by itself."""
    rules = compiled.model.journeys
    for until in barred_lines(rules, person.mailing, at).values():
        if until is not None:
            yield until
    for _, until in running_pauses(rules, person.mailing, at):
        yield until
