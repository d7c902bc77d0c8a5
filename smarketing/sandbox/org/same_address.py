"""Refuses a Lead or Contact whose e-mail address is taken, as a blocking duplicate rule does."""

from typing import Any

from smarketing.sandbox.org.database import Database, Record
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import SObject

_PEOPLE = ("Lead", "Contact")


def refuse_same_address(database: Database, sobject: SObject, values: Record) -> None:
    """Look among Leads and Contacts for the address of a record.

    Raises:
        Refusal: DUPLICATES_DETECTED, with what was found in the platform's form.
    """
    if sobject.name not in _PEOPLE or not values.get("Email"):
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
        "allowSave": False,
        "duplicateRule": f"Same_Email_{name}",
        "duplicateRuleEntityType": name,
        "errorMessage": "Use one of these records?",
        "matchResults": [result],
    }
