"""Salesforce's outbound messages: SOAP in, an acknowledgement out.

Form: SOAP API developer guide, "Understanding the Outbound Messaging WSDL". A message holds at most 100
notifications; after 24 hours without acknowledgement it is dropped. A record that was deleted in the
meantime comes as an empty notification, and the same notification may come again under the same id.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError, tostring

from defusedxml.ElementTree import fromstring

from chalicelib.domain.arrival import Arrival, gather
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from chalicelib.gateways.reading import instant, needed_text
from chalicelib.gateways.salesforce.records import SOURCE, Record, engagement_of

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MOST_NOTIFICATIONS = 100

_SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
_OUTBOUND = "{http://soap.sforce.com/2005/09/outbound}"
_SCHEMA = "{http://www.w3.org/2001/XMLSchema-instance}"

ACKNOWLEDGEMENT = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>'
    '<notificationsResponse xmlns="http://soap.sforce.com/2005/09/outbound"><Ack>true</Ack>'
    "</notificationsResponse></soapenv:Body></soapenv:Envelope>"
)
"""Any other answer makes Salesforce send the message again."""


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """One message of an organisation, whose id nobody has checked yet."""

    organization_id: str
    arrival: Arrival


def read_outbound_message(body: bytes, now: Instant) -> OutboundMessage:
    """Read a message; `now` dates a record whose message holds no SystemModstamp or LastModifiedDate.

    Raises:
        Rejected: it is no outbound message, or has a document type or more than 100 notifications.
    """
    notifications = _root(body).find(f"{_SOAP}Body/{_OUTBOUND}notifications")
    if notifications is None:
        raise Rejected("Body: send one element notifications of http://soap.sforce.com/2005/09/outbound")
    organization = needed_text(notifications.findtext(f"{_OUTBOUND}OrganizationId"), "OrganizationId", 18)
    items = notifications.findall(f"{_OUTBOUND}Notification")
    if len(items) > MOST_NOTIFICATIONS:
        raise Rejected(f"Notification: send at most {MOST_NOTIFICATIONS}")
    arrival = gather(
        SOURCE, "Notification", items, lambda item: _read(item, now), lambda item: tostring(item, "unicode")
    )
    return OutboundMessage(organization, arrival)


def _root(body: bytes) -> "Element":
    try:
        root: Element = fromstring(body, forbid_dtd=True)
    except (ParseError, ValueError, LookupError):
        # Malformed; a document type or entity (DefusedXmlException is a ValueError); an unknown encoding.
        raise Rejected("body: send a well-formed SOAP envelope without a document type") from None
    if root.tag != f"{_SOAP}Envelope":
        raise Rejected("body: send a SOAP 1.1 envelope")
    return root


def _read(notification: "Element", now: Instant) -> Engagement | None:
    unique = needed_text(notification.findtext(f"{_OUTBOUND}Id"), "Id", 18)
    sobject = notification.find(f"{_OUTBOUND}sObject")
    if sobject is None:
        return None
    fields = {child.tag.rpartition("}")[2]: child.text for child in sobject if child.text}
    if "Id" not in fields:
        return None
    changed = fields.get("SystemModstamp") or fields.get("LastModifiedDate")
    return engagement_of(
        Record(
            entity=sobject.get(f"{_SCHEMA}type", "").rpartition(":")[2],
            id=needed_text(fields["Id"], "sObject.Id", 18),
            fields=fields,
            changed_at=now if changed is None else instant(changed, "sObject.SystemModstamp", now),
            unique=("notification", unique),
        )
    )
