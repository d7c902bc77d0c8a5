"""Salesforce: the person's Leads and Contacts, their interests and touchpoints.

Values are emptied before a record is deleted, since what is deleted lies in the recycle bin for 15 days, with
what it held (Salesforce Help, "Delete Records and the Recycle Bin").
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.erasure import RecordsTo
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.mapping import INTEREST_ID, PERSON_ID
from smarketing.privacy.steps import Counts, Erased
from smarketing.privacy.subject import Subject

ERASED = "[erased]"
"""Stands where a field must not be empty."""

_PEOPLE = {"Lead": "lead", "Contact": "contact"}
_TEXTS = frozenset({"string", "textarea", "email", "phone", "url", "date", "encryptedstring"})
"""Types of fields that may hold what a person gave (Object Reference, "Field Types")."""


class Rest(Protocol):
    """The calls that are needed."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""

    def rows(
        self, soql: str, values: Iterable[str] | None = None, *, deleted: bool = False
    ) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of records, by object, in the order in which they are deleted."""

    records: Mapping[str, Sequence[str]]

    @property
    def keys(self) -> list[PersonKey]:
        """The keys that the people's records are."""
        return [
            person_key("lead" if kind == "lead" else "contact", each)
            for name, kind in _PEOPLE.items()
            for each in self.records.get(name, ())
        ]


class SalesforceStep:
    """The org: as the operator, and as the integration user where a field is locked for everybody else."""

    name = "salesforce"

    def __init__(self, operator: Rest, integration: Rest, records_to: RecordsTo = "delete") -> None:
        """Work on an org; `anonymise` leaves Leads and Contacts there, emptied."""
        self._operator = operator
        self._integration = integration
        self._records_to = records_to

    def find(self, subject: Subject) -> Found:
        """Find the person's records by id, by our id and by address."""
        people = {name: sorted(self._people(name, subject)) for name in _PEOPLE}
        ids = [each for found in people.values() for each in found]
        children = {name: sorted(self._children(name, subject, ids)) for name in _CHILDREN}
        return Found({**children, **people})

    def holds(self, subject: Subject) -> Counts:
        """Count records by object."""
        return {name: len(ids) for name, ids in self.find(subject).records.items() if ids}

    def read(self, subject: Subject) -> dict[str, list[Any]]:
        """Read all fields of the records that the operator may see."""
        return {
            name: [self._operator.call("GET", f"sobjects/{name}/{each}") for each in ids]
            for name, ids in self.find(subject).records.items()
            if ids
        }

    def erase(self, subject: Subject) -> Erased:
        """Empty the records and delete them; Leads and Contacts may have to stay, emptied."""
        found = self.find(subject)
        left = []
        for name, ids in found.records.items():
            for record in ids:
                left += self._empty(name, record)
                if name not in _PEOPLE or self._records_to == "delete":
                    self._operator.call("DELETE", f"sobjects/{name}/{record}")
        return Erased({name: len(ids) for name, ids in found.records.items() if ids}, left=tuple(left))

    def _people(self, name: str, subject: Subject) -> set[str]:
        kind = _PEOPLE[name]
        asked: dict[str, Sequence[str]] = {
            "Id": [key.value for key in subject.keys if key.kind == kind],
            PERSON_ID: list(subject.persons),
            "Email": subject.values("email"),
        }
        return {
            str(row["Id"])
            for field, values in asked.items()
            if values
            for row in self._operator.rows(_QUERIES[name, field], values)
        }

    def _children(self, name: str, subject: Subject, people: Sequence[str]) -> set[str]:
        asked: dict[str, Sequence[str]] = {"Lead__c": people, "Contact__c": people}
        if name == "Interest__c":
            asked[INTEREST_ID] = subject.interests
        return {
            str(row["Id"])
            for field, values in asked.items()
            if values
            for row in self._operator.rows(_QUERIES[name, field], values)
        }

    def _empty(self, name: str, record: str) -> list[str]:
        """Empty what may hold something of the person; gives what nobody may write."""
        for rest in (self._integration, self._operator):
            values = _emptied(rest.call("GET", f"sobjects/{name}/describe")["fields"])
            try:
                rest.call("PATCH", f"sobjects/{name}/{record}", values)
            except Rejected as error:
                return [f"{name} {record}: not emptied ({error}); empty the recycle bin, or wait 15 days"]
        return []


_CHILDREN = ("Touchpoint__c", "Interest__c")


def _query(name: str, field: str) -> str:
    return f"SELECT Id FROM {name} WHERE {field} IN {{values}}"  # noqa: S608 - both are constants


_QUERIES = {
    **{(name, field): _query(name, field) for name in _PEOPLE for field in ("Id", PERSON_ID, "Email")},
    **{(name, field): _query(name, field) for name in _CHILDREN for field in ("Lead__c", "Contact__c")},
    ("Interest__c", INTEREST_ID): _query("Interest__c", INTEREST_ID),
}


def _emptied(fields: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    """Give the values that say nothing, for all fields that this user may write and that could say something.

    Ids that are ours stay: they tell nobody anything once our table has forgotten them.
    """
    texts = [each for each in fields if each["updateable"] and each["type"] in _TEXTS]
    return {
        str(each["name"]): None if each["nillable"] else ERASED
        for each in texts
        if not each.get("externalId") and not each.get("calculated")
    }
