"""The fields of an org that are cleansed: those that it has, that we may read, and what is known of them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from chalicelib.errors import Misconfigured, Rejected
from smarketing.cleansing.mapping import FieldMeaning
from smarketing.cleansing.proposal import OBJECTS

PHONES = ("Phone", "MobilePhone", "HomePhone", "OtherPhone", "AssistantPhone", "Fax")
COUNTRIES: Mapping[str, str] = {"Lead": "Country", "Contact": "MailingCountry", "Account": "BillingCountry"}
NAMES = ("Lead", "Contact")
TEXTS: Mapping[str, Sequence[str]] = {
    "Lead": ("Company", "Title", "City", "PostalCode", "State", "Website"),
    "Contact": ("Title", "Department", "MailingCity", "MailingPostalCode"),
    "Account": ("Name", "BillingCity", "BillingPostalCode", "Website"),
}
"""Single-line texts that are only tidied."""

_MORE: Mapping[str, Sequence[str]] = {
    "Lead": ("IsConverted", "EmailBouncedDate", "IsEmailBounced", "HasOptedOutOfEmail", "DoNotCall"),
    "Contact": ("EmailBouncedDate", "IsEmailBounced", "HasOptedOutOfEmail", "DoNotCall"),
    "Account": (),
}


class Org(Protocol):
    """The calls that are needed."""

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call a REST resource and give its JSON."""


@dataclass(frozen=True, slots=True)
class OrgField:
    """A field as the org describes it (REST API Developer Guide, "sObject Describe")."""

    name: str
    label: str
    type: str
    updateable: bool
    required: bool = False
    values: tuple[tuple[str, str], ...] = ()
    """Active values of a picklist, each with its label."""

    @property
    def custom(self) -> bool:
        """Whether it is the org's own."""
        return self.name.endswith("__c")


@dataclass(frozen=True, slots=True)
class OrgObject:
    """An object and its fields, by name."""

    name: str
    fields: Mapping[str, OrgField] = field(default_factory=dict)

    @property
    def types(self) -> dict[str, str]:
        """Types of the fields, by name."""
        return {name: each.type for name, each in self.fields.items()}


def describe(org: Org) -> dict[str, OrgObject]:
    """Ask the org for the fields of all objects that are cleansed.

    Raises:
        Misconfigured: there is no such object, or we may not see it; likewise as `Rest.call` does.
    """
    found = {}
    for name in OBJECTS:
        try:
            plain = org.call("GET", f"sobjects/{name}/describe")
        except Rejected as error:
            raise Misconfigured(f"{name}: {error}") from None
        found[name] = OrgObject(name, {each["name"]: _field(each) for each in plain["fields"]})
    return found


def fields_to_read(
    described: OrgObject, meanings: Sequence[FieldMeaning], more: Sequence[str] = ()
) -> tuple[str, ...]:
    """Name the fields to read, the id first.

    Raises:
        Rejected: a mapping or an option names a field that the org does not have.
    """
    mapped = [each for meaning in meanings for each in meaning.fields]
    for each in (*mapped, *more):
        if each not in described.fields:
            raise Rejected(f"{described.name}.{each}: the org has no such field, or you may not read it")
    standard = (each for each in _standard(described.name) if each in described.fields)
    return tuple(dict.fromkeys(("Id", *standard, *mapped, *more)))


def _standard(name: str) -> Iterator[str]:
    yield COUNTRIES[name]
    yield from TEXTS[name]
    if name in NAMES:
        yield from ("Salutation", "FirstName", "LastName", "Email")
    yield from PHONES
    yield from _MORE[name]


def _field(plain: Mapping[str, Any]) -> OrgField:
    return OrgField(
        name=str(plain["name"]),
        label=str(plain.get("label") or plain["name"]),
        type=str(plain["type"]),
        updateable=bool(plain.get("updateable")),
        required=not plain.get("nillable", True),
        values=tuple(
            (str(each["value"]), str(each.get("label") or each["value"]))
            for each in plain.get("picklistValues") or ()
            if each.get("active")
        ),
    )
