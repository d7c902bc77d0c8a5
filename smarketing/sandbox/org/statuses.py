"""What the platform itself writes by a record's status, and what of activities can't be changed.

Object Reference: Task (Status, IsClosed, CompletedDateTime, TaskSubtype), Case (Status, IsClosed,
ClosedDate), Opportunity (StageName, IsClosed, IsWon). The closed values are those that every new org has.
"""

from chalicelib.domain.instant import Instant
from smarketing.sandbox.org.database import Record
from smarketing.sandbox.org.refusals import Refusal, read_only_fields
from smarketing.sandbox.org.schema import SObject
from smarketing.sandbox.org.values import rest_time

_STATUS = {"Task": "Status", "Case": "Status", "Opportunity": "StageName"}
_CLOSED = {
    "Task": frozenset({"Completed"}),
    "Case": frozenset({"Closed"}),
    "Opportunity": frozenset({"Closed Won", "Closed Lost"}),
}
_CLOSED_AT = {"Task": "CompletedDateTime", "Case": "ClosedDate"}
_WON = "Closed Won"
_FIRST = {"Task": "Not Started", "Case": "New"}
_SUBTYPES = ("Task", "Email", "ListEmail", "Call", "LinkedIn", "Cadence")


def settle(sobject: SObject, known: Record | None, values: Record, now: Instant) -> None:
    """Add what follows from what is written.

    Args:
        sobject: of which the record is.
        known: the record before; None if it is new.
        values: what is written; added to.
        now: the time of the writing.

    Raises:
        Refusal: a subtype that there is not, or that is to be changed.
    """
    if sobject.name == "Task":
        _check_subtype(known, values)
    status = _STATUS.get(sobject.name)
    if status is None:
        return
    if known is None and sobject.name in _FIRST:
        values.setdefault(status, _FIRST[sobject.name])
    if status not in values:
        return
    is_closed = values[status] in _CLOSED[sobject.name]
    values["IsClosed"] = is_closed
    if sobject.name == "Opportunity":
        values["IsWon"] = values[status] == _WON
    closed_at = _CLOSED_AT.get(sobject.name)
    if closed_at and not (known and is_closed and known.get("IsClosed")):
        values[closed_at] = rest_time(now) if is_closed else None


def _check_subtype(known: Record | None, values: Record) -> None:
    if known is None:
        values.setdefault("TaskSubtype", "Task")
    elif "TaskSubtype" in values:
        raise read_only_fields(["TaskSubtype"])
    if values.get("TaskSubtype") not in (None, *_SUBTYPES):
        message = f"Task Subtype: bad value for restricted picklist field: {values['TaskSubtype']}"
        raise Refusal("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, fields=["TaskSubtype"])
