"""Refuses a Lead or Contact whose e-mail address is taken, as a duplicate rule does that alerts.

A call whose header says so has seen the alert, and the record is saved (REST API Developer Guide, Duplicate
Rule Header).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject

_PEOPLE = ("Lead", "Contact")
_HEADER = "sforce-duplicate-rule-header"
_seen: ContextVar[bool] = ContextVar("alert seen", default=False)


@contextmanager
def alerts_seen(headers: Mapping[str, str]) -> Iterator[None]:
    """Save in spite of alerts while a call lasts whose headers, named in small letters, ask for it."""
    wanted = [each.strip().lower() for each in headers.get(_HEADER, "").split(";")]
    before = _seen.set("allowsave=true" in wanted)
    try:
        yield
    finally:
        _seen.reset(before)


def refuse_same_address(database: Database, sobject: SObject, values: Record) -> None:
    """Look among Leads and Contacts for the address of a record.

    Raises:
        Refusal: DUPLICATES_DETECTED, with what was found in the platform's form.
    """
    if _seen.get() or sobject.name not in _PEOPLE or not values.get("Email"):
        return
    for name in _PEOPLE:
        for match in database.find(database.schema.objects[name.lower()], "Email", values["Email"]):
            result = _result(name, str(match["Id"]))
            raise Refusal("DUPLICATES_DETECTED", "Use one of these records?", duplicateResult=result)


def _result(name: str, record_id: str) -> dict[str, Any]:
    record = {"attributes": {"type": name}, "Id": record_id}
    match = {"additionalInformation": [], "fieldDiffs": [], "matchConfidence": 100.0, "record": record}
    result = {
        "entityType": name,
        "errors": [],
        "matchEngine": "ExactMatchEngine",
        "matchRecords": [match],
        "rule": f"Same_Email_{name}",
        "size": 1,
        "success": True,
    }
    return {
        "allowSave": True,
        "duplicateRule": f"Same_Email_{name}",
        "duplicateRuleEntityType": name,
        "errorMessage": "Use one of these records?",
        "matchResults": [result],
    }
