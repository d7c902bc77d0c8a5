"""What a person did, or what happened to them, at a time: immutable."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NewType, get_args

from chalicelib.domain.consent import Consent
from chalicelib.domain.instant import Instant

EngagementId = NewType("EngagementId", str)
"""32 hex digits: a hash of what makes the engagement unique at its source; a repeat has the same id."""

Value = str | int | float | bool

KeyKind = Literal["email", "lead", "contact", "prospect", "subscriber"]
KEY_KINDS: tuple[str, ...] = get_args(KeyKind)


@dataclass(frozen=True, slots=True, order=True)
class PersonKey:
    """One name under which a system knows a person; make it with `person_key`."""

    kind: KeyKind
    value: str


MOST_KEY_BYTES = 1_000
"""Of a key's value in UTF-8: more than any platform's id or address has, and well below the store's bound."""


def is_storable(key: PersonKey) -> bool:
    """Whether a person can be looked for under the key: it has a text, not too long and well-formed."""
    try:
        return 0 < len(key.value.encode()) <= MOST_KEY_BYTES
    except UnicodeEncodeError:
        return False


@dataclass(frozen=True, slots=True)
class Engagement:
    """One engagement.

    Attributes:
        kind: one of the playbook's engagement kinds, or one that it does not know (kept, never scored).
        keys: at least one; several keys say that they are one person's.
        attributes: what scoring rules may look at, such as `url`, `definition_key`, `product_line`.
        profile: what it tells about the person (`company`, `job_title` ...); a field's newest value wins.
        consents: what it says about whom the person lets write to them.
    """

    id: EngagementId
    kind: str
    occurred_at: Instant
    source: str
    keys: tuple[PersonKey, ...]
    attributes: Mapping[str, Value] = field(default_factory=dict)
    profile: Mapping[str, str] = field(default_factory=dict)
    consents: tuple[Consent, ...] = ()

    @property
    def position(self) -> "Position":
        """Where it stands in the person's history."""
        return (self.occurred_at, self.id)


Position = tuple[Instant, EngagementId]
"""The order of a history: by time, then by id."""


def person_key(kind: KeyKind, value: str) -> PersonKey:
    """Make a key in its one spelling, so that equal people compare equal.

    E-mail addresses are trimmed and lower-cased (Account Engagement keeps their case, Salesforce ignores it);
    Salesforce ids are cut to the 15 characters that identify the record in both of their lengths.
    """
    text = value.strip()
    if kind == "email":
        return PersonKey(kind, text.casefold())
    if kind in ("lead", "contact"):
        return PersonKey(kind, text[:15])
    return PersonKey(kind, text)


def engagement_id(source: str, *unique: str) -> EngagementId:
    """Derive the id from what makes the engagement unique at its source."""
    text = "\x1f".join((source, *unique))
    return EngagementId(hashlib.sha256(text.encode()).hexdigest()[:32])
