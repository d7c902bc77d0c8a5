"""Journeys: let a contact in by an entry event, see which ones hold it, take it out.

Sources, of the Marketing Cloud Engagement developer guide: "POST /interaction/v1/events" (201), "POST
/interaction/v1/interactions/contactMembership", "POST /interaction/v1/interactions/contactexit" (202, also
with errors inside); up to 50 contacts a call.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chalicelib.errors import Rejected
from chalicelib.gateways.marketing_cloud.access import Access
from chalicelib.gateways.marketing_cloud.refusals import without_values

MOST_CONTACTS = 50
"""Of one request."""

Stay = tuple[str, str]
"""A contact's key and the key of a journey's definition, which all versions of the journey share."""


def fire_event(
    access: Access, definition_key: str, contact_key: str, data: Mapping[str, Any] | None = None
) -> str:
    """Let a contact into every journey that waits for an event; give the event instance's id.

    Args:
        access: to the platform.
        definition_key: the EventDefinitionKey, which holds no period.
        contact_key: of the contact.
        data: the event's own values.

    Raises:
        Rejected: there is no such event, or the contact isn't active (400).
        Retryable, Misconfigured: as `refusals` says.
    """
    if "." in definition_key:
        raise Rejected("EventDefinitionKey: write it without a period")
    content = {"ContactKey": contact_key, "EventDefinitionKey": definition_key, "Data": dict(data or {})}
    answer = access.call("POST", "/interaction/v1/events", content, what="entry event")
    return str((answer or {}).get("eventInstanceId", ""))


def stays(access: Access, contact_keys: Sequence[str]) -> list[Stay]:
    """Find the journeys that hold contacts at the moment; asks for 50 contacts with each call.

    Raises:
        Rejected, Retryable, Misconfigured: as `refusals` says.
    """
    found: dict[Stay, None] = {}
    for start in range(0, len(contact_keys), MOST_CONTACTS):
        content = {"ContactKeyList": list(contact_keys[start : start + MOST_CONTACTS])}
        answer = access.call("POST", "/interaction/v1/interactions/contactMembership", content) or {}
        for each in (answer.get("results") or {}).get("contactMemberships") or ():
            found[(str(each["contactKey"]), str(each["definitionKey"]))] = None
    return list(found)


def exit_journeys(access: Access, asked: Sequence[Stay]) -> dict[str, str]:
    """Take contacts out of journeys, in all versions of them; 50 exits with each call.

    Returns:
        Why contacts may still be in a journey, by contact key.

    Raises:
        Rejected, Retryable, Misconfigured: a call failed as a whole.
    """
    failures: dict[str, str] = {}
    for start in range(0, len(asked), MOST_CONTACTS):
        content = [
            {"ContactKey": contact, "DefinitionKey": definition}
            for contact, definition in asked[start : start + MOST_CONTACTS]
        ]
        answer = access.call("POST", "/interaction/v1/interactions/contactexit", content)
        failures |= dict(_failures(answer or {}))
    return failures


def _failures(answer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for error in answer.get("errors") or ():
        told = "; ".join(str(each.get("message", "")) for each in error.get("status") or ())
        yield str(error.get("contactKey")), without_values(told) or "the platform doesn't say why"
