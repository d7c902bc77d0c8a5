"""Whether a person may get a mailing now: asked by a journey before it writes.

In this order: the consent ledger, what was bought, what is going on, how much they got already. The first
that forbids it is told.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.instant import Instant
from chalicelib.domain.journey_rules import JourneyRules
from chalicelib.domain.mailing_state import MailingState
from chalicelib.domain.permission import permissions
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled

Hindrance = Literal["no_consent", "bought", "paused", "cap"]


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


def may_send(compiled: Compiled, person: Person | None, purpose: str, line: str, at: Instant) -> Answer:
    """Decide about a mailing.

    Args:
        compiled: the playbook.
        person: nobody where the store does not know them, which is no consent.
        purpose: of the playbook, that the mailing is about.
        line: the product line that it promotes; empty where it promotes none.
        at: now.
    """
    if person is None or not _permitted(compiled, person, purpose):
        return Answer("no_consent")
    rules, state = compiled.model.journeys, person.mailing
    bars = barred_lines(rules, state, at)
    if line in bars:
        return Answer("bought", bars[line], line)
    for name, until in pauses(rules, state, purpose, at):
        return Answer("paused", until, name)
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
    for line, bought_at in state.purchases.items():
        promotion = rules.promotions.get(line)
        if promotion is None:
            continue
        span = promotion.barred_for
        until = None if span is None else Instant(bought_at + span)
        if until is None or at < until:
            bars[line] = until
    return bars


def pauses(
    rules: JourneyRules, state: MailingState, purpose: str, at: Instant
) -> Iterator[tuple[str, Instant]]:
    """Name what pauses mailings of a purpose, and by when it is over at the latest."""
    for pause in rules.pauses:
        if pause.purposes and purpose not in pause.purposes:
            continue
        for key, began_at in state.running.items():
            over = Instant(began_at + pause.longest)
            ended_at = state.ended.get(key)
            is_running = ended_at is None or ended_at < began_at
            if key[0] == pause.name and is_running and at < over:
                yield pause.name, over


def cap_free_at(rules: JourneyRules, state: MailingState, purpose: str, at: Instant) -> Instant | None:
    """Tell when the next mailing may go out, where the cap is reached; None where it is not."""
    cap = rules.cap
    if cap is None or purpose in cap.exempt:
        return None
    recent = [sent_at for sent_at, _ in state.mailings if at - cap.within < sent_at <= at]
    if len(recent) < cap.most:
        return None
    return Instant(recent[cap.most - 1] + cap.within)


def next_mailing_change(compiled: Compiled, person: Person, at: Instant) -> Iterator[Instant]:
    """Give the times at which a bar ends by itself."""
    for until in barred_lines(compiled.model.journeys, person.mailing, at).values():
        if until is not None:
            yield until


def contact_keys(contact_key: str) -> tuple[PersonKey, ...]:
    """Give the keys that Marketing Cloud's contact key may be: a record's id, else a subscriber's."""
    if contact_key.startswith("003"):
        return (person_key("contact", contact_key), person_key("subscriber", contact_key))
    if contact_key.startswith("00Q"):
        return (person_key("lead", contact_key), person_key("subscriber", contact_key))
    return (person_key("subscriber", contact_key),)
