"""The demo's happenings as the senders tell them: each platform's own wire format, signed, over HTTP."""

import base64
import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from chalicelib.domain.instant import DAY, HOUR, Instant, iso
from smarketing.demo.proofs import consents
from smarketing.demo.year import Happening

BUSINESS_UNIT = 7_300_412
ENTERPRISE = 7_300_000
WINDOW = {"marketing_cloud": 6 * HOUR, "account_engagement": 12 * HOUR, "website": 8 * HOUR}
"""How long a sender gathers events before it posts them."""
MOST = {"marketing_cloud": 1_000, "account_engagement": 200, "website": 100}

Fate = Literal["good", "repeated", "forged", "malformed"]


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request to the front door, to be made at `at`; it carries `engagements`."""

    at: Instant
    path: str
    headers: dict[str, str]
    body: bytes
    engagements: int
    fate: Fate = "good"


@dataclass(frozen=True, slots=True)
class Keys:
    """What the senders sign with."""

    ens_signature_key: str
    intake_key_id: str
    intake_secret: str


Arrival = tuple[Instant, Happening]


def arrivals(random: Random, happenings: Iterable[Happening], late_share: float = 0.03) -> Iterator[Arrival]:
    """Say when each happening is told; some are told up to three days late, so that their order breaks."""
    for happening in happenings:
        late = random.random() * 3 * DAY if random.random() < late_share else 0
        yield Instant(happening.at + int(late)), happening


def calls(told: Iterable[Arrival], keys: Keys) -> Iterator[Call]:
    """Gather happenings by channel and window into signed requests."""
    windows: dict[tuple[str, int], list[Happening]] = defaultdict(list)
    for at, happening in told:
        windows[happening.channel, at // WINDOW[happening.channel]].append(happening)
    for (channel, window), happenings in windows.items():
        at = Instant((window + 1) * WINDOW[channel])
        for start in range(0, len(happenings), MOST[channel]):
            yield _SENDERS[channel](at, happenings[start : start + MOST[channel]], keys)


def mishaps(random: Random, good: list[Call], keys: Keys) -> Iterator[Call]:
    """Add what goes wrong on real lines: repeats of whole requests, forged signatures, garbage."""
    for call in good:
        yield call
        chance = random.random()
        if chance < 0.02:
            yield replace(_sign_again(call, keys, Instant(call.at + HOUR)), fate="repeated")
        elif chance < 0.03:
            forged = {name: _forge(name, value) for name, value in call.headers.items()}
            yield replace(call, headers=forged, fate="forged")
        elif chance < 0.034:
            broken = replace(call, body=call.body[: len(call.body) // 2])
            yield replace(_sign_again(broken, keys, call.at), fate="malformed")


def sign_intake(body: bytes, at: Instant, key_id: str, secret: str) -> dict[str, str]:
    """Sign a body for the signed JSON intakes; the clock of the signature is `at`, in whole seconds."""
    timestamp = str(at // 1000)
    digest = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Smarketing-Key": key_id,
        "X-Smarketing-Timestamp": timestamp,
        "X-Smarketing-Signature": f"v1={digest}",
    }


def sign_ens(body: bytes, key: str) -> dict[str, str]:
    """Sign a body as Marketing Cloud's Event Notification Service does."""
    digest = hmac.new(key.encode(), body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "x-sfmc-ens-signature": base64.b64encode(digest).decode(),
    }


def _sign_again(call: Call, keys: Keys, at: Instant) -> Call:
    if call.path == "/marketing-cloud/events":
        headers = sign_ens(call.body, keys.ens_signature_key)
    else:
        headers = sign_intake(call.body, at, keys.intake_key_id, keys.intake_secret)
    return replace(call, at=at, headers=headers)


def _forge(name: str, value: str) -> str:
    if not name.lower().endswith("signature"):
        return value
    return value[:-6] + ("AAAAA=" if value.endswith("=") else "000000")


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


_ENS_TYPES = {
    "email_sent": "TransactionalSendEvents.EmailSent",
    "email_bounced": "TransactionalSendEvents.EmailBounced",
    "email_opened": "EngagementEvents.EmailOpen",
    "email_clicked": "EngagementEvents.EmailClick",
    "email_unsubscribed": "EngagementEvents.EmailUnsubscribe",
}
_BROWSER = {"ipAddress": "192.0.2.17", "userAgent": "Mozilla/5.0", "location": {}}


