"""Outbound messages: what changed goes to our callback as SOAP, again and again until it is acknowledged.

Form and behaviour: SOAP API Developer Guide, Outbound Messaging. At most 100 notifications a message, the
latest values only, an empty notification for a record that is gone meanwhile.
"""

import logging
import re
import threading
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import requests

from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.schema import Field, SObject

MOST = 100
_ACK = re.compile(r"<(?:\w+:)?Ack>\s*true\s*</")
_NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_log = logging.getLogger(__name__)

DEFAULT_FIELDS = {
    "Lead": (
        "Email FirstName LastName Salutation Company Title Industry Country City Phone Website "
        "NumberOfEmployees AnnualRevenue HasOptedOutOfEmail DoNotCall IsConverted ConvertedContactId "
        "SystemModstamp Smarketing_Person_Id__c"
    ).split(),
    "Contact": (
        "Email FirstName LastName Salutation Title Department MailingCountry MailingCity Phone "
        "HasOptedOutOfEmail DoNotCall SystemModstamp Smarketing_Person_Id__c"
    ).split(),
    "Interest__c": (
        "Smarketing_Interest_Id__c Stage__c Reason__c Product_Line__c Lead__c Contact__c SystemModstamp"
    ).split(),
}
"""What a subscription that names no fields sends."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """Which changes go where; the ids of `silent` users' changes are not sent.

    A user without the permission "Send Outbound Messages" causes none: so an integration hears no echo.
    """

    object: str
    fields: Sequence[str]
    url: str
    silent: frozenset[str] = frozenset()


@dataclass(slots=True)
class _Notification:
    subscription: Subscription
    record_id: str
    id: str = field(default_factory=lambda: f"04l{uuid.uuid4().hex[:15]}")


class Outbound:
    """Collects changes and sends them in the background."""

    def __init__(self, database: Database, organization_id: str, pause: float = 0.1) -> None:
        """Send for one org; after a failure wait `pause` seconds, then longer."""
        self.subscriptions: list[Subscription] = []
        self.sent = 0
        self._database = database
        self._organization_id = organization_id
        self._pause = pause
        self._waiting: list[_Notification] = []
        self._in_work = 0
        self._news = threading.Condition()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def changed(self, sobject: SObject, record: Record, how: str) -> None:
        """Hear of a change."""
        if how == "deleted":
            return
        with self._news:
            for each in self.subscriptions:
                if each.object == sobject.name and str(record.get("LastModifiedById")) not in each.silent:
                    self._waiting.append(_Notification(each, str(record["Id"])))
                    self._news.notify()

    def send(self, subscription: Subscription, record_id: str) -> None:
        """Send a record as it will be when the message leaves."""
        with self._news:
            self._waiting.append(_Notification(subscription, record_id))
            self._news.notify()

    @property
    def waiting(self) -> int:
        """How many notifications wait or are on their way."""
        return len(self._waiting) + self._in_work

    def close(self) -> None:
        """Stop sending."""
        self._stop.set()
        with self._news:
            self._news.notify()
        self._thread.join(5)

    def _run(self) -> None:
        failures = 0
        while not self._stop.is_set():
            batch = self._next()
            if batch and self._post(batch):
                failures = 0
                self.sent += len(batch)
            elif batch:
                failures += 1
                with self._news:
                    self._waiting[:0] = batch
                    self._in_work = 0
                self._stop.wait(min(5.0, self._pause * 2**failures))
            with self._news:
                self._in_work = 0

    def _next(self) -> list[_Notification]:
        with self._news:
            self._news.wait_for(lambda: self._waiting or self._stop.is_set(), timeout=1)
            if not self._waiting:
                return []
            first = self._waiting[0].subscription
            batch = [each for each in self._waiting if each.subscription == first][:MOST]
            taken = {each.id for each in batch}
            self._waiting = [each for each in self._waiting if each.id not in taken]
            self._in_work = len(batch)
            return batch

    def _post(self, batch: Sequence[_Notification]) -> bool:
        subscription = batch[0].subscription
        body = self._message(batch).encode()
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}
        try:
            answer = requests.post(subscription.url, data=body, headers=headers, timeout=60)
        except requests.RequestException as error:
            _log.warning("outbound message not delivered: %s", type(error).__name__)
            return False
        return answer.status_code == 200 and _ACK.search(answer.text) is not None

    def _message(self, batch: Sequence[_Notification]) -> str:
        subscription = batch[0].subscription
        inner = "".join(self._notification(subscription, each) for each in batch)
        return (
            '<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope '
            'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
            'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body>'
            '<notifications xmlns="http://soap.sforce.com/2005/09/outbound">'
            f"<OrganizationId>{self._organization_id}</OrganizationId><ActionId>04k000000000001AAA</ActionId>"
            '<SessionId xsi:nil="true"/><EnterpriseUrl>https://sandbox.invalid</EnterpriseUrl>'
            f"<PartnerUrl>https://sandbox.invalid</PartnerUrl>{inner}</notifications>"
            "</soapenv:Body></soapenv:Envelope>"
        )

    def _notification(self, subscription: Subscription, notification: _Notification) -> str:
        sobject = self._database.schema.objects[subscription.object.lower()]
        with self._database.lock:
            record = self._database.get(sobject, notification.record_id)
        if record is None or record["IsDeleted"]:
            return f"<Notification><Id>{notification.id}</Id></Notification>"
        fields = [sobject.get(name) for name in ("Id", *subscription.fields)]
        values = "".join(_element(each, record.get(each.name)) for each in fields if each is not None)
        return (
            f"<Notification><Id>{notification.id}</Id>"
            f'<sObject xsi:type="sf:{sobject.name}" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
            f"{values}</sObject></Notification>"
        )


def _element(field: Field, value: object) -> str:
    if value is None:
        return ""
    text = str(value).lower() if isinstance(value, bool) else _NOT_IN_XML.sub("", str(value))
    if field.type == "datetime":
        text = text.replace("+0000", "Z")
    return f"<sf:{field.name}>{escape(text)}</sf:{field.name}>"
