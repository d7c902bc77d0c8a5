"""Journeys: entry events let contacts in, exits take them out.

Sources, of the Marketing Cloud Engagement developer guide: "POST /interaction/v1/events" (201 or 400), "POST
/interaction/v1/interactions/contactMembership", ".../contactexit" (202, also with errors) and
".../contactexit/status"; "POST /contacts/v1/contacts/actions/delete".
"""

import uuid
from dataclasses import dataclass, field
from typing import Any

from smarketing.sandbox.marketing_cloud.answers import EVENT_FAILED, Answer, Call, error

MOST_CONTACTS = 50
_IGNORED = "Exit request Ignored - Invalid Interaction Name."


@dataclass(slots=True)
class Stay:
    """A contact's way through a journey.

    Attributes:
        data: of the event that let the contact in.
        outcome: what the journey's activity answered last; None before it ran.
    """

    contact: str
    data: dict[str, Any]
    instance: str = field(default_factory=lambda: str(uuid.uuid4()))
    outcome: dict[str, Any] | None = None


@dataclass(slots=True)
class Journey:
    """A published journey of one version.

    Attributes:
        activity: the custom activity in it, as its config.json describes it and with the journey's own
            in-arguments; None if there is none.
    """

    key: str
    name: str
    event_definition_key: str
    activity: dict[str, Any] | None = None
    activity_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    stays: dict[str, Stay] = field(default_factory=dict)
    exited: list[Stay] = field(default_factory=list)


class Journeys:
    """The account's journeys, by the key of their definition."""

    def __init__(self) -> None:
        """Begin without any."""
        self.by_key: dict[str, Journey] = {}
        self.inactive_contacts: set[str] = set()

    def fire(self, call: Call) -> Answer:
        """Let a contact into the journeys that wait for an event."""
        asked = call.object()
        contact, event = asked.get("ContactKey"), asked.get("EventDefinitionKey")
        if not contact or not event:
            return error(400, "ContactKey and EventDefinitionKey are required.", EVENT_FAILED)
        waiting = [each for each in self.by_key.values() if each.event_definition_key == event]
        if not waiting:
            return error(400, "EventDefinitionKey not found.", EVENT_FAILED)
        if contact in self.inactive_contacts:
            return error(400, "The contact is not active.", EVENT_FAILED)
        for journey in waiting:
            journey.stays.setdefault(contact, Stay(contact, dict(asked.get("Data") or {})))
        return Answer(201, {"eventInstanceId": str(uuid.uuid4())})

    def memberships(self, call: Call) -> Answer:
        """Tell which journeys hold contacts."""
        asked = call.object().get("ContactKeyList")
        if not isinstance(asked, list) or not 0 < len(asked) <= MOST_CONTACTS:
            return error(400, f"ContactKeyList is required, with at most {MOST_CONTACTS} contacts.")
        found = [
            {"contactKey": contact, "definitionKey": journey.key, "version": "1"}
            for contact in asked
            for journey in self.by_key.values()
            if contact in journey.stays
        ]
        known = {each["contactKey"] for each in found}
        lost = [contact for contact in asked if contact not in known]
        return Answer(200, {"results": {"contactMemberships": found, "contactsNotFound": lost}})

    def exit(self, call: Call) -> Answer:
        """Take contacts out of journeys; a journey that isn't there is told in a 202."""
        asked = call.body if isinstance(call.body, list) else [call.body]
        if not all(isinstance(each, dict) for each in asked) or len(asked) > MOST_CONTACTS:
            return error(400, f"Send at most {MOST_CONTACTS} contacts.")
        errors = []
        for each in asked:
            contact, definition = str(each.get("ContactKey")), str(each.get("DefinitionKey"))
            journey = self.by_key.get(definition)
            if journey is None:
                status = [{"version": 1, "message": _IGNORED}]
                errors.append({"contactKey": contact, "definitionKey": definition, "status": status})
            elif contact in journey.stays:
                journey.exited.append(journey.stays.pop(contact))
        return Answer(202, {"errors": errors})

    def exit_status(self, call: Call) -> Answer:
        """Tell how far exits are; here they are done at once."""
        asked = call.body if isinstance(call.body, list) else [call.body]
        if not all(isinstance(each, dict) for each in asked) or len(asked) > MOST_CONTACTS:
            return error(400, f"Send at most {MOST_CONTACTS} contacts.")
        return Answer(
            200,
            [
                {
                    "contactKey": each.get("ContactKey"),
                    "definitionKey": each.get("DefinitionKey"),
                    "status": self._status(str(each.get("ContactKey")), str(each.get("DefinitionKey"))),
                }
                for each in asked
            ],
        )

    def _status(self, contact: str, definition: str) -> list[dict[str, Any]]:
        journey = self.by_key.get(definition)
        if journey is None:
            return [{"version": 1, "message": _IGNORED}]
        return [
            {"version": 1, "message": "Exit process Completed.", "definitionInstanceId": each.instance}
            for each in journey.exited
            if each.contact == contact
        ]

    def forget(self, contact: str) -> None:
        """Take a deleted contact out of everything."""
        for journey in self.by_key.values():
            journey.stays.pop(contact, None)
            journey.exited = [each for each in journey.exited if each.contact != contact]
