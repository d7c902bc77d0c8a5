"""What Journey Builder sends when a contact reaches our activity "Score and hand off".

Source: Marketing Cloud Engagement developer guide, "Custom Activity Configuration", "Extending Activities":
`inArguments` is a list of objects, `keyValue` the contact's key, `activityId` the activity in its journey and
`definitionInstanceId` the contact's way through it. Journey Builder tries up to five times again; a repeat
has the same ids, and so the same engagement.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id, person_key
from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from chalicelib.gateways.marketing_cloud.notifications import CONNECTED, SALESFORCE_ID, SOURCE
from chalicelib.gateways.reading import email, needed_text, plain_list, plain_object, text

KINDS: Mapping[str, str] = {"score": "journey_reached", "hand_off": "journey_handed_off"}
"""By the argument `action`, which the person who built the journey chose on our configuration page."""


def read_execution(claims: Mapping[str, Any], now: Instant) -> Engagement:
    """Read one contact's arrival at the activity; `now` is when it happened, as the platform doesn't say.

    Raises:
        Rejected: an id, the action or everything that names the person is missing.
    """
    arguments = arguments_of(claims)
    action = needed_text(arguments.get("action"), "inArguments.action")
    if action not in KINDS:
        raise Rejected(f"inArguments.action: send {' or '.join(KINDS)}")
    occasion = occasion_of(claims, arguments)
    attributes = {
        "journey": text(claims.get("journeyId")),
        "product_line": text(arguments.get("productLine")),
    }
    return Engagement(
        id=engagement_id(SOURCE, "journey_activity", *occasion),
        kind=KINDS[action],
        occurred_at=now,
        source=SOURCE,
        keys=keys_of(occasion.contact, arguments),
        attributes={name: value for name, value in attributes.items() if value},
    )


class Occasion(NamedTuple):
    """What is the same each time that Journey Builder tries one activity for one contact's way through it."""

    activity: str
    stay: str
    contact: str


def occasion_of(claims: Mapping[str, Any], arguments: Mapping[str, Any]) -> Occasion:
    """Read which contact reached which activity on which way.

    Raises:
        Rejected: an id is missing.
    """
    contact = needed_text(claims.get("keyValue") or arguments.get("contactKey"), "keyValue")
    activity = needed_text(claims.get("activityId") or claims.get("activityObjectID"), "activityId")
    stay = needed_text(claims.get("definitionInstanceId"), "definitionInstanceId")
    return Occasion(activity, stay, contact)


def arguments_of(claims: Mapping[str, Any]) -> dict[str, Any]:
    """Put the argument objects together; the later one wins.

    Raises:
        Rejected: they have another form.
    """
    together: dict[str, Any] = {}
    for each in plain_list(claims.get("inArguments"), "inArguments"):
        together |= plain_object(each, "inArguments")
    return together


def keys_of(contact: str, arguments: Mapping[str, Any]) -> tuple[PersonKey, ...]:
    """Give what the contact may be known by: the record whose id the contact key is, then addresses.

    Raises:
        Rejected: nothing names them.
    """
    keys: list[PersonKey] = []
    if SALESFORCE_ID.fullmatch(contact):
        keys.append(person_key(CONNECTED[contact[:3]], contact))
    for address in (email(arguments.get("emailAddress")), email(contact)):
        if address and person_key("email", address) not in keys:
            keys.append(person_key("email", address))
    if not keys:
        raise Rejected("inArguments.emailAddress: send it where keyValue is no id of a Lead or Contact")
    return tuple(keys)
