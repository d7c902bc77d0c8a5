"""What an org asks of an object beyond the schema: its names, its name field, what it tracks."""

from collections.abc import Iterator

from smarketing.metadata.checks.custom_fields import is_number_format
from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection

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
    for node in it.at("compactLayoutAssignment"):
        if said(node) != "SYSTEM":
            yield from it.component(node, "CompactLayout", f"{document.full_name}.{said(node)}")
    yield from _history(it)


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
