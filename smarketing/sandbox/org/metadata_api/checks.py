"""What the org finds wrong with a component by itself: its XML, and what its type asks for.

Limits: Metadata API Developer Guide, CustomField; Salesforce Help, Custom Field Attributes.
"""

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from chalicelib.errors import Rejected
from smarketing.metadata.xml import children, line_of, parse, text_of
from smarketing.sandbox.org.metadata_api.choosing import Item
from smarketing.sandbox.org.metadata_api.elements import Misfit, misfits
from smarketing.sandbox.org.metadata_api.fields import FIELD_TYPES
from smarketing.sandbox.org.metadata_api.results import Problem

_LABEL, _HELP, _DESCRIPTION = 40, 510, 1_000
_NEEDED = {
    "Text": ("length",),
    "Html": ("length", "visibleLines"),
    "LongTextArea": ("length", "visibleLines"),
    "Number": ("precision", "scale"),
    "Currency": ("precision", "scale"),
    "Percent": ("precision", "scale"),
    "Lookup": ("referenceTo", "relationshipName"),
    "Picklist": ("valueSet",),
    "Checkbox": ("defaultValue",),
}
"""Attributes that a type of field must have, unless a formula computes it."""
_MOST_DIGITS = 18


@lru_cache(maxsize=8_192)
def check_item(item: Item) -> tuple[Problem, ...]:
    """Check a component by itself."""
    try:
        root = parse(item.content, item.file_name)
    except Rejected as rejected:
        return (Problem(item.type, item.full_name, item.file_name, f"Error parsing file: {rejected}", 1, 1),)
    found = list(misfits(root))
    if item.type == "CustomField" and not found:
        found = list(_field(root))
    return tuple(_problem(item, each) for each in found)


def _field(root: etree._Element) -> Iterator[Misfit]:
    kind = text_of(root, "type")
    if kind is None:
        # Fields of the platform's own are named only to change how they show.
        if (text_of(root, "fullName") or "").endswith("__c"):
            yield Misfit(root, "Must specify a non-empty type for the CustomField")
        return
    if kind not in FIELD_TYPES:
        yield Misfit(root, f"Fields of type {kind} are not known to this org")
        return
    if not text_of(root, "label"):
        yield Misfit(root, "Required field is missing: label")
    if text_of(root, "formula") is None:
        for name in _NEEDED.get(kind, ()):
            if next(children(root, name), None) is None:
                yield Misfit(root, f"Must specify '{name}' for a CustomField of type {kind}")
    yield from _sizes(root)


def _sizes(root: etree._Element) -> Iterator[Misfit]:
    for name, column, most in (
        ("label", "MasterLabel", _LABEL),
        ("inlineHelpText", "InlineHelpText", _HELP),
        ("description", "Description", _DESCRIPTION),
    ):
        if len(text_of(root, name) or "") > most:
            yield Misfit(root, f"Value too long for field: {column} maximum length is:{most}")
    precision, scale = (int(text_of(root, name) or 0) for name in ("precision", "scale"))
    if precision > _MOST_DIGITS or scale > precision:
        yield Misfit(
            root, "The sum of the length and decimal places must be an integer less than or equal to 18"
        )
    if text_of(root, "externalId") == "true" and text_of(root, "type") not in ("Text", "Number", "Email"):
        yield Misfit(root, f"Can not specify 'externalId' for a CustomField of type {text_of(root, 'type')}")


def _problem(item: Item, misfit: Misfit) -> Problem:
    line = line_of(misfit.node) + item.lines_before
    return Problem(item.type, item.full_name, item.file_name, misfit.text, line, 1)
