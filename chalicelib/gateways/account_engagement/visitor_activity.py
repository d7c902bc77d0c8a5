"""Account Engagement's visitor activities and prospects, as rows of its API version 5.

Account Engagement has no webhook: an External Action, a Flow or a poller forwards rows, signed by us.
Fields and types: Account Engagement API v5, Visitor Activity and Prospect. A row of a visitor who is not a
prospect (yet) tells of nobody. A sync may restrict, never grant: a resubscription is recorded, but only the
person's own confirmed opt-in grants again.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chalicelib.domain.arrival import Arrival, gather
from chalicelib.domain.consent import Consent, withdrawal
from chalicelib.domain.engagement import Engagement, PersonKey, Value, engagement_id, person_key
from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from chalicelib.gateways.account_engagement.activity_types import kind_of
from chalicelib.gateways.reading import email, instant, needed_text, plain_list, plain_object, read_json, text

SOURCE = "account_engagement"

_PROFILE: Mapping[str, str] = {
    "firstName": "first_name",
    "lastName": "last_name",
    "salutation": "salutation",
    "company": "company",
    "jobTitle": "job_title",
    "department": "department",
    "industry": "industry",
    "country": "country",
    "city": "city",
    "phone": "phone",
    "website": "website",
    "employees": "employees",
    "annualRevenue": "annual_revenue",
}
_WITHDRAWING = frozenset({"email_unsubscribed", "spam_complained"})

Prospects = Mapping[str, Mapping[str, Any]]
"""Rows by prospect id."""


def read_activities(body: bytes, now: Instant) -> Arrival:
    """Read `{"visitorActivities": [...], "prospects": [...]}`; either may be missing.

    A prospect's row gives the activities of the same body the person's other keys and profile. It is told
    on its own where it says that the person wants no more, or where the body holds no activity of theirs.

    Raises:
        Rejected: the body has another form.
    """
    content = read_json(body)
    if not isinstance(content, dict) or not content.keys() & {"visitorActivities", "prospects"}:
        raise Rejected("body: send an object with visitorActivities, prospects or both")
    activities = plain_list(content.get("visitorActivities", []), "visitorActivities")
    return read_rows(activities, plain_list(content.get("prospects", []), "prospects"), now)


def read_rows(activities: Sequence[Any], rows: Sequence[Any], now: Instant) -> Arrival:
    """Read visitor activities and prospects; what can't be read is kept apart from the rest."""
    prospects = {text(row.get("id")): row for row in rows if isinstance(row, dict)}
    told = gather(SOURCE, "visitorActivities", activities, lambda row: _read_activity(row, prospects, now))
    active = {key for engagement in told.engagements for key in engagement.keys}
    return told + _tell(rows, active, now)


def _tell(rows: Iterable[Any], active: set[PersonKey], now: Instant) -> Arrival:
    def read(row: Any) -> Engagement | None:
        row = plain_object(row, "row")
        keys = _keys(needed_text(row.get("id"), "id"), row)
        withdrawn = withdrawals_of(row)
        if keys[0] in active and not withdrawn:
            return None
        changed = row.get("updatedAt") or row.get("createdAt")
        at = now if changed is None else instant(changed, "updatedAt", now)
        return Engagement(
            id=engagement_id(SOURCE, "prospect", keys[0].value, str(changed)),
            kind="opted_out" if has_opted_out(row) else "record_changed",
            occurred_at=at,
            source=SOURCE,
            keys=keys,
            profile=_profile(row),
            consents=withdrawn,
        )

    arrival = gather(SOURCE, "prospects", rows, read)
    # A row that only lends its keys and profile is not left out.
    return Arrival(arrival.engagements, arrival.unreadable)


def _read_activity(row: Any, prospects: Prospects, now: Instant) -> Engagement | None:
    row = plain_object(row, "row")
    unique = needed_text(row.get("id"), "id")
    kind = kind_of(row)
    prospect = text(row.get("prospectId"))
    if kind is None or not prospect:
        return None
    known = prospects.get(prospect, {})
    return Engagement(
        id=engagement_id(SOURCE, "activity", unique),
        kind=kind,
        occurred_at=instant(row.get("createdAt"), "createdAt", now),
        source=SOURCE,
        keys=_keys(prospect, known),
        attributes=_attributes(row),
        profile=_profile(known),
        consents=(withdrawal(),) if kind in _WITHDRAWING else (),
    )


def _keys(prospect: str, row: Mapping[str, Any]) -> tuple[PersonKey, ...]:
    keys = [person_key("prospect", prospect)]
    if address := email(row.get("email")):
        keys.append(person_key("email", address))
    if lead := text(row.get("salesforceLeadId"), 18):
        keys.append(person_key("lead", lead))
    if contact := text(row.get("salesforceContactId"), 18):
        keys.append(person_key("contact", contact))
    return tuple(keys)


def _profile(row: Mapping[str, Any]) -> dict[str, str]:
    return {ours: written for theirs, ours in _PROFILE.items() if (written := text(row.get(theirs), 255))}


def has_opted_out(row: Mapping[str, Any]) -> bool:
    """Whether a prospect gets no e-mail any more: by their own word, or by somebody's at the platform."""
    return row.get("optedOut") is True or row.get("isDoNotEmail") is True


def withdrawals_of(row: Mapping[str, Any]) -> tuple[Consent, ...]:
    """Say what a prospect wants no more: e-mail, or to be called."""
    email_too = (withdrawal(),) if has_opted_out(row) else ()
    return (*email_too, withdrawal("phone")) if row.get("isDoNotCall") is True else email_too


_ATTRIBUTES: Mapping[str, str] = {
    "details": "asset",
    "campaignId": "campaign",
    "formId": "form",
    "formHandlerId": "form",
    "listEmailId": "email_name",
    "emailTemplateId": "email_name",
}


def _attributes(row: Mapping[str, Any]) -> dict[str, Value]:
    attributes: dict[str, Value] = {
        ours: written for theirs, ours in _ATTRIBUTES.items() if (written := text(row.get(theirs), 2_000))
    }
    details = str(attributes.get("asset", ""))
    if details.startswith(("http://", "https://")):
        attributes["url"] = details
    return attributes
