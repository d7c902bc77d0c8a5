"""Delete contacts altogether, as somebody may ask for who wants to be forgotten.

Source: Marketing Cloud Engagement developer guide, "POST /contacts/v1/contacts/actions/delete?type=keys": it
takes the contacts out of all journeys and data extensions that the contact model knows, within days.
"""

from collections.abc import Sequence

from chalicelib.errors import Rejected
from chalicelib.gateways.marketing_cloud.access import Access

MOST = 50
"""Contacts of one call, which is synchronous up to its queueing."""


def delete_contacts(access: Access, contact_keys: Sequence[str]) -> list[str]:
    """Have contacts deleted, with everything that hangs on them; give the ids of the operations.

    Raises:
        Rejected: the operation was not begun, such as where contact deletion isn't switched on.
        Retryable, Misconfigured: as `refusals` says.
    """
    operations = []
    for start in range(0, len(contact_keys), MOST):
        content = {
            "values": list(contact_keys[start : start + MOST]),
            "DeleteOperationType": "ContactAndAttributes",
        }
        path = "/contacts/v1/contacts/actions/delete"
        answer = access.call("POST", path, content, query={"type": "keys"}, what="contact deletion") or {}
        if answer.get("hasErrors") or not answer.get("operationInitiated"):
            raise Rejected("Marketing Cloud contact deletion: not begun; switch it on in Contact Builder")
        operations.append(str(answer.get("operationID", "")))
    return operations
