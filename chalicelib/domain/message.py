"""What travels on the engagement queue: a few kinds of message, several engagements in one."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.consent import BASES, CHANNELS, KINDS, Consent, Subject
from chalicelib.domain.engagement import KEY_KINDS, Engagement, EngagementId, PersonKey
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.errors import Rejected

MESSAGE_BYTES = 240_000
"""SQS takes 262,144 bytes a message; the rest is left for its attributes."""


@dataclass(frozen=True, slots=True)
class Engagements:
    """Engagements to record, each of them apart from the others."""

    engagements: tuple[Engagement, ...]


@dataclass(frozen=True, slots=True)
class Reread:
    """Records whose change event had a gap: read them from Salesforce again."""

    entity: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VerifyCallback:
    """Marketing Cloud asks us to confirm that its event callback is ours."""

    callback_id: str
    verification_key: str


@dataclass(frozen=True, slots=True)
class Review:
    """Persons whose numbers changed by themselves: time passed or a new playbook was published."""

    persons: tuple[PersonId, ...]


Message = Engagements | Reread | VerifyCallback | Review


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Part of a callback that is no event of its sender's; kept as it came, for a human to look at.

    `decode` rejects it, so that it ends in the dead-letter queue.
    """

    source: str
    reason: str
    """Which field is wrong and the mend; no personal data."""
    raw: str


def engagement_to_json(engagement: Engagement) -> dict[str, Any]:
    """Turn an engagement into plain JSON values; empty parts are left out."""
    plain: dict[str, Any] = {
        "id": engagement.id,
        "kind": engagement.kind,
        "at": engagement.occurred_at,
        "source": engagement.source,
        "keys": [[key.kind, key.value] for key in engagement.keys],
    }
    for name in ("attributes", "profile"):
        if part := getattr(engagement, name):
            plain[name] = dict(part)
    if engagement.consents:
        plain["consents"] = [consent_to_json(each) for each in engagement.consents]
    return plain


def engagement_from_json(plain: dict[str, Any]) -> Engagement:
    """Read back what `engagement_to_json` wrote.

    Raises:
        Rejected: a part is missing or of the wrong type.
    """
    try:
        return Engagement(
            id=EngagementId(plain["id"]),
            kind=plain["kind"],
            occurred_at=Instant(int(plain["at"])),
            source=plain["source"],
            keys=tuple(_key(kind, value) for kind, value in plain["keys"]),
            attributes=plain.get("attributes", {}),
            profile=plain.get("profile", {}),
            consents=tuple(consent_from_json(each) for each in plain.get("consents", ())),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise Rejected(f"engagement: {type(error).__name__} at {error}; send it through a route") from None


def consent_to_json(consent: Consent) -> dict[str, Any]:
    """Turn a consent into plain JSON values."""
    subject = consent.subject
    plain: dict[str, Any] = {
        "subject": [subject.channel, subject.purpose, subject.brand],
        "kind": consent.kind,
    }
    if consent.basis is not None:
        plain["basis"] = consent.basis
    if consent.evidence:
        plain["evidence"] = dict(consent.evidence)
    return plain


def consent_from_json(plain: dict[str, Any]) -> Consent:
    """Read back what `consent_to_json` wrote.

    Raises:
        KeyError, TypeError, ValueError: a part is missing or of the wrong type.
    """
    channel, purpose, brand = plain["subject"]
    kind, basis = plain["kind"], plain.get("basis")
    if channel not in CHANNELS or kind not in KINDS or (basis is not None and basis not in BASES):
        raise ValueError("consents")
    return Consent(Subject(channel, str(purpose), str(brand)), kind, basis, dict(plain.get("evidence", {})))


def _key(kind: Any, value: str) -> PersonKey:
    if kind not in KEY_KINDS:
        raise ValueError("keys")
    return PersonKey(kind, value)


def encode(message: Message) -> str:
    """Write a message as the body of a queue entry."""
    match message:
        case Engagements(engagements):
            body: dict[str, Any] = {"engagements": [engagement_to_json(each) for each in engagements]}
        case Reread(entity, ids):
            body = {"reread": {"entity": entity, "ids": list(ids)}}
        case VerifyCallback(callback_id, verification_key):
            body = {"verify_callback": {"id": callback_id, "key": verification_key}}
        case Review(persons):
            body = {"review": list(persons)}
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False)


def decode(body: str) -> Message:
    """Read the body of a queue entry.

    Raises:
        Rejected: it is no message of ours.
    """
    try:
        plain = json.loads(body)
        match plain:
            case {"engagements": list(items)}:
                return Engagements(tuple(engagement_from_json(item) for item in items))
            case {"reread": {"entity": str(entity), "ids": list(ids)}}:
                return Reread(entity, tuple(ids))
            case {"verify_callback": {"id": str(callback_id), "key": str(verification_key)}}:
                return VerifyCallback(callback_id, verification_key)
            case {"review": list(persons)}:
                return Review(tuple(persons))
            case {"unreadable": [{"source": str(source), "reason": str(reason)}, *_]}:
                raise Rejected(f"unreadable from {source}: {reason}")
    except (ValueError, RecursionError):
        raise Rejected("message: not JSON") from None
    raise Rejected("message: none of engagements, reread, verify_callback, review")


def pack(engagements: Iterable[Engagement], most: int = 100) -> Iterator[str]:
    """Pack engagements, in their order, into as few message bodies as size and `most` a message allow."""
    written = (
        json.dumps(engagement_to_json(engagement), separators=(",", ":"), ensure_ascii=False)
        for engagement in engagements
    )
    return _pack("engagements", written, most)


def pack_unreadable(unreadable: Iterable[Unreadable]) -> Iterator[str]:
    """Pack what could not be read into message bodies; one that is longer than a message is cut."""
    written = (
        json.dumps(
            {"source": each.source, "reason": each.reason, "raw": _cut(each.raw)}, separators=(",", ":")
        )
        for each in unreadable
    )
    return _pack("unreadable", written, most=100)


def _cut(raw: str) -> str:
    # Escaping makes a character six bytes at most.
    return raw if len(raw) * 6 < MESSAGE_BYTES - 10_000 else raw[: (MESSAGE_BYTES - 10_000) // 6]


def _pack(name: str, written: Iterable[str], most: int) -> Iterator[str]:
    parts: list[str] = []
    size = 0
    for part in written:
        weight = len(part.encode()) + 1
        if parts and (len(parts) == most or size + weight > MESSAGE_BYTES):
            yield _body(name, parts)
            parts, size = [], 0
        parts.append(part)
        size += weight
    if parts:
        yield _body(name, parts)


def _body(name: str, parts: list[str]) -> str:
    return f'{{"{name}":[' + ",".join(parts) + "]}"
