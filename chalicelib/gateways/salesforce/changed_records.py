"""What changed in Salesforce since a watermark: Leads, Contacts and Accounts, in the order of their changes.

Deleted records are among them: the loser of a merger names its master, a converted Lead its Contact. Pages
and deleted records: REST API Developer Guide, "Query" and "QueryAll".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from math import ceil
from typing import Any, Literal, Protocol

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.command import FieldValue
from chalicelib.domain.instant import parse_instant
from chalicelib.domain.watermark import Watermark
from chalicelib.gateways.salesforce import bulk_query
from chalicelib.gateways.salesforce.bulk import Patience
from chalicelib.gateways.salesforce.mapping import LEAD_PROFILE, PERSON_ID

PAGE = 2_000
"""Records of a page of the REST API (REST API Developer Guide, "Query Options Header")."""

Source = Literal["Lead", "Contact", "Account", "Contact of Account"]
"""What is read with a watermark of its own; a Contact shows its Account, whose changes leave its own time."""

_NUMBERS = frozenset({"employees"})
_FLAGS = frozenset({"opted_out"})


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a source is read: the object, the time that its records are ordered by, fields by our words."""

    object: Literal["Lead", "Contact", "Account"]
    fields: Mapping[str, str]
    more: tuple[str, ...] = ()
    modstamp: str = "SystemModstamp"
    deleted: bool = True


_CONTACT: Mapping[str, str] = {
    "person_id": PERSON_ID,
    "email": "Email",
    "first_name": "FirstName",
    "last_name": "LastName",
    "salutation": "Salutation",
    "job_title": "Title",
    "department": "Department",
    "country": "MailingCountry",
    "city": "MailingCity",
    "phone": "Phone",
    "opted_out": "HasOptedOutOfEmail",
    "account_id": "AccountId",
    "company": "Account.Name",
    "industry": "Account.Industry",
    "website": "Account.Website",
    "employees": "Account.NumberOfEmployees",
}
_READINGS: Mapping[Source, _Reading] = {
    "Lead": _Reading(
        "Lead",
        {word: target.name for word, target in LEAD_PROFILE.items()}
        | {"person_id": PERSON_ID, "opted_out": "HasOptedOutOfEmail"},
        ("IsDeleted", "MasterRecordId", "IsConverted", "ConvertedContactId"),
    ),
    "Contact": _Reading("Contact", _CONTACT, ("IsDeleted", "MasterRecordId")),
    "Account": _Reading(
        "Account",
        {
            "company": "Name",
            "industry": "Industry",
            "website": "Website",
            "employees": "NumberOfEmployees",
            "phone": "Phone",
            "country": "BillingCountry",
            "city": "BillingCity",
        },
        ("IsDeleted", "MasterRecordId"),
    ),
    "Contact of Account": _Reading("Contact", _CONTACT, modstamp="Account.SystemModstamp", deleted=False),
}


class Rest(bulk_query.Rest, Protocol):
    """The reading side of the REST API."""

    def page(self, soql: str, *, deleted: bool = False) -> Mapping[str, Any]:
        """Run a query and give its first page."""

    def next_page(self, url: str) -> Mapping[str, Any]:
        """Give the page that the one before named as its next."""

    def rows(self, soql: str, values: Iterable[str], *, deleted: bool = False) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""


def changed(
    rest: Rest, source: Source, since: Watermark | None, patience: Patience
) -> Iterator[ChangedRecord]:
    """Give what changed after a watermark, everything there is without one, the oldest change first.

    The first page tells how many records there are. The rest comes page by page, or, where that takes more
    calls than a Bulk query, by one that goes on behind the first page.

    Raises:
        Retryable: Salesforce is busy, or our share of its calls is used up; go on from the last record.
        Misconfigured: the org lacks a field, or the user may not read it.
    """
    reading = _READINGS[source]
    page = rest.page(_soql(reading, since), deleted=reading.deleted)
    first = [_flat(row) for row in page["records"]]
    left = int(page["totalSize"]) - len(first)
    if ceil(left / PAGE) <= bulk_query.expected_calls(left):
        rows = chain(first, _further_pages(rest, page))
    else:
        soql = _soql(reading, _place(reading, first[-1]))
        rows = chain(first, bulk_query.run(rest, soql, patience, deleted=reading.deleted))
    for row in rows:
        # A query knows whole seconds only.
        if since is None or _place(reading, row) > since:
            yield _record(reading, row)


def named(rest: Rest, names: Sequence[str]) -> Iterator[ChangedRecord]:
    """Read Leads and Contacts by name, `lead:00Q...` or `contact:003...`; deleted ones, too.

    Raises:
        Retryable, Misconfigured: as `changed` does.
    """
    by_kind: dict[str, list[str]] = {"lead": [], "contact": []}
    for name in names:
        kind, _, record_id = name.partition(":")
        by_kind[kind].append(record_id)
    for reading, ids in ((_READINGS["Lead"], by_kind["lead"]), (_READINGS["Contact"], by_kind["contact"])):
        soql = f"SELECT {_columns(reading)} FROM {reading.object} WHERE Id IN {{values}}"  # noqa: S608 - constants
        for row in rest.rows(soql, ids, deleted=True):
            yield _record(reading, _flat(row))


def _columns(reading: _Reading) -> str:
    return ", ".join(dict.fromkeys(("Id", reading.modstamp, *reading.more, *reading.fields.values())))


def _soql(reading: _Reading, since: Watermark | None) -> str:
    from simple_salesforce.format import format_soql

    time = reading.modstamp
    query = f"SELECT {_columns(reading)} FROM {reading.object}"  # noqa: S608 - constants
    if since is not None:
        query += f" WHERE {time} >= {{at}}"
        query += f" AND ({time} > {{at}} OR Id > {{id}})" if since.id else ""
    elif time != "SystemModstamp":
        query += f" WHERE {time} != null"
    at = datetime.fromtimestamp((since.at if since else 0) / 1000, UTC)
    return str(format_soql(f"{query} ORDER BY {time}, Id", at=at, id=since.id if since else ""))


def _further_pages(rest: Rest, page: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    while not page["done"]:
        page = rest.next_page(page["nextRecordsUrl"])
        yield from (_flat(row) for row in page["records"])


def _flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    """Give a parent's values under their paths, as a Bulk query does."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Mapping) and name != "attributes":
            flat |= _flat(value, f"{before}{name}.")
        elif name != "attributes":
            flat[f"{before}{name}"] = value
    return flat


def _place(reading: _Reading, row: Mapping[str, Any]) -> Watermark:
    return Watermark(parse_instant(str(row[reading.modstamp]), reading.modstamp), str(row["Id"]))


def _record(reading: _Reading, row: Mapping[str, Any]) -> ChangedRecord:
    place = _place(reading, row)
    return ChangedRecord(
        object=reading.object,
        id=place.id,
        modstamp=place.at,
        deleted=_is_true(row.get("IsDeleted")),
        merged_into=row.get("MasterRecordId") or None,
        converted_contact=(row.get("ConvertedContactId") or None)
        if _is_true(row.get("IsConverted"))
        else None,
        values={word: _value(word, row.get(name)) for word, name in reading.fields.items()},
    )


def _value(word: str, raw: Any) -> FieldValue:
    if word in _FLAGS:
        return _is_true(raw)
    if raw in (None, ""):
        return None
    return int(float(raw)) if word in _NUMBERS else str(raw)


def _is_true(raw: Any) -> bool:
    return raw in (True, "true")
