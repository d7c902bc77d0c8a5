"""The org's objects and fields: the standard ones that matter here, and what metadata/ adds."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml
from defusedxml import ElementTree

from chalicelib.errors import Misconfigured

_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"

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
_FULL_NAMES = frozenset({"Lead", "Contact", "User"})
"""Objects whose Name is made of first and last name."""

_TYPES = {
    "Text": "string",
    "Number": "double",
    "Checkbox": "boolean",
    "DateTime": "datetime",
    "Date": "date",
    "Html": "textarea",
    "LongTextArea": "textarea",
    "TextArea": "textarea",
    "Picklist": "picklist",
    "Lookup": "reference",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Currency": "currency",
    "Percent": "percent",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field; `type` is describe's word for it, `children` a parent's for the records that refer to it."""

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


@dataclass(frozen=True, slots=True)
class SObject:
    """An object and its fields, by name in small letters, as the platform ignores the case of names."""

    name: str
    prefix: str
    label: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    auto_number: str | None = None

    @property
    def custom(self) -> bool:
        """Whether metadata/ made it."""
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


def load_schema(metadata: Path) -> Schema:
    """Read the standard objects and those of the metadata project.

    Raises:
        Misconfigured: a file is no metadata of Salesforce's.
    """
    standard = yaml.safe_load(Path(__file__).with_name("standard_objects.yaml").read_text())
    objects = {
        name: SObject(name, each["prefix"], name, _fields(each["fields"])) for name, each in standard.items()
    }
    for folder in sorted(metadata.glob("*/main/default/objects/*")):
        base = objects.get(folder.name) or _custom(folder, sum(each.custom for each in objects.values()))
        added = {each.name.lower(): each for each in _custom_fields(folder)}
        objects[folder.name] = replace(base, fields={**base.fields, **added})
    return Schema({name.lower(): each for name, each in objects.items()})


def _child_name(child: SObject, reference: Field) -> str:
    if reference.custom:
        return f"{reference.children}__r"
    return {"OpportunityContactRole": "OpportunityContactRoles"}.get(child.name, f"{child.name}s")


def _fields(specs: Mapping[str, str]) -> dict[str, Field]:
    everything = {"Id": "id 18", **specs, **_SYSTEM}
    return {name.rstrip("!").lower(): _field(name, spec) for name, spec in everything.items()}


def _field(name: str, spec: str) -> Field:
    kind, *rest = spec.split()
    plain = name.rstrip("!")
    known = Field(plain, kind, plain, required=name.endswith("!"), writable=plain not in _READ_ONLY)
    if kind == "reference":
        return replace(known, length=18, reference_to=tuple(rest[0].split(",")), relationship=rest[1])
    return replace(known, length=int(rest[0]) if rest else 0)


def _custom(folder: Path, number: int) -> SObject:
    root = _read(folder / f"{folder.name}.object-meta.xml")
    fields = _fields(_CUSTOM)
    return SObject(
        folder.name,
        f"a{number:02d}",
        root.get("label", folder.name),
        fields | {"name": replace(fields["name"], writable=False)},
        auto_number=root.get("nameField/displayFormat"),
    )


def _custom_fields(folder: Path) -> Iterator[Field]:
    for path in sorted(folder.glob("fields/*.field-meta.xml")):
        root = _read(path)
        kind = _TYPES.get(root["type"])
        if kind is None:
            raise Misconfigured(f"{path.name}: fields of type {root['type']} are not known to the sandbox")
        name = root["fullName"]
        yield Field(
            name=name,
            type=kind,
            label=root["label"],
            length=18 if kind == "reference" else int(root.get("length", 0)),
            required=root.get("required") == "true",
            unique=root.get("unique") == "true",
            external_id=root.get("externalId") == "true",
            reference_to=(root["referenceTo"],) if "referenceTo" in root else (),
            relationship=name.removesuffix("c") + "r" if kind == "reference" else None,
            children=root.get("relationshipName"),
            custom=True,
        )


def _read(path: Path) -> dict[str, Any]:
    """Read a metadata file as a flat dictionary; keys of nested elements are joined by a slash."""
    try:
        root = ElementTree.parse(path, forbid_dtd=True).getroot()
    except (OSError, ElementTree.ParseError) as error:
        raise Misconfigured(f"{path.name}: {error}") from None
    plain: dict[str, Any] = {}
    for child in root if root is not None else ():
        name = child.tag.removeprefix(_NAMESPACE)
        plain[name] = (child.text or "").strip()
        for grandchild in child:
            plain[f"{name}/{grandchild.tag.removeprefix(_NAMESPACE)}"] = (grandchild.text or "").strip()
    return plain
