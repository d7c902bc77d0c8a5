"""Turns the consents of a plan into engagements, which go into the ledger the way of all others."""

import json
from typing import Any, TypeVar, get_args

from chalicelib.domain.consent import BASES, CHANNELS, Basis, Consent, ConsentKind, Subject
from chalicelib.domain.engagement import Engagement, KeyKind, PersonKey, engagement_id, person_key
from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from smarketing.cleansing.proposal import Proposal

_Word = TypeVar("_Word", bound=str)
_KEYS: tuple[KeyKind, ...] = get_args(KeyKind)
_TOLD: tuple[ConsentKind, ...] = ("imported", "withdrawn")

SOURCE = "cleansing"
KIND = "consent_imported"
"""No kind of the playbook's: it is kept and neither scored nor shown to sales."""


def engagement_of(proposal: Proposal, org: str, now: Instant) -> Engagement:
    """Make the engagement that tells a consent.

    Its id comes from what the record says, not from when it was read: another plan that finds the same tells
    nothing new, and can't take back what the person said since.

    Args:
        now: when the plan was made; it stands for a time that nobody knows.

    Raises:
        Rejected: the row holds no consent.
    """
    try:
        detail = json.loads(proposal.detail)
        channel, purpose, brand = proposal.field.partition(" ")[2].split("/")
        subject = Subject(_one_of(channel, CHANNELS), purpose, brand)
        return Engagement(
            id=engagement_id(
                SOURCE, org, proposal.record[:15], proposal.field, proposal.after, proposal.before
            ),
            kind=KIND,
            occurred_at=now if detail["at"] is None else Instant(int(detail["at"])),
            source=SOURCE,
            keys=tuple(_key(kind, value) for kind, value in detail["keys"]),
            consents=(_consent(subject, proposal, detail),),
        )
    except (ValueError, KeyError, TypeError):
        raise Rejected(f"row {proposal.number}: holds no consent; make the plan again") from None


def _consent(subject: Subject, proposal: Proposal, detail: dict[str, Any]) -> Consent:
    basis: Basis | None = None if detail["basis"] is None else _one_of(detail["basis"], BASES)
    evidence = {str(name): str(text) for name, text in detail["evidence"].items()}
    return Consent(subject, _one_of(proposal.after, _TOLD), basis, evidence)


def _key(kind: str, value: str) -> PersonKey:
    return person_key(_one_of(kind, _KEYS), value)


def _one_of(text: str, words: tuple[_Word, ...]) -> _Word:
    """Give the one of the words that a text is; raises ValueError where it is none."""
    return words[words.index(text)]
