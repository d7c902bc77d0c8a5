"""What is left of somebody who was erased: keyed hashes of their keys, so that nothing brings them back.

GDPR article 17(3)(b) and (e): that an erasure was done, and must not be undone by the next import, has to be
known afterwards. A keyed hash says it without saying who it was; without its key nobody can try addresses
out.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from chalicelib.domain.consent import Consent, confirmed_at
from chalicelib.domain.engagement import Engagement, PersonKey
from chalicelib.domain.instant import Instant

OWN_FORM = "smarketing"
"""The source of what people say on our own pages."""


@dataclass(frozen=True, slots=True)
class ErasedKey:
    """A key whose person was erased: when, and by which erasure."""

    at: Instant
    erasure: str


ErasedKeys = Mapping[PersonKey, ErasedKey]


def mark_of(erasure_key: str, key: PersonKey) -> str:
    """Name a key without telling it: 64 hex digits, HMAC-SHA256 of `kind:value` in UTF-8."""
    return hmac.new(erasure_key.encode(), f"{key.kind}:{key.value}".encode(), hashlib.sha256).hexdigest()


def admitted(engagement: Engagement, erased: ErasedKeys, owned: Collection[PersonKey]) -> Engagement | None:
    """Decide what may be recorded of an engagement, some of whose keys are those of the erased.

    Whoever comes back of their own will is welcome: by a double opt-in that was confirmed after the erasure,
    or by asking for one on our own page, which is answered by one mail and nothing else. Anything else is
    dropped; where it also tells of somebody who is not erased, it is recorded for them alone.

    Args:
        erased: the keys that are marked, and that nobody owns.
        owned: keys that somebody has.

    Returns:
        The engagement, perhaps with fewer keys; None where nothing of it may be kept.
    """
    marked = [erased[key] for key in engagement.keys if key in erased]
    if not marked or _is_return(engagement, max(each.at for each in marked)):
        return engagement
    others = tuple(key for key in engagement.keys if key not in erased)
    if any(key in owned for key in others):
        return replace(engagement, keys=others)
    return None


def _is_return(engagement: Engagement, erased_at: Instant) -> bool:
    return any(_wanted_at(each, engagement) > erased_at for each in engagement.consents)


def _wanted_at(consent: Consent, engagement: Engagement) -> Instant:
    """Tell when a consent was given by the person's own will; the beginning of time where it was not."""
    if consent.kind == "requested" and engagement.source == OWN_FORM:
        return engagement.occurred_at
    return confirmed_at(consent, engagement.occurred_at) or Instant(0)


RecordsTo = Literal["delete", "anonymise"]
"""What becomes of Leads and Contacts: a law of retention may bind the company to keep a customer's."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """An erasure: what is done of it, and what it waits for. Holds no word about whose it is.

    Attributes:
        id: of the erasure; a keyed hash.
        begun_at: since when nothing is recorded for the person any more.
        records_to: what becomes of Leads and Contacts.
        settled_at: by when a delivery that was under way has ended.
        done: by step, what was deleted; counts.
        waiting_for: ids of deletions that a platform does in its own time, by platform.
        finished_at: when nothing was left any more.
    """

    id: str
    begun_at: Instant
    records_to: RecordsTo
    settled_at: Instant
    done: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    waiting_for: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    finished_at: Instant | None = None


def erasure_id(erasure_key: str, about: str) -> str:
    """Name an erasure by a keyed hash of what it is about: a person id, else a key; 32 hex digits."""
    return hmac.new(erasure_key.encode(), f"erasure:{about}".encode(), hashlib.sha256).hexdigest()[:32]
