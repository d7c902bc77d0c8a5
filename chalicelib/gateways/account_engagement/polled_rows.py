"""What is polled of Account Engagement: the fields that are asked for, and what their rows tell.

Fields: Account Engagement API v5, Visitor Activity and Prospect. `isDeleted` among the fields asks for what
lies in the recycle bin as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.arrival import Arrival
from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement.visitor_activity import has_opted_out, read_rows

ACTIVITY_FIELDS = (
    *("id", "type", "typeName", "prospectId", "campaignId", "details", "emailId", "listEmailId"),
    *("emailTemplateId", "formId", "formHandlerId", "landingPageId", "fileId", "videoId"),
    *("customRedirectId", "createdAt", "updatedAt"),
)
PROSPECT_FIELDS = (
    *("id", "email", "salesforceLeadId", "salesforceContactId", "optedOut", "isDoNotEmail", "isDeleted"),
    *("firstName", "lastName", "salutation", "company", "jobTitle", "department", "industry", "country"),
    *("city", "phone", "website", "employees", "annualRevenue", "createdAt", "updatedAt"),
)


def changed_at(row: Mapping[str, Any]) -> Instant | None:
    """Tell when a row changed; None where it does not say so."""
    try:
        return parse_instant(str(row.get("updatedAt") or row.get("createdAt")))
    except Rejected:
        return None


def of_activities(rows: Sequence[Mapping[str, Any]], now: Instant) -> Arrival:
    """Say what visitor activities tell; their prospects are polled on their own."""
    return read_rows(rows, (), now)


def of_prospects(rows: Sequence[Mapping[str, Any]], now: Instant) -> Arrival:
    """Say what prospects tell; of a deleted one only that the person opted out, if they did."""
    return read_rows((), [row for row in rows if not row.get("isDeleted") or has_opted_out(row)], now)
