"""How many mailings a person got, or is about to get, and when there may be another one.

A journey that may write has its place under the cap at once, before anything is sent: else two that ask at
the same moment would both write. Once its mailing is told, that takes the permission's place.
"""

from collections.abc import Iterator

from chalicelib.domain.instant import Instant
from chalicelib.domain.journey_rules import Cap, JourneyRules
from chalicelib.domain.mailing_state import MailingState


def cap_free_at(rules: JourneyRules, state: MailingState, purpose: str, at: Instant) -> Instant | None:
    """Tell when the next mailing may go out, where the cap is reached; None where it is not."""
    cap = rules.cap
    if cap is None or purpose in cap.exempt:
        return None
    counted = sorted(over for over in _counted(cap, state, at))
    return counted[len(counted) - cap.most] if len(counted) >= cap.most else None


def _counted(cap: Cap, state: MailingState, at: Instant) -> Iterator[Instant]:
    """Give for each mailing, sent or permitted, that counts at a time, until when it does."""
    for sent_at, _, _ in state.mailings:
        if sent_at <= at < sent_at + cap.within:
            yield Instant(sent_at + cap.within)
    for permitted_at in unused(cap, state):
        if permitted_at <= at < permitted_at + cap.kept_for:
            yield Instant(permitted_at + cap.kept_for)


def unused(cap: Cap, state: MailingState) -> list[Instant]:
    """Give the times of the permissions that no mailing used up.

    In the order of time, a mailing uses up the oldest permission that its own platform got, unless that was
    too long ago. The other platform's mailings have not asked, and leave permissions to those that did.
    """
    waiting = sorted(state.permissions)
    for sent_at, _, source in sorted(state.mailings):
        for permission in waiting:
            permitted_at, _, asker = permission
            if asker == source and permitted_at <= sent_at < permitted_at + cap.kept_for:
                waiting.remove(permission)
                break
    return [permitted_at for permitted_at, _, _ in waiting]
