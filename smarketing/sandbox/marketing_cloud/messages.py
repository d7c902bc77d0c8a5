"""Transactional e-mails: send definitions, and what was sent by them.

Sources, of the Marketing Cloud Engagement developer guide: "POST /messaging/v1/email/messages/{messageKey}"
(202; a message key is known for two days) and "GET /messaging/v1/email/messages/{messageKey}".
"""

import uuid
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.instant import DAY, Duration, Instant, iso
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud.answers import Answer, Call, error

KEY_KNOWN = Duration(2 * DAY)
MOST_KEY = 100


@dataclass(frozen=True, slots=True)
class Message:
    """An e-mail that went out."""

    key: str
    definition: str
    contact: str
    to: str
    attributes: dict[str, str]
    sent_at: Instant


class Messages:
    """What the account sends by itself; send definitions that are active, by key."""

    def __init__(self, clock: SandboxClock) -> None:
        """Begin without definitions."""
        self.definitions: set[str] = set()
        self.sent: dict[str, Message] = {}
        self._clock = clock

    def send(self, call: Call) -> Answer:
        """Send an e-mail, unless one with this key was sent lately."""
        key, asked = call.parameters["key"], call.object()
        recipient = asked.get("recipient")
        if not isinstance(recipient, dict) or not recipient.get("contactKey") or not recipient.get("to"):
            return error(400, "recipient.contactKey and recipient.to are required.")
        if asked.get("definitionKey") not in self.definitions:
            return error(400, "Unable to find the definition for the given definitionKey.")
        if len(key) > MOST_KEY:
            return error(400, f"messageKey has more than {MOST_KEY} characters.")
        earlier = self.sent.get(key)
        if earlier is not None and self._clock() < earlier.sent_at + KEY_KNOWN:
            return error(400, "The messageKey was used already.")
        self.sent[key] = Message(
            key,
            asked["definitionKey"],
            str(recipient["contactKey"]),
            str(recipient["to"]),
            dict(recipient.get("attributes") or {}),
            self._clock(),
        )
        content: dict[str, Any] = {"requestId": str(uuid.uuid4()), "errorcode": 0}
        return Answer(202, content | {"responses": [{"messageKey": key}]})

    def read(self, call: Call) -> Answer:
        """Tell what became of a message."""
        message = self.sent.get(call.parameters["key"])
        if message is None:
            return error(404, "The message doesn't exist.")
        return Answer(
            200,
            {
                "requestId": str(uuid.uuid4()),
                "eventCategoryType": "TransactionalSendEvents.EmailSent",
                "timestamp": iso(message.sent_at).removesuffix("Z"),
                "info": {"messageKey": message.key, "contactKey": message.contact, "to": message.to},
            },
        )
