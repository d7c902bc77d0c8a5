"""The org's objects and fields: the standard ones that matter here, and those that were deployed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import yaml

_SYSTEM = {
    "IsDeleted": "boolean",
    "CreatedDate": "datetime",
    "CreatedById": "reference User CreatedBy",
    "LastModifiedDate": "datetime",
    "LastModifiedById": "reference User LastModifiedBy",
    "SystemModstamp": "datetime",
}
_CUSTOM = {"Name": "string 80", "OwnerId": "reference User,Group Owner"}
_READ_ONLY = frozenset(
    {
        *(
            "Id",
            "IsDeleted",
            "CreatedDate",
            "CreatedById",
            "LastModifiedDate",
            "LastModifiedById",
            "SystemModstamp",
        ),
        *("MasterRecordId", "IsConverted", "ConvertedDate", "ConvertedContactId", "ConvertedAccountId"),
        *("ConvertedOpportunityId", "IsClosed", "IsWon"),
    }
)
_CHILD_NAMES = {
    "FieldPermissions.ParentId": "FieldPerms",
    "ObjectPermissions.ParentId": "ObjectPerms",
    "SetupEntityAccess.ParentId": "SetupEntityAccessItems",
    "PermissionSetAssignment.PermissionSetId": "Assignments",
    "PermissionSetAssignment.PermissionSetGroupId": "Assignments",
}
"""What a parent calls its children, where it is not the object's plural."""

_FULL_NAMES = frozenset({"Lead", "Contact", "User"})
"""Objects whose Name is made of first and last name."""


@dataclass(frozen=True, slots=True)
class PicklistValue:
    """A value of a picklist: `name` is what records hold, `label` what people read."""

    name: str
    label: str
    active: bool = True
    default: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `type` is describe's word for it, `children` a parent's for the records that refer to it.

    Attributes:
        precision: digits of a number in all; 0 where they are not limited.
        scale: digits of a number after the point.
        values: of a picklist; a restricted one takes no others.
        formula: text of the formula that computes the field; nobody writes such a field.
        blank_as_zero: whether the formula takes a number that is blank for 0.
        default: text of the formula that gives a new record its value.
        html: whether a text is formatted.
    """

    name: str
    type: str
    label: str
    length: int = 0
    required: bool = False
    unique: bool = False
    external_id: bool = False
    writable: bool = True
    reference_to: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    custom: bool = False
    precision: int = 0
    scale: int = 0
    values: tuple[PicklistValue, ...] = ()
    restricted: bool = False
    formula: str | None = None
    blank_as_zero: bool = False
    default: str | None = None
    help_text: str | None = None
    html: bool = False


@dataclass(frozen=True, slots=True)
class RecordType:
    """A record type; its own record has the id."""

    developer_name: str
    label: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class SObject:
    """An object and its fields, by name in small letters, as the platform ignores the case of names.

    Attributes:
        changeable: whether its records can be written, by whomever finds it so.
    """

    name: str
    prefix: str
    label: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    auto_number: str | None = None
    plural: str | None = None
    record_types: tuple[RecordType, ...] = ()
    changeable: bool = True

    @property
    def custom(self) -> bool:
        """Whether a deploy made it."""
        return self.name.endswith("__c")

    @property
    def full_name(self) -> bool:
        """Whether its Name is made of first and last name."""
        return self.name in _FULL_NAMES

    def get(self, name: str) -> Field | None:
        """Find a field by its name."""
        return self.fields.get(name.lower())

    def relationship(self, name: str) -> Field | None:
        """Find the reference that a relationship name, such as `Owner` or `Lead__r`, goes over."""
        wanted = name.lower()
        return next(
            (each for each in self.fields.values() if (each.relationship or "").lower() == wanted), None
        )


@dataclass(frozen=True, slots=True)
class Schema:
    """All objects, by name in small letters."""

    objects: Mapping[str, SObject]

    def get(self, name: str) -> SObject | None:
        """Find an object by its name."""
        return self.objects.get(name.lower())

    def by_prefix(self, record_id: str) -> SObject | None:
        """Find the object that an id belongs to."""
        return next((each for each in self.objects.values() if each.prefix == record_id[:3]), None)

    def children(self, parent: SObject, relationship: str) -> tuple[SObject, Field] | None:
        """Find the child object that a relationship name, such as `Interests__r`, leads to."""
        wanted = relationship.lower()
        for child in self.objects.values():
            for each in child.fields.values():
                if parent.name in each.reference_to and _child_name(child, each).lower() == wanted:
                    return child, each
        return None


@cache
def standard_schema() -> Schema:
    """Read the standard objects: an org to which nothing was deployed."""
    standard = yaml.safe_load(Path(__file__).with_name("standard_objects.yaml").read_text())
    return Schema(
        {
            name.lower(): SObject(
                name, each["prefix"], name, _fields(each["fields"], each.get("read_only", ()))
            )
            for name, each in standard.items()
        }
    )


@cache
def custom_object_fields() -> Mapping[str, Field]:
    """Give the fields that every custom object has."""
    return _fields(_CUSTOM)


@cache
def record_type_field() -> Field:
    """Give the field of an object that has record types."""
    return _field("RecordTypeId", "reference RecordType RecordType")


def _child_name(child: SObject, reference: Field) -> str:
    if reference.custom:
        return f"{reference.children}__r"
    return _CHILD_NAMES.get(f"{child.name}.{reference.name}", f"{child.name}s")


def _fields(specs: Mapping[str, str], read_only: Collection[str] = ()) -> dict[str, Field]:
    everything = {"Id": "id 18", **specs, **_SYSTEM}
    fields = [_field(name, spec) for name, spec in everything.items()]
    return {
        each.name.lower(): replace(each, writable=False) if each.name in read_only else each
        for each in fields
    }


def _field(name: str, spec: str) -> Field:
    kind, *rest = spec.split()
    plain = name.rstrip("!")
    known = Field(plain, kind, plain, required=name.endswith("!"), writable=plain not in _READ_ONLY)
    if kind == "reference":
        return replace(known, length=18, reference_to=tuple(rest[0].split(",")), relationship=rest[1])
    return replace(known, length=int(rest[0]) if rest else 0)
