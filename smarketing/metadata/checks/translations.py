"""Translations: that what they translate exists."""

from collections.abc import Iterator, Mapping

from lxml import etree

from smarketing.metadata.checks.document import nodes_at, said
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, local, text_of

_OF_OBJECT: Mapping[str, tuple[str, str]] = {
    "fieldSets": ("FieldSet", "name"),
    "quickActions": ("QuickAction", "name"),
    "recordTypes": ("RecordType", "name"),
    "validationRules": ("ValidationRule", "name"),
    "webLinks": ("WebLink", "name"),
}
_OF_ORG: Mapping[str, str] = {
    "customApplications": "CustomApplication",
    "customTabs": "CustomTab",
    "quickActions": "QuickAction",
    "reportTypes": "ReportType",
}
_LANGUAGE_ALONE = ("caseValues", "fields", "gender", "nameFieldLabel", "startsWith")
_LOCAL_LABELS = ("valueSet", "valueSetDefinition", "value", "label")
_LONGEST: Mapping[str, int] = {"label": 40, "help": 510, "errorMessage": 255}


def check_object_translation(it: Inspection) -> Iterator[Finding]:
    """Check an object's translation; its full name is the object's, a dash and the language."""
    sobject = it.document.full_name.rpartition("-")[0]
    yield from it.sobject(it.document.root, sobject)
    for item in children(it.document.root):
        kind = local(item)
        if kind in _OF_OBJECT:
            component, key = _OF_OBJECT[kind]
            for node in children(item, key):
                yield from it.component(node, component, f"{sobject}.{said(node)}")
        elif kind == "layouts":
            yield from _layout(it, item, sobject)
        elif kind == "standardFields":
            for node in children(item, "name"):
                yield from it.field(node, sobject)
        elif kind not in _LANGUAGE_ALONE:
            yield it.finding(item, f"<{kind}> of translations is not checked yet; do without", "unchecked")
    yield from _lengths(it)


def check_field_translation(it: Inspection) -> Iterator[Finding]:
    """Check a field's translation."""
    sobject = (it.document.file.parent or "").rpartition("-")[0]
    field = it.index.field(sobject, it.document.text("name") or "")
    for node in it.at("name"):
        yield from it.field(node, sobject)
    source = it.index.document("CustomField", f"{sobject}.{it.document.text('name')}")
    labels = [said(each) for each in source.at(*_LOCAL_LABELS)] if source is not None else []
    for node in it.at("picklistValues", "masterLabel"):
        if said(node) not in labels:
            yield it.finding(node, missing("value", said(node), labels, of="the picklist"), "value")
    for node in it.at("relationshipLabel"):
        if field is not None and field.type != "reference":
            yield it.finding(node, f"{field.name} is no lookup; take it out", "value")
    yield from _lengths(it)


def check_value_set_translation(it: Inspection) -> Iterator[Finding]:
    """Check the translation of a global value set: it names values by their labels."""
    name = it.document.full_name.rpartition("-")[0]
    source = it.index.document("GlobalValueSet", name)
    yield from it.component(it.document.root, "GlobalValueSet", name)
    labels = [said(each) for each in source.at("customValue", "label")] if source is not None else []
    for node in it.at("valueTranslation", "masterLabel"):
        if said(node) not in labels:
            yield it.finding(node, missing("label", said(node), labels, of=name), "value")


def check_translations(it: Inspection) -> Iterator[Finding]:
    """Check the translation of what belongs to no object."""
    for item in children(it.document.root):
        kind = local(item)
        if kind not in _OF_ORG:
            yield it.finding(item, f"<{kind}> of translations is not checked yet; do without", "unchecked")
        for node in children(item, "name") if kind in _OF_ORG else ():
            yield from it.component(node, _OF_ORG[kind])
        source = it.index.document("ReportType", text_of(item, "name") or "")
        sections = [said(each) for each in source.at("sections", "masterLabel")] if source is not None else []
        for node in nodes_at(item, "sections", "name") if kind == "reportTypes" else ():
            if said(node) not in sections:
                yield it.finding(node, missing("section", said(node), sections, of="the report type"))


def _layout(it: Inspection, item: etree._Element, sobject: str) -> Iterator[Finding]:
    name = f"{sobject}-{text_of(item, 'layout')}"
    for node in children(item, "layout"):
        yield from it.component(node, "Layout", name)
    source = it.index.document("Layout", name)
    labels = [said(each) for each in source.at("layoutSections", "label")] if source is not None else []
    for node in nodes_at(item, "sections", "section"):
        if source is not None and said(node) not in labels:
            yield it.finding(node, missing("section", said(node), labels, of="the layout"))


def _lengths(it: Inspection) -> Iterator[Finding]:
    for node in it.document.root.iter("{*}*"):
        most = _LONGEST.get(local(node), 0)
        if most and len(said(node)) > most:
            yield it.finding(node, f"<{local(node)}> takes {most} characters; shorten it", "value")
