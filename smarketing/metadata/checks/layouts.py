"""Layouts, compact layouts and search layouts: the fields, lists and actions that they show."""

from collections.abc import Iterator

from lxml import etree

from smarketing.metadata.checks.document import nodes_at, said
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, local, text_of

_MOST_FIELDS = 10
_NOT_IN_COMPACT = ("textarea", "multipicklist")


def check_layout(it: Inspection) -> Iterator[Finding]:
    """Check a page layout; its full name begins with the object."""
    sobject = it.document.full_name.partition("-")[0]
    yield from it.sobject(it.document.root, sobject)
    yield from _items(it, sobject)
    for node in it.at("relatedLists"):
        yield from _related_list(it, node)
    for node in it.at("platformActionList", "platformActionListItems"):
        yield from _action(it, node, sobject)
    for node in it.at("quickActionList", "quickActionListItems", "quickActionName"):
        yield from it.component(node, "QuickAction")
    for name in ("miniLayout", "summaryLayout", "feedLayout"):
        for node in it.at(name):
            yield it.finding(node, f"<{name}> is not checked; leave it out", "unchecked")


def check_compact_layout(it: Inspection) -> Iterator[Finding]:
    """Check a compact layout: it takes ten fields, no long texts (Metadata API, CompactLayout)."""
    sobject = it.document.file.parent or ""
    for number, node in enumerate(it.at("fields"), start=1):
        yield from it.field(node, sobject)
        field = it.index.field(sobject, said(node))
        if field is not None and field.type in _NOT_IN_COMPACT:
            yield it.finding(node, f"a compact layout takes no long text such as {field.name}; take it out")
        if number == _MOST_FIELDS + 1:
            yield it.finding(
                node, f"a compact layout takes {_MOST_FIELDS} fields; take some out", "incomplete"
            )


def check_search_layouts(it: Inspection) -> Iterator[Finding]:
    """Check the search layouts of an object."""
    for node in (each for layouts in it.at("searchLayouts") for each in children(layouts)):
        if local(node).endswith(("AdditionalFields", "FilterFields")):
            yield from it.column(node, it.document.full_name)
        elif local(node) == "listViewButtons" or local(node) == "searchResultsCustomButtons":
            yield from it.component(node, "WebLink", f"{it.document.full_name}.{said(node)}")


def _items(it: Inspection, sobject: str) -> Iterator[Finding]:
    shown: set[str] = set()
    for item in it.at("layoutSections", "layoutColumns", "layoutItems"):
        for node in children(item, "field"):
            name = said(node)
            yield from it.field(node, sobject)
            field = it.index.field(sobject, name)
            if name in shown:
                yield it.finding(node, f"{name} is on the layout twice; take one out", "duplicate")
            if field is not None and field.computed and text_of(item, "behavior") != "Readonly":
                yield it.finding(node, f"nobody can edit {name}; set its behavior to Readonly", "value")
            shown.add(name)
        for node in children(item, "customLink"):
            yield from it.component(node, "WebLink", f"{sobject}.{said(node)}")
    found = it.index.sobjects.get(sobject)
    for field in found.fields.values() if found is not None else ():
        if field.custom and field.required and field.name not in shown:
            message = f"{field.name} is required, so the layout must show it; add it"
            yield it.finding(it.document.root, message, "incomplete")


def _related_list(it: Inspection, node: etree._Element) -> Iterator[Finding]:
    """Check a related list: one of the platform's own, or named by child object and field."""
    name = text_of(node, "relatedList") or ""
    child, _, field = name.partition(".")
    if not field:
        for each in children(node, "relatedList"):
            yield from it.name(each, "related list")
        for each in children(node, "fields"):
            yield from it.name(each, "related list column")
        return
    for each in children(node, "relatedList"):
        yield from it.field(each, child, field)
    for each in (*children(node, "fields"), *children(node, "sortField")):
        yield from it.column(each, child)


def _action(it: Inspection, item: etree._Element, sobject: str) -> Iterator[Finding]:
    kind = text_of(item, "actionType")
    for node in nodes_at(item, "actionName"):
        if kind == "QuickAction":
            yield from it.component(node, "QuickAction")
        elif kind == "StandardButton":
            yield from it.name(node, "standard button")
        elif kind == "CustomButton":
            yield from it.component(node, "WebLink", f"{sobject}.{said(node)}")
        else:
            yield it.finding(node, missing("checked kind of action", kind or "", ()), "unchecked")
