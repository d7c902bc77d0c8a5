"""Reads Tasks, Events and Cases: what sales and support do with people.

Fields: Object Reference, "Task", "Event", "Case". A Task's IsClosed follows its Status, CompletedDateTime is
when it was saved so, and TaskSubtype is never changed. An Event has no status: a cancelled one is deleted. Of
a meeting of several users each other one has a child Event (IsChild), of a series the main record
(IsRecurrence) is no occurrence. Archived activities, older than a year, are not read.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal, Protocol

from chalicelib.domain.activity import Activity, Channel
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.instant import DAY, Duration, Instant, parse_instant
from chalicelib.domain.support_case import SupportCase
from chalicelib.domain.watermark import Watermark
from chalicelib.errors import Misconfigured
from chalicelib.gateways.reading import text
from chalicelib.gateways.salesforce.activity_subjects import about_of
from chalicelib.gateways.salesforce.mapping import is_record_id

Fact = Activity | SupportCase
Source = Literal["tasks", "meetings", "meetings over", "days over", "cases"]
"""What is read with a watermark of its own: what changed and, since an Event does not change by taking place,
the Events whose time is over; those of whole days are over a day after what they bear as their end."""

FIRST = Duration(90 * DAY)
"""How far back the first reading goes."""

_AT_ONCE = 200
"""Activities whose interests are looked up together."""

_CHANNELS: Mapping[str, Channel] = {"": "none", "Task": "none", "Call": "call", "Email": "email"}
"""By TaskSubtype; the others are list mails, steps of cadences and LinkedIn."""

Row = Mapping[str, Any]


class Rest(Protocol):
    """The reading side of the REST API."""

    def page(self, soql: str, *, deleted: bool = False) -> Row:
        """Run a query and give its first page."""

    def next_page(self, url: str) -> Row:
        """Give the page that the one before named as its next."""

    def rows(self, soql: str, values: Iterable[str] | datetime) -> Iterator[Row]:
        """Run a query whose `{values}` are the given ones."""


_AT_ITS_TIME = Duration(0)


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a source is read: the object, which of its records, and the time that they are ordered by."""

    object: Literal["Task", "Event", "Case"]
    only: str
    time: str = "SystemModstamp"
    later: Duration = _AT_ITS_TIME
    """How much later than its time a record counts."""


_MEETING = "WhoId != null AND IsChild = false AND IsRecurrence = false AND IsPrivate = false"
_READINGS: Mapping[Source, _Reading] = {
    "tasks": _Reading("Task", "WhoId != null AND IsClosed = true AND IsRecurrence = false"),
    "meetings": _Reading("Event", _MEETING),
    "meetings over": _Reading("Event", f"{_MEETING} AND IsAllDayEvent = false", "EndDateTime"),
    "days over": _Reading("Event", f"{_MEETING} AND IsAllDayEvent = true", "EndDateTime", DAY),
    "cases": _Reading("Case", "ContactId != null"),
}
_ACTIVITY = ("Id", "SystemModstamp", "WhoId", "WhatId", "Subject", "Type", "OwnerId", "CreatedBy.Username")
_FIELDS: Mapping[str, Sequence[str]] = {
    "Task": (*_ACTIVITY, "TaskSubtype", "IsClosed", "CompletedDateTime"),
    "Event": (*_ACTIVITY, "StartDateTime", "EndDateTime", "IsAllDayEvent"),
    "Case": ("Id", "SystemModstamp", "ContactId", "Subject", "CreatedDate", "IsClosed", "ClosedDate"),
}
_BY_OBJECT: Mapping[str, Source] = {"Task": "tasks", "Event": "meetings", "Case": "cases"}
ENTITIES = frozenset(_BY_OBJECT)


def since(
    rest: Rest, source: Source, mark: Watermark | None, now: Instant
) -> Iterator[tuple[Watermark, Fact]]:
    """Give what came after a watermark, each with its own place, in their order.

    Raises:
        Retryable: Salesforce is busy, or our share of its calls is used up; go on from the last place.
        Misconfigured: the user may not read the object or a field.
    """
    reading = _READINGS[source]
    mark = mark or Watermark(Instant(now - FIRST))
    rows = (
        (place, row)
        for row in _readable(reading, lambda fields: _pages(rest, _soql(reading, fields, mark, now)))
        # A query knows whole seconds only.
        if (place := _place(reading, row)) > mark
    )
    while some := list(islice(rows, _AT_ONCE)):
        yield from zip((place for place, _ in some), _facts(rest, reading, some), strict=True)


