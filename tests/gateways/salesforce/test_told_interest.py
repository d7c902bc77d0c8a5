"""What a change of an interest tells of Sales Support's work."""

from typing import Any

from chalicelib.gateways.salesforce.records import Record, engagement_of
from tests.gateways.salesforce.commands import NOON


def told(**fields: Any) -> dict[str, Any]:
    whole = {"Smarketing_Interest_Id__c": "p-presses-1", "Lead__c": "00Q000000000001", **fields}
    engagement = engagement_of(Record("Interest__c", "a01000000000001", whole, NOON, ("1",)))
    assert engagement is not None
    return dict(engagement.attributes)


def test_checklist_and_date_are_told_along_with_the_stage() -> None:
    attributes = told(Stage__c="recycled", Lacking__c="need_confirmed", Recycle_Until__c="2026-06-01")

    assert (attributes["lacking"], attributes["until"]) == ("need_confirmed", "2026-06-01")


def test_nothing_is_told_of_the_checklist_when_the_org_has_none() -> None:
    assert not {"lacking", "until"} & set(told(Stage__c="sql"))
