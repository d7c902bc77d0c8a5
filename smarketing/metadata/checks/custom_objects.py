"""What an org asks of an object beyond the schema: its names, its name field, what it tracks."""

from collections.abc import Iterator

from smarketing.metadata.checks.custom_fields import is_number_format
from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, text_of

_NEEDED = ("label", "pluralLabel", "nameField", "deploymentStatus", "sharingModel")
_MOST_TRACKED = 20
_LONGEST_LABEL = 40


def check_custom_object(it: Inspection) -> Iterator[Finding]:
    """Check an object's own file."""
    document = it.document
    for name in _NEEDED if document.full_name.endswith("__c") else ():
        if next(document.at(name), None) is None:
            message = f"{document.full_name} has no <{name}>; add it"
            yield it.finding(document.root, message, "incomplete")
    yield from _name_field(it)
    for name in ("label", "pluralLabel"):
        for node in it.at(name):
            if len(said(node)) > _LONGEST_LABEL:
                yield it.finding(node, f"<{name}> takes {_LONGEST_LABEL} characters; shorten it", "value")
    yield from _shown(it)
    yield from _history(it)


def _shown(it: Inspection) -> Iterator[Finding]:
    """Check the compact layout and the pages that show the object's records."""
    for node in it.at("compactLayoutAssignment"):
        if said(node) != "SYSTEM":
            yield from it.component(node, "CompactLayout", f"{it.document.full_name}.{said(node)}")
    for item in it.at("actionOverrides"):
        for node in children(item, "content"):
            if text_of(item, "type") == "Flexipage":
                yield from it.component(node, "FlexiPage")
            else:
                yield it.finding(node, "only pages of type Flexipage are checked; use one", "unchecked")


def _name_field(it: Inspection) -> Iterator[Finding]:
    kind = it.document.text("nameField", "type")
    for node in it.at("nameField"):
        if not it.document.text("nameField", "label"):
            yield it.finding(node, "the name field has no label; add <label>", "incomplete")
        if kind == "AutoNumber" and not is_number_format(it.document.text("nameField", "displayFormat")):
            yield it.finding(node, "an auto number needs a <displayFormat> such as I-{000000}", "incomplete")
        if kind not in ("AutoNumber", "Text"):
            yield it.finding(node, "a name field is of type Text or AutoNumber; set <type>", "value")


def _history(it: Inspection) -> Iterator[Finding]:
    """Check the field history: twenty fields an object (Salesforce Help, Field History Tracking)."""
    document = it.document
    tracked = sorted(
        each.name
        for each in it.index.documents.get("CustomField", {}).values()
        if each.file.parent == document.full_name and each.text("trackHistory") == "true"
    )
    if tracked and document.text("enableHistory") != "true":
        message = f"{tracked[0]} tracks its history, but the object does not; set <enableHistory> to true"
        yield it.finding(document.root, message, "incomplete")
    if len(tracked) > _MOST_TRACKED:
        message = f"{len(tracked)} fields track their history, {_MOST_TRACKED} may; turn some off"
        yield it.finding(document.root, message, "incomplete")
