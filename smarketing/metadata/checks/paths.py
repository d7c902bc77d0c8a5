"""Paths over a picklist: its steps, and the fields and record type that they are for."""

from collections.abc import Iterator

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children

_MASTER = "__MASTER__"
_MOST_FIELDS = 5


def check_path(it: Inspection) -> Iterator[Finding]:
    """Check a path; a step shows five fields (Salesforce Help, Path)."""
    sobject = it.document.text("entityName") or ""
    for node in it.at("entityName"):
        yield from it.sobject(node)
    field = it.index.field(sobject, it.document.text("fieldName") or "")
    for node in it.at("fieldName"):
        yield from it.field(node, sobject)
        if field is not None and field.type != "picklist":
            yield it.finding(node, f"{field.name} is no picklist; a path needs one", "value")
    for node in it.at("recordTypeName"):
        if said(node) != _MASTER:
            yield from it.component(node, "RecordType", f"{sobject}.{said(node)}")
    for step in it.at("pathAssistantSteps"):
        for node in children(step, "picklistValueName"):
            yield from it.value(node, field)
        shown = list(children(step, "fieldNames"))
        for node in shown:
            yield from it.field(node, sobject)
        for node in shown[_MOST_FIELDS:]:
            yield it.finding(node, f"a step shows {_MOST_FIELDS} fields; take {said(node)} out", "incomplete")
    yield from _only_one(it)


def _only_one(it: Inspection) -> Iterator[Finding]:
    mine = _place(it, it.document.full_name)
    for name in sorted(it.index.documents["PathAssistant"]):
        if name >= it.document.full_name:
            return
        if _place(it, name) == mine:
            node = next(it.at("recordTypeName"), it.document.root)
            yield it.finding(node, f"{name} is for that record type already; remove one", "duplicate")


def _place(it: Inspection, name: str) -> tuple[str | None, ...]:
    document = it.index.documents["PathAssistant"][name]
    return tuple(document.text(each) for each in ("entityName", "fieldName", "recordTypeName"))