def _marketing_cloud(at: Instant, happenings: list[Happening], keys: Keys) -> Call:
    body = _json([_ens_event(happening) for happening in happenings])
    headers = sign_ens(body, keys.ens_signature_key)
    return Call(at, "/marketing-cloud/events", headers, body, len(happenings))


def _ens_event(happening: Happening) -> dict[str, Any]:
    job = str(happening.details["job"])
    return {
        "eventCategoryType": _ENS_TYPES[happening.kind],
        "timestampUTC": happening.at,
        "compositeId": f"{job}.1.9.{happening.who.subscriber}.{job}",
        "composite": {
            "jobId": job,
            "batchId": "1",
            "listId": "9",
            "subscriberId": happening.who.subscriber,
            "emailId": job,
        },
        "definitionKey": happening.details["definition_key"],
        "definitionId": job,
        "mid": BUSINESS_UNIT,
        "eid": ENTERPRISE,
        "info": _ens_info(happening),
    }


def _ens_info(happening: Happening) -> dict[str, Any]:
    match happening.kind:
        case "email_sent":
            return {"to": happening.who.email, "renderedSubject": happening.details.get("subject", "")}
        case "email_bounced":
            return {"to": happening.who.email, "bounceCode": "HARD"}
        case "email_clicked":
            return _BROWSER | {"jobUrlId": "1", "contentLink": happening.details["url"]}
        case _:
            return dict(_BROWSER)


_ACTIVITY_TYPES = {
    "session_visited": (20, "Visit"),
    "page_viewed": (2, "Page View"),
    "webinar_registered": (25, "Webinar"),
    "webinar_attended": (24, "Webinar"),
    "form_submitted": (4, "Form"),
}


def _account_engagement(at: Instant, happenings: list[Happening], keys: Keys) -> Call:
    people = {happening.who.prospect: happening.who for happening in happenings}
    body = _json(
        {
            "visitorActivities": [_activity(happening) for happening in happenings],
            "prospects": [
                {
                    "id": int(prospect),
                    "email": who.email,
                    "firstName": who.first_name,
                    "lastName": who.last_name,
                    "company": who.company.name,
                    "jobTitle": who.job_title,
                    "optedOut": False,
                    "isDoNotEmail": False,
                    "updatedAt": _offset_time(at),
                }
                for prospect, who in people.items()
            ],
        }
    )
    headers = sign_intake(body, at, keys.intake_key_id, keys.intake_secret)
    return Call(at, "/account-engagement/activities", headers, body, len(happenings))


def _activity(happening: Happening) -> dict[str, Any]:
    number, name = _ACTIVITY_TYPES[happening.kind]
    unique = hashlib.sha256(f"{happening.who.prospect}{happening.at}{number}".encode()).hexdigest()
    return {
        "id": int(unique[:12], 16),
        "type": number,
        "typeName": name,
        "prospectId": int(happening.who.prospect),
        "createdAt": _offset_time(happening.at),
        "details": str(happening.details.get("url", "")),
        "formId": 4_711 if happening.kind == "form_submitted" else None,
    }


def _offset_time(at: Instant) -> str:
    return iso(at)[:19] + "+00:00"


def _website(at: Instant, happenings: list[Happening], keys: Keys) -> Call:
    body = _json({"engagements": [_hit(happening) for happening in happenings]})
    headers = sign_intake(body, at, keys.intake_key_id, keys.intake_secret)
    return Call(at, "/intake/website", headers, body, len(happenings))


_WITH_PROFILE = (
    "opted_in",
    "brochure_downloaded",
    "price_list_downloaded",
    "demo_requested",
    "quote_requested",
)


def _hit(happening: Happening) -> dict[str, Any]:
    who = happening.who
    hit: dict[str, Any] = {
        "id": f"{happening.kind}-{who.number}-{happening.at}",
        "kind": happening.kind,
        "occurred_at": iso(happening.at),
        "keys": {"email": who.email},
        "attributes": happening.details,
    }
    if happening.permits:
        hit["consents"] = list(consents(happening.permits, happening.at, f"{who.number}-{happening.at}"))
    if happening.kind in _WITH_PROFILE:
        hit["profile"] = {
            "first_name": who.first_name,
            "last_name": who.last_name,
            "salutation": who.salutation,
            "company": who.company.name,
            "job_title": who.job_title,
            "department": who.department,
            "industry": who.company.industry,
            "country": who.company.country,
            "employees": str(who.company.employees),
        }
    return hit


_SENDERS: dict[str, Callable[[Instant, list[Happening], Keys], Call]] = {
    "marketing_cloud": _marketing_cloud,
    "account_engagement": _account_engagement,
    "website": _website,
}
