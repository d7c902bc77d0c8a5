"""The reports by which marketing learns from sales show what is told: reasons, until when, revenue."""

import pytest

from smarketing.metadata.xml import children, parse, text_of
from tests.documents import PROJECT

REPORTS = PROJECT / "metadata" / "insight" / "main" / "default" / "reports" / "Smarketing_Reports"


def fields(report: str, element: str) -> set[str | None]:
    """Name the fields of a report's columns or groups."""
    content = (REPORTS / f"{report}.report-meta.xml").read_bytes()
    return {text_of(node, "field") for node in children(parse(content, report), element)}


@pytest.mark.parametrize("report", ["Recycled", "Rejection_Reasons"])
def test_closed_interests_are_grouped_by_their_reason(report: str) -> None:
    assert "Interest__c$Reason__c" in fields(report, "groupingsDown")
    assert "Interest__c$Reason_Note__c" in fields(report, "columns")


def test_what_was_recycled_shows_until_when() -> None:
    assert "Interest__c$Recycle_Until__c" in fields("Recycled", "columns")


def test_revenue_is_the_opportunitys_own_amount_by_source_and_gate() -> None:
    assert "Opportunity$Amount" in fields("Source_To_Revenue", "columns")
    assert fields("Source_To_Revenue", "groupingsDown") == {"Opportunity$LeadSource"}
    assert fields("Source_To_Revenue", "groupingsAcross") == {"Opportunity.Interests__r$Gate__c"}
