"""Salesforce's change events (Change Data Capture) as its Event Relay puts them on EventBridge.

Form: Change Data Capture developer guide, "ChangeEventHeader Fields", "Gap Events", "Overflow Events";
EventBridge user guide, "Receiving events from Salesforce". The relay wraps the event in `detail.payload`,
AppFlow in `detail`.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.arrival import Arrival, gather
from chalicelib.domain.instant import Instant
from chalicelib.domain.message import Reread, Unreadable
from chalicelib.errors import Rejected
from chalicelib.gateways.reading import instant, needed_text, plain_list, plain_object, text
from chalicelib.gateways.salesforce.mapping import INTEREST_ID
from chalicelib.gateways.salesforce.records import SOURCE, Record, engagement_of

CLIENT = "Smarketing"
"""Our name in the call options; by it `changeOrigin` tells which changes we made ourselves."""

ENTITIES = frozenset({"Lead", "Contact", "Opportunity", "Interest__c"})

_DECISIVE: Mapping[str, frozenset[str]] = {
    "Task": frozenset({"Status", "IsClosed", "WhoId", "Type"}),
    "Event": frozenset({"StartDateTime", "EndDateTime", "IsAllDayEvent", "ActivityDateTime", "WhoId"}),
    "Case": frozenset({"Status", "IsClosed", "ContactId"}),
}
"""Of activities and cases the fields whose change may tell something. An update holds nothing else, and what
is not in it (the person, the subject, what it is about) decides as well: they are read again."""

_PERSON: Mapping[str, str] = {"Task": "WhoId", "Event": "WhoId", "Case": "ContactId"}

_UNKNOWN_RECORD = "000000000000000"
"""The record id of an overflow event, which names none."""


@dataclass(frozen=True, slots=True)
class _Header:
    entity: str
    change: str
    origin: str
    records: tuple[str, ...]
    user: str
    transaction: str
    committed_at: Instant


def read_change_event(event: Mapping[str, Any], now: Instant) -> Arrival:
    """Read one event; it stands for several records where the same change was made to all of them.

    What can't be told from the event alone (a gap, a deletion that may be a merge, a custom record whose
    lookups did not change) is to be read again. Nobody would send an unreadable event a second time, so that
    it is kept like the unreadable part of a request.
    """
    try:
        return _read(event, now)
    except Rejected as error:
        return Arrival(unreadable=(Unreadable(SOURCE, str(error), json.dumps(event)),))


def _read(event: Mapping[str, Any], now: Instant) -> Arrival:
    detail = plain_object(event.get("detail"), "detail")
    payload = plain_object(detail.get("payload", detail), "detail.payload")
    header = _header(payload, now)
    if header.entity in _DECISIVE and not _is_ours(header):
        return _of_activity(header, _flat(payload))
    if header.entity not in ENTITIES or _is_ours(header):
        return _nothing(header)
    if header.change not in ("CREATE", "UPDATE"):
        return Arrival(rereads=_reread(header))
    fields = _flat(payload)
    if _lacks_person(header, fields):
        return Arrival(rereads=_reread(header))
    return gather(
        SOURCE,
        "recordIds",
        header.records,
        lambda record: engagement_of(_record(header, record, fields)),
        lambda record: record,
    )


def _nothing(header: _Header) -> Arrival:
    return Arrival(ignored=max(1, len(header.records)))


def _of_activity(header: _Header, fields: Mapping[str, Any]) -> Arrival:
    """Have an activity or case read again, unless the event itself shows that it tells nothing."""
    if header.change == "CREATE":
        is_open = header.entity == "Task" and fields.get("IsClosed") is False
        tells = not is_open and bool(fields.get(_PERSON[header.entity]))
    elif header.change == "UPDATE":
        tells = not _DECISIVE[header.entity].isdisjoint(fields)
    else:
        tells = header.change != "DELETE"
    return Arrival(rereads=_reread(header)) if tells else _nothing(header)


def _header(payload: Mapping[str, Any], now: Instant) -> _Header:
    header = plain_object(payload.get("ChangeEventHeader"), "ChangeEventHeader")
    records = plain_list(header.get("recordIds"), "ChangeEventHeader.recordIds")
    return _Header(
        entity=needed_text(header.get("entityName"), "ChangeEventHeader.entityName"),
        change=needed_text(header.get("changeType"), "ChangeEventHeader.changeType"),
        origin=text(header.get("changeOrigin")),
        records=tuple(needed_text(each, "ChangeEventHeader.recordIds", 18) for each in records),
        user=text(header.get("commitUser"), 18),
        # Not commitNumber: it is greater than 2**53, and what writes JSON in between may round it.
        transaction=f"{needed_text(header.get('transactionKey'), 'ChangeEventHeader.transactionKey')}"
        f"/{text(header.get('sequenceNumber'))}",
        committed_at=instant(header.get("commitTimestamp"), "ChangeEventHeader.commitTimestamp", now),
    )


def _is_ours(header: _Header) -> bool:
    # Gap events carry no origin, so that only whole changes are left out.
    return header.change in ("CREATE", "UPDATE") and f"client={CLIENT}" in header.origin.split(";")


def _reread(header: _Header) -> tuple[Reread, ...]:
    # An overflow names no record, and a field's conversion names all of them as `00Q*`.
    known = [each for each in header.records if each[:15] != _UNKNOWN_RECORD and not each.endswith("*")]
    return (Reread(header.entity, tuple(known)),)


def _lacks_person(header: _Header, fields: Mapping[str, Any]) -> bool:
    """An update holds changed fields only: a custom record's lookups are not among them."""
    if header.entity == "Interest__c":
        return INTEREST_ID not in fields or not (fields.get("Lead__c") or fields.get("Contact__c"))
    return header.entity == "Opportunity" and not fields.get("ContactId")


def _record(header: _Header, record: str, fields: Mapping[str, Any]) -> Record:
    return Record(
        entity=header.entity,
        id=record,
        fields={"LastModifiedById": header.user, **fields},
        changed_at=header.committed_at,
        unique=("change", header.transaction, record[:15]),
        created=header.change == "CREATE",
    )


def _flat(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Take compound fields apart: Name.LastName is LastName, MailingAddress.City is MailingCity."""
    fields: dict[str, Any] = {}
    for name, value in payload.items():
        if name == "ChangeEventHeader":
            continue
        if isinstance(value, dict):
            prefix = "" if name == "Name" else name.removesuffix("Address")
            fields |= {f"{prefix}{part}": inner for part, inner in value.items()}
        elif value is not None:
            fields[name] = value
    return fields
