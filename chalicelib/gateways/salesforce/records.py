"""What a Salesforce record, as an outbound message, a change event or a query gives it, tells of a person."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.assignment import OWNER
from chalicelib.domain.checklist import LACKING
from chalicelib.domain.consent import Channel, Consent, withdrawal
from chalicelib.domain.engagement import Engagement, KeyKind, PersonKey, Value, engagement_id, person_key
from chalicelib.domain.instant import Instant
from chalicelib.domain.lifecycle import UNTIL
from chalicelib.errors import Rejected
from chalicelib.gateways.reading import email, instant, text
from chalicelib.gateways.salesforce.mapping import INTEREST_ID, LEAD_PROFILE

SOURCE = "salesforce"

_LEAD: Mapping[str, str] = {field.name: word for word, field in LEAD_PROFILE.items() if word != "email"} | {
    "AnnualRevenue": "annual_revenue"
}
_CONTACT: Mapping[str, str] = {
    "FirstName": "first_name",
    "LastName": "last_name",
    "Salutation": "salutation",
    "Title": "job_title",
    "Department": "department",
    "MailingCountry": "country",
    "MailingCity": "city",
    "Phone": "phone",
}
_OPT_OUTS: Mapping[str, Channel] = {"HasOptedOutOfEmail": "email", "DoNotCall": "phone"}
_OPENED = "opportunity_opened"
_OPPORTUNITY_ENDS = {"Closed Won": "opportunity_won", "Closed Lost": "opportunity_lost"}


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was when it changed.

    Attributes:
        fields: by API name, compound fields taken apart; only some of them may be there.
        unique: what makes this change unique in Salesforce; the same change always gives the same engagement.
        created: the change made the record.
    """

    entity: str
    id: str
    fields: Mapping[str, Any]
    changed_at: Instant
    unique: tuple[str, ...]
    created: bool = False


def engagement_of(record: Record) -> Engagement | None:
    """Say what a change of a record tells; None for what tells nothing of a person.

    Raises:
        Rejected: it tells something, but not of whom.
    """
    match record.entity:
        case "Lead":
            return _lead(record)
        case "Contact":
            return _person("contact", record, _CONTACT)
        case "Interest__c":
            return _interest(record)
        case "Opportunity":
            return _opportunity(record)
    return None


def _lead(record: Record) -> Engagement | None:
    contact = text(record.fields.get("ConvertedContactId"))
    if not (_is_true(record.fields.get("IsConverted")) and contact):
        return _person("lead", record, _LEAD)
    return Engagement(
        id=engagement_id(SOURCE, "lead_converted", record.id[:15], contact[:15]),
        kind="lead_converted",
        occurred_at=record.changed_at,
        source=SOURCE,
        keys=(*_keys("lead", record), person_key("contact", contact)),
        profile=_profile(record, _LEAD),
        consents=_withdrawn(record),
    )


def _person(kind: KeyKind, record: Record, words: Mapping[str, str]) -> Engagement | None:
    keys, profile, consents = _keys(kind, record), _profile(record, words), _withdrawn(record)
    if len(keys) == 1 and not profile and not consents:
        # Only fields changed that don't matter here, such as the score that we wrote ourselves.
        return None
    return Engagement(
        id=engagement_id(SOURCE, *record.unique),
        kind="record_changed",
        occurred_at=record.changed_at,
        source=SOURCE,
        keys=keys,
        profile=profile,
        consents=consents,
    )


def _interest(record: Record) -> Engagement | None:
    interest = text(record.fields.get(INTEREST_ID))
    if not interest:
        return None
    keys = [
        person_key(kind, written) for kind, name in _INTEREST_OF if (written := text(record.fields.get(name)))
    ]
    if not keys:
        raise Rejected("Lead__c: missing, and so is Contact__c; add both to what Salesforce sends")
    told = {
        ours: written
        for theirs, ours in (
            ("Stage__c", "stage"),
            ("Reason__c", "reason"),
            ("Product_Line__c", "product_line"),
            ("Lacking__c", LACKING),
            ("Recycle_Until__c", UNTIL),
        )
        if (written := text(record.fields.get(theirs)))
    }
    if opportunity := text(record.fields.get("Opportunity__c"), 18):
        told["opportunity"] = opportunity[:15]
    if owner := text(record.fields.get("OwnerId"), 18):
        told[OWNER] = owner[:15]
    if user := text(record.fields.get("LastModifiedById"), 18):
        told["actor"] = user
    return Engagement(
        id=engagement_id(SOURCE, *record.unique),
        kind="interest_changed",
        occurred_at=record.changed_at,
        source=SOURCE,
        keys=tuple(keys),
        attributes={"interest_id": interest, **told},
    )


_INTEREST_OF: tuple[tuple[KeyKind, str], ...] = (("contact", "Contact__c"), ("lead", "Lead__c"))


def _opportunity(record: Record) -> Engagement | None:
    kind = _opportunity_kind(record)
    is_made_at = kind == _OPENED and "CreatedDate" in record.fields
    contact = text(record.fields.get("ContactId"))
    if kind is None or not contact:
        return None
    attributes: dict[str, Value] = {"opportunity": record.id[:15]}
    if subject := text(record.fields.get("Name")):
        attributes["subject"] = subject
    if (amount := _number(record.fields.get("Amount"))) is not None:
        attributes["amount"] = amount
    if user := text(record.fields.get("LastModifiedById"), 18):
        attributes["actor"] = user
    return Engagement(
        # Each save of an opportunity may be told again, but it is opened, won or lost once.
        id=engagement_id(SOURCE, kind, record.id[:15]),
        kind=kind,
        occurred_at=instant(record.fields["CreatedDate"], "CreatedDate", record.changed_at)
        if is_made_at
        else record.changed_at,
        source=SOURCE,
        keys=(person_key("contact", contact),),
        attributes=attributes,
    )


def _opportunity_kind(record: Record) -> str | None:
    fields = record.fields
    if _is_true(fields.get("IsWon")):
        return "opportunity_won"
    if _is_true(fields.get("IsClosed")) and "IsWon" in fields:
        return "opportunity_lost"
    # An outbound message does not say whether the record is new, but when it was made.
    is_told = record.created or "CreatedDate" in fields
    return _OPPORTUNITY_ENDS.get(text(fields.get("StageName")), _OPENED if is_told else None)


def _keys(kind: KeyKind, record: Record) -> tuple[PersonKey, ...]:
    own = person_key(kind, record.id)
    address = email(record.fields.get("Email"))
    return (own, person_key("email", address)) if address else (own,)


def _profile(record: Record, words: Mapping[str, str]) -> dict[str, str]:
    return {
        ours: written for theirs, ours in words.items() if (written := _written(record.fields.get(theirs)))
    }


def _withdrawn(record: Record) -> tuple[Consent, ...]:
    # A sync may restrict, never grant: an unticked box says nothing.
    return tuple(
        withdrawal(channel) for name, channel in _OPT_OUTS.items() if _is_true(record.fields.get(name))
    )


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _written(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) and math.isfinite(value) else text(value, 255)
