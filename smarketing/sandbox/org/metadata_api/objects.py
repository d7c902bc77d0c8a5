"""From deployed components to the org's objects and fields.

Types and attributes of fields: Metadata API Developer Guide, CustomObject, CustomField, RecordType.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree

from smarketing.metadata.xml import children, parse, text_of
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import (
    Field,
    PicklistValue,
    RecordType,
    Schema,
    SObject,
    custom_object_fields,
    record_type_field,
    standard_schema,
)

FIELD_TYPES = {
    "AutoNumber": "string",
    "Checkbox": "boolean",
    "Currency": "currency",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
    "Html": "textarea",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "Number": "double",
    "Percent": "percent",
    "Phone": "phone",
    "Picklist": "picklist",
    "Text": "string",
    "TextArea": "textarea",
    "Url": "url",
}
"""Describe's words for the types of custom fields that the org knows."""

_LENGTHS = {"reference": 18, "url": 255, "email": 80, "phone": 40, "picklist": 255}
_TEXT_AREA = 255
_FORMULA_TEXT = 1_300
"""What a formula gives at most (Salesforce Help, Formula Field Limits and Restrictions)."""


@dataclass(frozen=True, slots=True)
class FieldDefinition:
    """A custom field; a global value set gives its values later, as it may change without the field."""

    field: Field
    value_set: str | None = None


def schema_of(components: Components, prefix: Callable[[str], str]) -> Schema:
    """Put the standard objects and what was deployed together; `prefix` gives that of an object's ids.

    Raises:
        Refusal: a field is of a type that the org does not know.
    """
    objects = dict(standard_schema().objects)
    for each in components.of("CustomObject"):
        if each.full_name.endswith("__c"):
            objects[each.full_name.lower()] = replace(
                _object(each.full_name, each.content), prefix=prefix(each.full_name)
            )
    values = {each.full_name.lower(): value_set(each.content) for each in components.of("GlobalValueSet")}
    fields: dict[str, dict[str, Field]] = defaultdict(dict)
    for each in components.of("CustomField"):
        parent, _, name = each.full_name.partition(".")
        fields[parent.lower()][name.lower()] = _resolved(field_definition(each.content), values)
    types: dict[str, list[RecordType]] = defaultdict(list)
    for each in components.of("RecordType"):
        types[each.full_name.partition(".")[0].lower()].append(record_type(each.content))
    for name, known in objects.items():
        objects[name] = _extended(known, fields.get(name, {}), types.get(name, ()))
    return Schema(objects)


@lru_cache(maxsize=4_096)
def field_definition(content: bytes) -> FieldDefinition:
    """Read a custom field.

    Raises:
        Refusal: its type is unknown here.
    """
    root = parse(content, "CustomField")
    declared, name = text_of(root, "type") or "", text_of(root, "fullName") or ""
    kind = FIELD_TYPES.get(declared)
    if kind is None:
        raise Refusal("INVALID_TYPE", f"Fields of type {declared} are not known to this org")
    formula = text_of(root, "formula")
    values = children(root, "valueSet")
    chosen = next(values, None)
    field = Field(
        name=name,
        type=kind,
        label=text_of(root, "label") or name,
        length=_length(root, declared, kind, formula),
        required=text_of(root, "required") == "true",
        unique=text_of(root, "unique") == "true",
        external_id=text_of(root, "externalId") == "true",
        writable=formula is None and declared != "AutoNumber",
        reference_to=_texts(root, "referenceTo"),
        relationship=name.removesuffix("c") + "r" if kind == "reference" else None,
        children=text_of(root, "relationshipName"),
        custom=True,
        precision=int(text_of(root, "precision") or 0),
        scale=int(text_of(root, "scale") or 0),
        formula=formula,
        blank_as_zero=text_of(root, "formulaTreatBlanksAs") == "BlankAsZero",
        default=text_of(root, "defaultValue"),
        help_text=text_of(root, "inlineHelpText"),
        html=declared == "Html",
    )
    if chosen is None:
        return FieldDefinition(field)
    own = tuple(
        _value(each)
        for definition in children(chosen, "valueSetDefinition")
        for each in children(definition, "value")
    )
    # A field that uses a global value set is restricted always (Metadata API Developer Guide, ValueSet).
    value_set_name = text_of(chosen, "valueSetName")
    restricted = text_of(chosen, "restricted") == "true" or value_set_name is not None
    return FieldDefinition(replace(field, values=own, restricted=restricted), value_set_name)


@lru_cache(maxsize=1_024)
def value_set(content: bytes) -> tuple[PicklistValue, ...]:
    """Read a global value set."""
    return tuple(_value(each) for each in children(parse(content, "GlobalValueSet"), "customValue"))


@lru_cache(maxsize=1_024)
def record_type(content: bytes) -> RecordType:
    """Read a record type."""
    root = parse(content, "RecordType")
    name = text_of(root, "fullName") or ""
    return RecordType(name, text_of(root, "label") or name, text_of(root, "active") != "false")


@lru_cache(maxsize=1_024)
def _object(name: str, content: bytes) -> SObject:
    root = parse(content, "CustomObject")
    numbered = text_of(root, "nameField", "type") == "AutoNumber"
    fields = dict(custom_object_fields())
    label = text_of(root, "nameField", "label") or "Name"
    fields["name"] = replace(fields["name"], label=label, writable=not numbered, required=not numbered)
    return SObject(
        name,
        "",
        text_of(root, "label") or name,
        fields,
        auto_number=text_of(root, "nameField", "displayFormat") if numbered else None,
        plural=text_of(root, "pluralLabel"),
    )


def _extended(known: SObject, fields: Mapping[str, Field], types: Iterable[RecordType]) -> SObject:
    found = tuple(types)
    more = {"recordtypeid": record_type_field()} if found else {}
    if not fields and not more:
        return known
    return replace(known, fields={**known.fields, **more, **fields}, record_types=found)


def _resolved(definition: FieldDefinition, values: Mapping[str, tuple[PicklistValue, ...]]) -> Field:
    if definition.value_set is None:
        return definition.field
    return replace(definition.field, values=values.get(definition.value_set.lower(), ()))


def _length(root: etree._Element, declared: str, kind: str, formula: str | None) -> int:
    if formula is not None and kind == "string":
        return _FORMULA_TEXT
    if declared == "TextArea":
        return _TEXT_AREA
    return _LENGTHS.get(kind) or int(text_of(root, "length") or 0)


def _value(node: etree._Element) -> PicklistValue:
    name = text_of(node, "fullName") or ""
    return PicklistValue(
        name,
        text_of(node, "label") or name,
        text_of(node, "isActive") != "false",
        text_of(node, "default") == "true",
    )


def _texts(root: etree._Element, name: str) -> tuple[str, ...]:
    return tuple((each.text or "").strip() for each in children(root, name))
