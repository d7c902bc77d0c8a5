"""Custom fields and value sets as they are deployed.

Types and attributes of fields: Metadata API Developer Guide, CustomField, ValueSet, GlobalValueSet.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from lxml import etree

from smarketing.metadata.xml import children, parse, text_of
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.schema import Field, PicklistValue

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


@lru_cache(maxsize=4_096)
def field_definition(content: bytes) -> FieldDefinition:
    """Read a custom field.

    Raises:
        Refusal: its type is unknown here.
    """
    root = parse(content, "CustomField")
    declared = text_of(root, "type") or ""
    kind = FIELD_TYPES.get(declared)
    if kind is None:
        raise Refusal("INVALID_TYPE", f"Fields of type {declared} are not known to this org")
    field = replace(_plain_field(root, declared, kind), **_numbers_and_formula(root))
    chosen = next(children(root, "valueSet"), None)
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


def _plain_field(root: etree._Element, declared: str, kind: str) -> Field:
    name, formula = text_of(root, "fullName") or "", text_of(root, "formula")
    return Field(
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
        help_text=text_of(root, "inlineHelpText"),
        html=declared == "Html",
    )


def _numbers_and_formula(root: etree._Element) -> dict[str, Any]:
    return {
        "precision": int(text_of(root, "precision") or 0),
        "scale": int(text_of(root, "scale") or 0),
        "formula": text_of(root, "formula"),
        "blank_as_zero": text_of(root, "formulaTreatBlanksAs") == "BlankAsZero",
        "default": text_of(root, "defaultValue"),
    }


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
