"""Objects and their fields, as far as the checks need them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from smarketing.metadata.xml import children, text_of

TYPES: Mapping[str, str] = {
    "AutoNumber": "string",
    "Checkbox": "boolean",
    "Currency": "currency",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
    "Html": "textarea",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "MasterDetail": "reference",
    "MultiselectPicklist": "multipicklist",
    "Number": "double",
    "Percent": "percent",
    "Phone": "phone",
    "Picklist": "picklist",
    "Text": "string",
    "TextArea": "textarea",
    "Url": "url",
}
"""Types of custom fields, and describe's words for them (Object Reference, Field Types)."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field.

    Attributes:
        type: describe's word for it.
        values: of a picklist; None where they are not known.
        targets: objects that a reference may point to.
        relationship: name that paths take to the record that a reference points to, such as `Lead__r`.
        children: name by which that record knows its referrers, such as `Interests__r`.
        computed: whether the platform alone writes it: formulas, auto numbers, times of changes.
        metadata_type: word of the Metadata API for a custom field's type.
    """

    name: str
    type: str
    required: bool = False
    values: frozenset[str] | None = None
    targets: tuple[str, ...] = ()
    relationship: str | None = None
    children: str | None = None
    computed: bool = False
    length: int = 0
    precision: int = 0
    scale: int = 0
    metadata_type: str = ""

    @property
    def custom(self) -> bool:
        """Whether a deploy made it."""
        return self.name.endswith("__c")


@dataclass(frozen=True, slots=True)
class Sobject:
    """An object.

    Attributes:
        columns: names that list views and search layouts have for its standard fields.
    """

    name: str
    fields: Mapping[str, Field] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()

    @property
    def custom(self) -> bool:
        """Whether a deploy made it."""
        return self.name.endswith("__c")

    def over(self, relationship: str) -> Field | None:
        """Find the reference that a path goes over."""
        return next((each for each in self.fields.values() if each.relationship == relationship), None)

    def with_fields(self, fields: Iterator[Field]) -> "Sobject":
        """Add fields."""
        return replace(self, fields={**self.fields, **{each.name: each for each in fields}})


def custom_field(name: str, root: etree._Element, value_sets: Mapping[str, frozenset[str]]) -> Field:
    """Read a custom field from its file."""
    kind = text_of(root, "type") or ""
    relationship = text_of(root, "relationshipName")
    return Field(
        name=name,
        type=TYPES.get(kind, ""),
        required=text_of(root, "required") == "true",
        values=_values(root, value_sets),
        targets=tuple((each.text or "").strip() for each in children(root, "referenceTo")),
        relationship=f"{name.removesuffix('__c')}__r" if kind in ("Lookup", "MasterDetail") else None,
        children=f"{relationship}__r" if relationship else None,
        computed=text_of(root, "formula") is not None or kind in ("AutoNumber", "Summary"),
        length=_number(root, "length"),
        precision=_number(root, "precision"),
        scale=_number(root, "scale"),
        metadata_type=kind,
    )


def _values(root: etree._Element, value_sets: Mapping[str, frozenset[str]]) -> frozenset[str] | None:
    for value_set in children(root, "valueSet"):
        name = text_of(value_set, "valueSetName")
        if name is not None:
            return value_sets.get(name)
        return frozenset(
            text_of(value, "fullName") or ""
            for definition in children(value_set, "valueSetDefinition")
            for value in children(definition, "value")
        )
    return None


def _number(root: etree._Element, name: str) -> int:
    text = text_of(root, name) or ""
    return int(text) if text.isdigit() else 0