def named(rest: Rest, entity: str, ids: Sequence[str], changed_since: Instant) -> Iterator[Fact]:
    """Read records by their ids; without any, what changed since a time. What tells nothing is left out."""
    reading = _READINGS[_BY_OBJECT[entity]]
    only = "Id IN {values}" if ids else "SystemModstamp >= {values}"
    values = [each for each in ids if is_record_id(each)] if ids else _moment(changed_since)
    rows = _readable(
        reading,
        lambda fields: rest.rows(
            f"SELECT {', '.join(fields)} FROM {entity} WHERE {reading.only} AND {only}",  # noqa: S608 - constants
            values,
        ),
    )
    while some := [(_place(reading, row), row) for row in islice(rows, _AT_ONCE)]:
        yield from _facts(rest, reading, some)


def _readable(reading: _Reading, query: Callable[[Sequence[str]], Iterator[Row]]) -> Iterator[Row]:
    """Query the fields, without Type where the org hides it from the user: many teams don't use it."""
    fields = _FIELDS[reading.object]
    rows = query(fields)
    try:
        first = next(rows, None)
    except Misconfigured as error:
        if "INVALID_FIELD" not in str(error) or "Type" not in fields:
            raise
        yield from query([each for each in fields if each != "Type"])
        return
    if first is not None:
        yield first
        yield from rows


def _soql(reading: _Reading, fields: Sequence[str], mark: Watermark, now: Instant) -> str:
    from simple_salesforce.format import format_soql

    time = reading.time
    query = f"SELECT {', '.join(fields)} FROM {reading.object} WHERE {reading.only} AND {time} >= {{at}}"  # noqa: S608 - constants
    query += f" AND ({time} > {{at}} OR Id > {{id}})" if mark.id else ""
    query += f" AND {time} <= {{until}}" if time != "SystemModstamp" else ""
    at, until = (_moment(Instant(each - reading.later)) for each in (mark.at, now))
    return str(format_soql(f"{query} ORDER BY {time}, Id", at=at, id=mark.id, until=until))


def _pages(rest: Rest, soql: str) -> Iterator[Row]:
    page = rest.page(soql)
    yield from page["records"]
    while not page["done"]:
        page = rest.next_page(page["nextRecordsUrl"])
        yield from page["records"]


def _place(reading: _Reading, row: Row) -> Watermark:
    return Watermark(Instant(_time(row, reading.time) + reading.later), str(row["Id"]))


def _facts(rest: Rest, reading: _Reading, some: Sequence[tuple[Watermark, Row]]) -> Iterator[Fact]:
    if reading.object == "Case":
        yield from (_case(row) for _, row in some)
        return
    read: Callable[[Row], Activity] = _task if reading.object == "Task" else _event
    about = about_of(rest, {text(row.get("WhatId"), 18) for _, row in some})
    for _, row in some:
        line, opportunity = about.get(text(row.get("WhatId"), 18)[:15], (None, None))
        yield replace(read(row), product_line=line, opportunity=opportunity)


def _task(row: Row) -> Activity:
    closed = row.get("IsClosed") is True
    # A status that was made a closed one later has left it empty.
    done = _time(row, "CompletedDateTime" if row.get("CompletedDateTime") else "SystemModstamp")
    channel = _CHANNELS.get(text(row.get("TaskSubtype")), "other")
    return Activity("task", row["Id"][:15], _who(row), done, done if closed else None, channel, **_words(row))


def _event(row: Row) -> Activity:
    ends = _time(row, "EndDateTime")
    over = Instant(ends + DAY) if row.get("IsAllDayEvent") is True else ends
    began = _time(row, "StartDateTime")
    return Activity("event", row["Id"][:15], _who(row), began, over, "none", **_words(row))


def _case(row: Row) -> SupportCase:
    changed = _time(row, "SystemModstamp")
    closed = _time(row, "ClosedDate") if row.get("ClosedDate") else changed
    return SupportCase(
        id=str(row["Id"])[:15],
        of=person_key("contact", str(row["ContactId"])),
        created_at=_time(row, "CreatedDate"),
        changed_at=changed,
        closed_at=closed if row.get("IsClosed") is True else None,
        subject=text(row.get("Subject"), 255),
    )


def _who(row: Row) -> PersonKey:
    who = str(row["WhoId"])
    return person_key("contact" if who.startswith("003") else "lead", who)


def _words(row: Row) -> dict[str, str]:
    owner, maker = text(row.get("OwnerId"), 18), row.get("CreatedBy")
    return {
        "subject": text(row.get("Subject"), 255),
        "type": text(row.get("Type"), 255),
        "owner": owner if owner.startswith("005") else "",
        "created_by": text(maker.get("Username"), 255) if isinstance(maker, Mapping) else "",
    }


def _time(row: Row, name: str) -> Instant:
    return parse_instant(str(row[name]), name)


def _moment(instant: Instant) -> datetime:
    return datetime.fromtimestamp(instant / 1000, UTC)
