"""Transactional e-mails: one message to one person, such as the one that asks to confirm an opt-in.

Source: Marketing Cloud Engagement developer guide, "POST /messaging/v1/email/messages/{messageKey}" (202).
"""

from collections.abc import Mapping
from urllib.parse import quote

from chalicelib.errors import Rejected
from chalicelib.gateways.marketing_cloud.access import Access

MOST_KEY = 100
"""Characters of a message key."""


def send_transactional(
    access: Access,
    definition_key: str,
    to: str,
    attributes: Mapping[str, str],
    *,
    contact_key: str,
    message_key: str,
) -> None:
    """Have one e-mail sent by a send definition.

    Args:
        access: to the platform.
        definition_key: of the send definition.
        to: the e-mail address.
        attributes: by the names that the definition's e-mail uses.
        contact_key: of the contact; the platform makes one that it doesn't know.
        message_key: known for two days: the same message isn't sent twice.

    Raises:
        Rejected: the definition isn't there or isn't active, or the address is none.
        Retryable, Misconfigured: as `refusals` says.
    """
    if not 0 < len(message_key) <= MOST_KEY:
        raise Rejected(f"message key: write 1 to {MOST_KEY} characters")
    recipient = {"contactKey": contact_key, "to": to, "attributes": dict(attributes)}
    content = {"definitionKey": definition_key, "recipient": recipient}
    path = f"/messaging/v1/email/messages/{quote(message_key, safe='')}"
    try:
        answer = access.call("POST", path, content, what="message") or {}
    except Rejected:
        if _is_known(access, path):
            return
        raise
    if answer.get("errorcode"):
        raise Rejected(f"Marketing Cloud message: {answer['errorcode']}")


def _is_known(access: Access, path: str) -> bool:
    """Whether a message of this key was taken before: its repeat is refused, though nothing is wrong."""
    try:
        return access.call("GET", path, what="message") is not None
    except Rejected:
        return False
