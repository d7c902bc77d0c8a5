"""Reads records again whose change events had a gap, and says what they tell now."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from chalicelib.domain.engagement import Engagement, KeyKind, engagement_id, person_key
from chalicelib.domain.instant import HOUR, Instant, parse_instant
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce import activities
from chalicelib.gateways.salesforce.mapping import INTEREST_ID, LEAD_PROFILE, is_record_id
from chalicelib.gateways.salesforce.records import SOURCE, Record, engagement_of
from chalicelib.log import log_line

OVERFLOW = HOUR
"""An overflow event names no record: everything that changed for so long is read then."""

_PERSON = ("IsDeleted", "MasterRecordId", "Email", "HasOptedOutOfEmail", "DoNotCall")
_FIELDS: Mapping[str, Sequence[str]] = {
    "Lead": (
        *_PERSON,
        *(field.name for field in LEAD_PROFILE.values() if field.name != "Email"),
        "AnnualRevenue",
        "IsConverted",
        "ConvertedContactId",
    ),
    "Contact": (
        *_PERSON,
        *("FirstName", "LastName", "Salutation", "Title", "Department"),
        *("MailingCountry", "MailingCity", "Phone"),
    ),
    "Opportunity": (
        *("IsDeleted", "Name", "StageName", "Amount", "IsWon", "IsClosed", "ContactId"),
        *("CreatedDate", "LastModifiedById"),
    ),
    "Interest__c": (
        "IsDeleted",
        INTEREST_ID,
        *("Lead__c", "Contact__c", "Stage__c", "Reason__c", "Product_Line__c"),
        *("Opportunity__c", "OwnerId", "LastModifiedById"),
        *("Lacking__c", "Recycle_Until__c"),
    ),
}
_KEY_KINDS: Mapping[str, KeyKind] = {"Lead": "lead", "Contact": "contact"}


class Queries(activities.Rest, Protocol):
    """The reading side of the gateway."""

    def rows(
        self, soql: str, values: Iterable[str] | datetime, *, deleted: bool = False
    ) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""


def read_again(
    crm: Queries, entity: str, ids: Sequence[str], now: Instant
) -> Iterator[Engagement | activities.Fact]:
    """Give what the records tell; with no ids, what all tell that changed within the last hour.

    Deleted records are read as well: a merger leaves the loser behind with the id of its survivor. Activities
    and cases are given as they are, for others to judge.

    Raises:
        Rejected: the object is none that tells of persons.
    """
    if entity in activities.ENTITIES:
        yield from activities.named(crm, entity, ids, Instant(now - OVERFLOW))
        return
    if entity not in _FIELDS:
        raise Rejected(f"entity: send one of {', '.join((*_FIELDS, *sorted(activities.ENTITIES)))}")
    select = f"SELECT Id, SystemModstamp, {', '.join(_FIELDS[entity])} FROM {entity} "  # noqa: S608 - constants
    if ids:
        rows = crm.rows(select + "WHERE Id IN {values}", filter(is_record_id, ids), deleted=True)
    else:
        since = datetime.fromtimestamp((now - OVERFLOW) / 1000, UTC)
        rows = crm.rows(select + "WHERE SystemModstamp >= {values}", since, deleted=True)
    for row in rows:
        try:
            engagement = _told(entity, row)
        except Rejected as error:
            log_line("record skipped", entity=entity, record=row["Id"], reason=str(error))
            continue
        if engagement is not None:
            yield engagement


def _told(entity: str, row: Mapping[str, Any]) -> Engagement | None:
    changed_at = parse_instant(str(row["SystemModstamp"]), "SystemModstamp")
    if row["IsDeleted"]:
        return _merger(entity, row, changed_at)
    return engagement_of(
        Record(
            entity=entity,
            id=str(row["Id"]),
            fields={name: value for name, value in row.items() if value is not None},
            changed_at=changed_at,
            unique=("read", str(row["Id"])[:15], str(changed_at)),
            created=True,
        )
    )


def _merger(entity: str, row: Mapping[str, Any], changed_at: Instant) -> Engagement | None:
    master = row.get("MasterRecordId")
    if entity not in _KEY_KINDS or not master:
        return None
    kind = _KEY_KINDS[entity]
    return Engagement(
        id=engagement_id(SOURCE, "merged", str(row["Id"])[:15], str(master)[:15]),
        kind="record_changed",
        occurred_at=changed_at,
        source=SOURCE,
        keys=(person_key(kind, str(master)), person_key(kind, str(row["Id"]))),
    )
