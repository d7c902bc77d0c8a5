"""Record types and global value sets: the values that a picklist offers."""

from collections.abc import Iterator
from urllib.parse import unquote

from smarketing.metadata.checks.document import nodes_at, said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, text_of


def check_record_type(it: Inspection) -> Iterator[Finding]:
    """Check a record type; it writes the values of picklists URL-encoded."""
    sobject = it.document.file.parent or ""
    for item in it.at("picklistValues"):
        field = it.index.field(sobject, text_of(item, "picklist") or "")
        for node in children(item, "picklist"):
            yield from it.field(node, sobject)
            if field is not None and field.type not in ("", "picklist", "multipicklist"):
                yield it.finding(node, f"{field.name} is no picklist; take it out", "value")
        for node in nodes_at(item, "values", "fullName"):
            yield from it.value(node, field, unquote(said(node)))
    for node in it.at("compactLayoutAssignment"):
        if said(node) != "SYSTEM":
            yield from it.component(node, "CompactLayout", f"{sobject}.{said(node)}")
    for node in it.at("businessProcess"):
        yield from it.component(node, "BusinessProcess", f"{sobject}.{said(node)}")


def check_global_value_set(it: Inspection) -> Iterator[Finding]:
    """Check a global value set: it has values, and one default at most."""
    if next(it.at("customValue"), None) is None:
        yield it.finding(it.document.root, "a global value set needs values; add <customValue>", "incomplete")
    defaults = [node for node in it.at("customValue", "default") if said(node) == "true"]
    for node in defaults[1:]:
        yield it.finding(node, "a second default; a picklist has one", "duplicate")
