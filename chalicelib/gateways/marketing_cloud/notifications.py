"""Marketing Cloud's Event Notification Service (ENS): its arrays of events, and its handshake.

Names, types and fields: Marketing Cloud Engagement developer guide, "Supported Notification Events" and
"Verify a Callback". There is no event id, so that an event is known by its content; open and click name no
e-mail address, which joins them to the send through `composite.subscriberId`.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from chalicelib.domain.arrival import Arrival, gather
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import (
    Engagement,
    EngagementId,
    KeyKind,
    PersonKey,
    Value,
    engagement_id,
    person_key,
)
from chalicelib.domain.instant import Instant
from chalicelib.domain.message import VerifyCallback
from chalicelib.errors import Rejected
from chalicelib.gateways.reading import email, instant, needed_text, plain_list, plain_object, read_json, text

SOURCE = "marketing_cloud"

KINDS: Mapping[str, str] = {
    "TransactionalSendEvents.EmailSent": "email_sent",
    "TransactionalSendEvents.EmailNotSent": "email_not_sent",
    "TransactionalSendEvents.EmailBounced": "email_bounced",
    "EngagementEvents.EmailOpen": "email_opened",
    "EngagementEvents.EmailClick": "email_clicked",
    "EngagementEvents.EmailUnsubscribe": "email_unsubscribed",
}
"""By `eventCategoryType`; text messages and automations are ignored."""

_ATTRIBUTES: Mapping[str, str] = {
    "contentLink": "url",
    "renderedSubject": "subject",
    "bounceCode": "bounce_type",
    "unsubscribeMethod": "unsubscribe_method",
    "statusMessage": "status",
}
"""By field of `info`."""

CONNECTED: Mapping[str, KeyKind] = {"00Q": "lead", "003": "contact"}
SALESFORCE_ID = re.compile(r"(00Q|003)[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?")
"""With Marketing Cloud Connect the subscriber key is the id of the Lead or Contact."""


def read_notifications(body: bytes, now: Instant) -> Arrival:
    """Read an array of events; the callback's signature is checked already.

    Raises:
        Rejected: the body is no JSON array.
    """
    events = plain_list(read_json(body), "body")
    return gather(SOURCE, "events", events, lambda event: _read_event(event, now))


def read_handshake(body: bytes) -> VerifyCallback | None:
    """Read the request by which Marketing Cloud proves a new callback's URL; None if it is another one.

    It is not signed: the signature key exists only once the callback does.
    """
    if len(body) > 2_000:
        return None
    try:
        match read_json(body):
            case {"callbackId": str(callback), "verificationKey": str(key)} if callback and key:
                return VerifyCallback(text(callback, 255), text(key, 255))
    except Rejected:
        return None
    return None


def _read_event(event: Any, now: Instant) -> Engagement | None:
    event = plain_object(event, "event")
    kind = KINDS.get(needed_text(event.get("eventCategoryType"), "eventCategoryType"))
    if kind is None:
        return None
    info = plain_object(event.get("info"), "info")
    composite = plain_object(event.get("composite"), "composite")
    return Engagement(
        id=_id(event, composite, info),
        kind=kind,
        occurred_at=instant(event.get("timestampUTC"), "timestampUTC", now),
        source=SOURCE,
        keys=_keys(event, composite, info),
        attributes=_attributes(event, composite, info),
        consents=(withdrawal(),) if kind == "email_unsubscribed" else (),
    )


def _id(event: Mapping[str, Any], composite: Mapping[str, Any], info: Mapping[str, Any]) -> EngagementId:
    unique = (composite or event.get("compositeId"), event.get("timestampUTC"), info)
    return engagement_id(
        SOURCE, event["eventCategoryType"], *(json.dumps(each, sort_keys=True) for each in unique)
    )


def _keys(
    event: Mapping[str, Any], composite: Mapping[str, Any], info: Mapping[str, Any]
) -> tuple[PersonKey, ...]:
    keys: list[PersonKey] = []
    subscriber = text(composite.get("subscriberId")) or text(event.get("compositeId")).rpartition(".")[2]
    # A message that was not sent may have no subscriber yet: its composite ends with 0.
    if subscriber and subscriber != "0":
        keys.append(person_key("subscriber", f"{needed_text(event.get('mid'), 'mid')}:{subscriber}"))
    if address := email(info.get("to")):
        keys.append(person_key("email", address))
    subscriber_key = text(info.get("subscriberKey"))
    if SALESFORCE_ID.fullmatch(subscriber_key):
        keys.append(person_key(CONNECTED[subscriber_key[:3]], subscriber_key))
    if not keys:
        raise Rejected("composite.subscriberId: missing, and info.to names nobody")
    return tuple(keys)


def _attributes(
    event: Mapping[str, Any], composite: Mapping[str, Any], info: Mapping[str, Any]
) -> dict[str, Value]:
    attributes: dict[str, Value] = {
        ours: written for theirs, ours in _ATTRIBUTES.items() if (written := text(info.get(theirs), 2_000))
    }
    definition = text(event.get("definitionKey"))
    if definition and definition != "NA":
        attributes["definition_key"] = definition
    if job := text(composite.get("jobId")):
        attributes["job"] = job
    if "bounce_type" in attributes:
        attributes["bounce_type"] = str(attributes["bounce_type"]).lower()
    return attributes
