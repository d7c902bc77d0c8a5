"""What is polled of Account Engagement: the fields that are asked for, and what their rows tell.

Fields: Account Engagement API v5, Visitor Activity and Prospect. `isDeleted` among the fields asks for what
lies in the recycle bin as well.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from chalicelib.domain.arrival import Arrival
from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync_conflicts import Held
from chalicelib.domain.watermark import Watermark
from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement.visitor_activity import read_rows, withdrawals_of

ACTIVITY_FIELDS = (
    *("id", "type", "typeName", "prospectId", "campaignId", "details", "emailId", "listEmailId"),
    *("emailTemplateId", "formId", "formHandlerId", "landingPageId", "fileId", "videoId"),
    *("customRedirectId", "createdAt", "updatedAt"),
)
PROSPECT_FIELDS = (
    *("id", "email", "salesforceLeadId", "salesforceContactId", "optedOut", "isDoNotEmail"),
    *("isDoNotCall", "isDeleted"),
    *("firstName", "lastName", "salutation", "company", "jobTitle", "department", "industry", "country"),
    *("city", "phone", "website", "employees", "annualRevenue", "createdAt", "updatedAt"),
)


def changed_at(row: Mapping[str, Any]) -> Instant | None:
    """Tell when a row changed; None where it does not say so."""
    try:
        return parse_instant(str(row.get("updatedAt") or row.get("createdAt")))
    except Rejected:
        return None


def place(row: Mapping[str, Any]) -> Watermark | None:
    """Tell where a row stands in the order of changes; None where it does not say so."""
    at = changed_at(row)
    return None if at is None else Watermark(at)


def of_activities(rows: Sequence[Mapping[str, Any]], now: Instant) -> Arrival:
    """Say what visitor activities tell; their prospects are polled on their own."""
    return read_rows(rows, (), now)


def of_prospects(rows: Sequence[Mapping[str, Any]], now: Instant) -> Arrival:
    """Say what prospects tell; of a deleted one only what the person wants no more."""
    return read_rows((), [row for row in rows if not row.get("isDeleted") or withdrawals_of(row)], now)


def prospect_fields(columns: Mapping[str, str]) -> tuple[str, ...]:
    """Name the fields to ask of prospects, those among them that the sync writes, by word."""
    return tuple(dict.fromkeys((*PROSPECT_FIELDS, *columns.values())))


def held_of(row: Mapping[str, Any], columns: Mapping[str, str], now: Instant) -> Held:
    """Give a prospect in our words; a row that does not say when it changed is one of now."""
    ids = (("lead", row.get("salesforceLeadId")), ("contact", row.get("salesforceContactId")))
    person = row.get(columns.get("person_id", ""))
    return Held(
        remote_id=str(row.get("id")),
        person=PersonId(str(person)) if person else None,
        records=tuple(f"{kind}:{str(found)[:15]}" for kind, found in ids if found),
        changed_at=changed_at(row) or now,
        values={word: row[name] for word, name in columns.items() if name in row},
    )


def without(row: Mapping[str, Any], names: Collection[str], silenced: bool) -> Mapping[str, Any]:
    """Leave out of a prospect what is no news.

    Args:
        row: as it was read.
        names: of the fields whose values aren't the prospect's own.
        silenced: we had nobody write to it: its opt-out is ours. A person's own comes as an activity, too.
    """
    kept = {name: value for name, value in row.items() if name not in names or name in _KEYS}
    return kept | {"optedOut": False, "isDoNotEmail": False} if silenced else kept


_KEYS = frozenset({"id", "email"})
"""They say whom a row is about."""
