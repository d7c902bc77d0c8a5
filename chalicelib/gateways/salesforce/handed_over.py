"""Reads interests that are handed over and the people in sales, and writes who takes them over."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.domain.engagement import PersonKey, Value, person_key
from chalicelib.domain.handed_over import Absence, HandedOver, Handover, absent_until
from chalicelib.domain.instant import Instant, iso, parse_instant
from chalicelib.domain.interest import InterestId
from chalicelib.domain.outcome import Outcome, Written
from chalicelib.domain.routing import Colleague
from chalicelib.domain.salesforce_ids import in_18
from chalicelib.gateways.salesforce import composite
from chalicelib.gateways.salesforce.mapping import INTEREST_ID, Write, text
from chalicelib.gateways.salesforce.outcomes import outcome_of
from chalicelib.gateways.salesforce.queues import queue_id
from chalicelib.gateways.salesforce.rest import Rest, Row

_OF_INTEREST: Mapping[str, str] = {
    "product_line": "Product_Line__c",
    "gate": "Gate__c",
    "score": "Score_When_Opened__c",
    "grade": "Grade_When_Opened__c",
    "expected_value": "Expected_Value__c",
}
_OF_LEAD: Mapping[str, str] = {
    "country": "Country",
    "state": "State",
    "city": "City",
    "postal_code": "PostalCode",
    "industry": "Industry",
    "employees": "NumberOfEmployees",
    "company": "Company",
}
_OF_CONTACT: Mapping[str, str] = {
    "country": "MailingCountry",
    "state": "MailingState",
    "city": "MailingCity",
    "postal_code": "MailingPostalCode",
}
_OF_ACCOUNT: Mapping[str, str] = {
    "country": "BillingCountry",
    "state": "BillingState",
    "city": "BillingCity",
    "postal_code": "BillingPostalCode",
    "industry": "Industry",
    "employees": "NumberOfEmployees",
    "company": "Name",
}
_PARENTS = (("Lead__r", _OF_LEAD), ("Contact__r", _OF_CONTACT), ("Account__r", _OF_ACCOUNT))
_INTERESTS = (
    f"SELECT Id, {INTEREST_ID}, OwnerId, Stage__c, Accept_By__c, Lead__c, Contact__c, Account__c, "  # noqa: S608
    f"Account__r.OwnerId, {', '.join(_OF_INTEREST.values())}, "
    f"{', '.join(f'{parent}.{name}' for parent, fields in _PARENTS for name in fields.values())} "
    f"FROM Interest__c WHERE {INTEREST_ID} IN {{values}}"
)
_USERS = "SELECT Id, Username, Name, IsActive FROM User WHERE Username IN {values}"
_ABSENCES = (
    "SELECT User__r.Username, First_Day__c, Last_Day__c FROM Absence__c "
    "WHERE User__r.Username IN {values} AND Last_Day__c >= YESTERDAY"
)
_OPEN = (
    "SELECT OwnerId, COUNT(Id) n FROM Interest__c WHERE OwnerId IN {values} AND Is_Open__c = true "
    "GROUP BY OwnerId"
)


class HandedOverInterests:
    """The interests of an org on their way to sales."""

    def __init__(self, rest: Rest) -> None:
        """Use the calls of the integration user."""
        self._rest = rest

    def held(self, interests: Sequence[str]) -> dict[str, HandedOver]:
        """Read interests with their Lead, Contact and Account, by our id, in one query for many.

        Raises:
            Retryable, Misconfigured: the org can't be asked.
        """
        rows = self._rest.rows(_INTERESTS, interests)
        return {each.interest: each for row in rows if (each := _held(row)) is not None}

    def roster(
        self, users: Sequence[str], today: Callable[[str], date], *, count_open: bool
    ) -> dict[str, Colleague]:
        """Read people in sales, by user name in small letters, with absences and open interests.

        Args:
            users: user names; who isn't in the org is left out.
            today: tells of a user name which day it is where they work.
            count_open: whether it matters how much everybody has in hand.

        Raises:
            Retryable, Misconfigured: the org can't be asked.
        """
        rows = list(self._rest.rows(_USERS, users))
        absences = self._absences(users)
        open_of = self._open([str(row["Id"]) for row in rows]) if count_open else {}
        colleagues = (_colleague(row, absences, today, open_of) for row in rows)
        return {each.user.casefold(): each for each in colleagues}

    def queue(self, developer_name: str) -> str:
        """Give the id of a queue.

        Raises:
            Misconfigured: the org has none of that name.
            Retryable: the org can't be asked.
        """
        return queue_id(self._rest, developer_name)

    def write(self, handovers: Sequence[Handover]) -> list[Outcome]:
        """Write owners and stages in the fewest calls; one outcome each, in their order.

        Raises:
            Retryable, Misconfigured, Rejected: a call failed as a whole.
        """
        writes = [_write(each) for each in handovers]
        results = [result for some in composite.send(self._rest, writes) for result in some]
        return [
            Written(each.id) if isinstance(each, composite.Saved) else outcome_of(each) for each in results
        ]

    def _absences(self, users: Sequence[str]) -> dict[str, list[Absence]]:
        found: dict[str, list[Absence]] = {}
        for row in self._rest.rows(_ABSENCES, users):
            days = (date.fromisoformat(str(row[name])) for name in ("First_Day__c", "Last_Day__c"))
            found.setdefault(str(row["User__r"]["Username"]).casefold(), []).append(Absence(*days))
        return found

    def _open(self, owners: Sequence[str]) -> dict[str, int]:
        return {str(row["OwnerId"]): int(row["n"]) for row in self._rest.rows(_OPEN, owners)}


def _held(row: Row) -> HandedOver | None:
    person = _person(row)
    if person is None:
        return None
    accept_by = row.get("Accept_By__c")
    account = row.get("Account__r") or {}
    return HandedOver(
        interest=InterestId(str(row[INTEREST_ID])),
        record_id=str(row["Id"]),
        person=person,
        stage=str(row.get("Stage__c") or ""),
        owner=in_18(str(row["OwnerId"])),
        account_owner=str(account.get("OwnerId") or ""),
        account=str(account.get("Name") or ""),
        accept_by=parse_instant(str(accept_by), "Accept_By__c") if accept_by else None,
        attributes=dict(_attributes(row)),
    )


def _person(row: Row) -> PersonKey | None:
    if contact := row.get("Contact__c"):
        return person_key("contact", str(contact))
    lead = row.get("Lead__c")
    return person_key("lead", str(lead)) if lead else None


def _attributes(row: Row) -> Iterator[tuple[str, Value]]:
    """Give what routing looks at; the Account knows best where somebody belongs."""
    yield "customer", bool(row.get("Contact__c"))
    for parent, fields in (("", _OF_INTEREST), *_PARENTS):
        of: Mapping[str, Any] = row if not parent else row.get(parent) or {}
        for word, name in fields.items():
            if (value := of.get(name)) not in (None, ""):
                yield word, value


def _colleague(
    row: Row,
    absences: Mapping[str, list[Absence]],
    today: Callable[[str], date],
    open_of: Mapping[str, int],
) -> Colleague:
    user = str(row["Username"])
    return Colleague(
        user=user,
        id=str(row["Id"]),
        name=str(row.get("Name") or user),
        active=bool(row.get("IsActive")),
        absent_until=absent_until(absences.get(user.casefold(), []), today(user)),
        open=open_of.get(str(row["Id"]), 0),
    )


def _write(handover: Handover) -> Write:
    assignment = handover.assignment
    values: dict[str, Any]
    if handover.contact is not None:
        values = {"Contact__c": handover.contact}
    elif assignment is None:
        values = {"Stage__c": handover.stage}
        if handover.reason is not None:
            values["Reason__c"] = handover.reason
    else:
        values = {
            "OwnerId": assignment.owner,
            "Assigned_At__c": iso(assignment.assigned_at),
            "Accept_By__c": _moment(assignment.accept_by),
            "Assignment_Explanation__c": text(4_000)("\n".join(assignment.why)),
        }
        if handover.is_escalation:
            values["Escalated_At__c"] = iso(assignment.assigned_at)
    return Write("Interest__c", "update", "Id", handover.record_id, values)


def _moment(at: Instant | None) -> str | None:
    return None if at is None else iso(at)
