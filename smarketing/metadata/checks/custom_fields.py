"""What an org asks of a custom field beyond the schema.

Attributes and limits: Metadata API Developer Guide, CustomField; Salesforce Help, Custom Field Attributes.
"""

import re
from collections.abc import Iterator, Mapping

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import TYPES, Field

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "AutoNumber": ("displayFormat",),
    "Checkbox": ("defaultValue",),
    "Currency": ("precision", "scale"),
    "Html": ("length", "visibleLines"),
    "LongTextArea": ("length", "visibleLines"),
    "Lookup": ("referenceTo", "relationshipName"),
    "MasterDetail": ("referenceTo", "relationshipName"),
    "MultiselectPicklist": ("valueSet", "visibleLines"),
    "Number": ("precision", "scale"),
    "Percent": ("precision", "scale"),
    "Picklist": ("valueSet",),
    "Text": ("length",),
}
"""Attributes that a type must have, unless a formula computes the field."""
_LENGTHS: Mapping[str, tuple[int, int]] = {
    "Html": (256, 131_072),
    "LongTextArea": (256, 131_072),
    "Text": (1, 255),
}
_LONGEST: Mapping[str, int] = {"label": 40, "inlineHelpText": 510, "description": 1_000}
_EXTERNAL = ("AutoNumber", "Email", "Number", "Text")
_MOST_DIGITS = 18
_NOT_WITH_FORMULA = ("defaultValue", "externalId", "required", "trackHistory", "unique", "valueSet", "length")
_NUMBER_FORMAT = re.compile(r"[^{}]*(\{(YYYY|YY|MM|DD)\}[^{}]*)*\{0+\}[^{}]*")
_API_NAME = re.compile(r"[A-Za-z](?:[A-Za-z0-9]|_(?!_)){0,39}__c")


def check_custom_field(it: Inspection) -> Iterator[Finding]:
    """Check a custom field by itself and against the object that it refers to."""
    document = it.document
    field = it.index.field(document.file.parent or "", document.name)
    kind = document.text("type")
    if field is None or kind is None:
        yield it.finding(document.root, "a custom field needs an object and a type; add <type>", "incomplete")
        return
    if not _API_NAME.fullmatch(document.name):
        yield it.finding(document.root, f"{document.name} is no API name of a field; rename it", "value")
    yield from _needed(it, kind)
    yield from _sizes(it, field)
    if kind not in TYPES:
        yield it.finding(document.root, missing("checked type of field", kind, TYPES), "unchecked")
    if document.text("externalId") == "true" and kind not in _EXTERNAL:
        yield it.finding(document.root, f"a field of type {kind} cannot be an external id", "value")
    if kind == "AutoNumber" and not is_number_format(document.text("displayFormat")):
        yield it.finding(document.root, "<displayFormat> is something such as I-{000000}", "value")
    yield from _references(it)


def is_number_format(text: str | None) -> bool:
    """Tell whether a text is the format of an auto number: it has one number in braces."""
    return _NUMBER_FORMAT.fullmatch(text or "") is not None


def _needed(it: Inspection, kind: str) -> Iterator[Finding]:
    document = it.document
    if not document.text("label"):
        yield it.finding(document.root, f"{document.name} has no label; add <label>", "incomplete")
    if document.text("formula") is not None:
        for name in _NOT_WITH_FORMULA:
            for node in document.at(name):
                yield it.finding(node, f"a formula field takes no <{name}>; take it out", "value")
        return
    for name in _NEEDED.get(kind, ()):
        if next(document.at(name), None) is None:
            message = f"a field of type {kind} needs <{name}>; add it"
            yield it.finding(document.root, message, "incomplete")


def _sizes(it: Inspection, field: Field) -> Iterator[Finding]:
    for name, most in _LONGEST.items():
        for node in it.at(name):
            if len(said(node)) > most:
                yield it.finding(node, f"<{name}> takes {most} characters; shorten it", "value")
    least, most = _LENGTHS.get(field.metadata_type, (0, 0))
    for node in it.at("length") if most else ():
        if not least <= field.length <= most:
            message = f"a field of type {field.metadata_type} is {least} to {most} characters long"
            yield it.finding(node, message, "value")
    for node in it.at("precision"):
        if field.precision > _MOST_DIGITS or field.scale > field.precision:
            message = f"precision is {_MOST_DIGITS} at most, and scale no more than it"
            yield it.finding(node, message, "value")


def _references(it: Inspection) -> Iterator[Finding]:
    for node in it.at("referenceTo"):
        yield from it.sobject(node)
    for node in it.at("valueSet", "controllingField"):
        yield from it.field(node, it.document.file.parent or "")
    for node in it.at("lookupFilter"):
        yield it.finding(node, "<lookupFilter> is not checked yet; do without", "unchecked")
    for node in it.at("valueSet", "valueSetName"):
        yield from it.component(node, "GlobalValueSet")
    if it.document.text("required") == "true" and it.document.text("deleteConstraint") == "SetNull":
        for node in it.at("deleteConstraint"):
            yield it.finding(node, "a required lookup cannot be set to null; use Restrict", "value")
    for node in it.at("relationshipName"):
        other = _same_children(it, said(node))
        if other is not None:
            message = f"{other} calls its children {said(node)} as well; choose another name"
            yield it.finding(node, message, "duplicate")


def _same_children(it: Inspection, relationship: str) -> str | None:
    """Find an earlier field that gives its parent the same relationship; each needs its own."""
    targets = {said(node) for node in it.at("referenceTo")}
    for name, other in sorted(it.index.documents["CustomField"].items()):
        if name >= it.document.full_name:
            return None
        same = {said(node) for node in other.at("referenceTo")} & targets
        if same and other.text("relationshipName") == relationship:
            return name
    return None
