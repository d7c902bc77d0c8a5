"""Lightning pages: components, regions, fields, lists and dashboards that they show."""

import re
from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from smarketing.metadata.checks.document import nodes_at, said
from smarketing.metadata.checks.filters import check_filter_value, check_logic
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field
from smarketing.metadata.xml import children, text_of

_BEHAVIORS = ("none", "readonly", "required")
_MERGE = re.compile(r"\{!(.*)\}")
Properties = Mapping[str, list[etree._Element]]


def check_page(it: Inspection) -> Iterator[Finding]:
    """Check a page."""
    for node in it.at("sobjectType"):
        yield from it.sobject(node)
    yield from _regions(it)
    for node in it.at("flexiPageRegions", "itemInstances", "componentInstance"):
        yield from _component(it, node)
    for node in it.at("flexiPageRegions", "itemInstances", "fieldInstance"):
        yield from _field(it, node)
    yield from _identifiers(it)


def _regions(it: Inspection) -> Iterator[Finding]:
    """Check that the template has the regions which the page fills; facets are the page's own."""
    known = it.index.standard.page_templates
    for node in it.at("template", "name"):
        if said(node) not in known:
            yield it.finding(node, missing("page template", said(node), known))
    regions = known.get(it.document.text("template", "name") or "")
    for item in it.at("flexiPageRegions"):
        for node in children(item, "name"):
            if regions is not None and text_of(item, "type") == "Region" and said(node) not in regions:
                yield it.finding(node, missing("region", said(node), regions, of="the template"))


def _component(it: Inspection, node: etree._Element) -> Iterator[Finding]:
    name = text_of(node, "componentName") or ""
    known = it.index.standard.lightning_components
    for each in children(node, "componentName"):
        if name not in known:
            yield it.finding(each, missing("Lightning component", name, known))
    for each in nodes_at(node, "componentInstanceProperties", "name"):
        if name in known and said(each) not in known[name]:
            yield it.finding(each, missing("property", said(each), known[name], of=name))
    properties = _properties(node)
    regions = [said(each) for each in it.at("flexiPageRegions", "name")]
    for key in ("body", "columns", "tabs"):
        for value in properties.get(key, ()):
            if said(value) not in regions:
                yield it.finding(value, missing("region", said(value), regions))
    if name in _CHECKS:
        yield from _CHECKS[name](it, properties)
    yield from _visibility(it, node)


def _properties(node: etree._Element) -> Properties:
    """Give the elements that hold the values of a component's properties, by their names."""
    return {
        text_of(each, "name") or "": [
            *nodes_at(each, "value"),
            *nodes_at(each, "valueList", "valueListItems", "value"),
        ]
        for each in children(node, "componentInstanceProperties")
    }


def _list(it: Inspection, properties: Properties) -> Iterator[Finding]:
    for node in properties.get("entityName", ()):
        yield from it.sobject(node)
        for each in properties.get("filterName", ()):
            yield from it.component(each, "ListView", f"{said(node)}.{said(each)}")


def _recent(it: Inspection, properties: Properties) -> Iterator[Finding]:
    for node in properties.get("entityNames", ()):
        yield from it.sobject(node)


def _dashboard(it: Inspection, properties: Properties) -> Iterator[Finding]:
    """Check a dashboard, which is named without its folder."""
    known = {name.rpartition("/")[2] for name in it.index.names("Dashboard")}
    for node in properties.get("dashboardName", ()):
        if said(node) not in known:
            yield it.finding(node, missing("dashboard", said(node), known))


def _report(it: Inspection, properties: Properties) -> Iterator[Finding]:
    known = {name.rpartition("/")[2] for name in it.index.names("Report")}
    for node in properties.get("reportName", ()):
        if said(node) not in known:
            yield it.finding(node, missing("report", said(node), known))


def _related_list(it: Inspection, properties: Properties) -> Iterator[Finding]:
    """Check a related list, of the record itself or of one that it points to."""
    parents: tuple[str, ...] = ()
    for node in properties.get("parentFieldApiName", ()):
        sobject, _, path = said(node).partition(".")
        yield from it.field(node, sobject, path)
        field = it.index.field(sobject, path)
        parents = (sobject,) if path == "Id" else field.targets if field is not None else ()
    for node in properties.get("relatedListApiName", ()):
        found = next((each for each in (it.index.child(one, said(node)) for one in parents) if each), None)
        if found is None:
            known = _relationships(it, parents)
            yield it.finding(node, missing("related list", said(node), known, of=", ".join(parents)))
            continue
        for name in ("relatedListFieldAliases", "sortFieldAlias"):
            for each in properties.get(name, ()):
                yield from it.column(each, found[0].name)
        for each in properties.get("actionNames", ()):
            if said(each) not in it.index.standard.names["related list action"]:
                yield from it.component(each, "QuickAction")


def _relationships(it: Inspection, parents: tuple[str, ...]) -> list[str]:
    fields = (each for sobject in it.index.sobjects.values() for each in sobject.fields.values())
    return [each.children for each in fields if each.children and set(parents) & set(each.targets)]


_CHECKS: Mapping[str, Callable[[Inspection, Properties], Iterator[Finding]]] = {
    "desktopDashboards:embeddedDashboard": _dashboard,
    "flexipage:filterListCard": _list,
    "flexipage:recentItems": _recent,
    "flexipage:reportChart": _report,
    "lst:dynamicRelatedList": _related_list,
}
"""Components whose properties name something of the project."""


def _field(it: Inspection, node: etree._Element) -> Iterator[Finding]:
    field: Field | None = None
    for each in children(node, "fieldItem"):
        yield from _of_record(it, each, said(each))
        path = said(each).partition(".")[2]
        field = it.index.field(it.document.text("sobjectType") or "", path)
    for item in children(node, "fieldInstanceProperties"):
        for value in children(item, "value") if text_of(item, "name") == "uiBehavior" else ():
            if said(value) not in _BEHAVIORS:
                yield it.finding(value, missing("behavior", said(value), _BEHAVIORS), "value")
            elif field is not None and field.computed and said(value) != "readonly":
                yield it.finding(value, f"nobody can edit {field.name}; set it to readonly", "value")
    yield from _visibility(it, node)


def _visibility(it: Inspection, node: etree._Element) -> Iterator[Finding]:
    """Check the rules that show a component only sometimes."""
    criteria = list(nodes_at(node, "visibilityRule", "criteria"))
    for each in nodes_at(node, "visibilityRule", "booleanFilter"):
        yield from check_logic(it, each, len(criteria))
    for criterion in criteria:
        for each in children(criterion, "operator"):
            yield from it.name(each, "operator of a visibility rule")
        for each in children(criterion, "leftValue"):
            merge = _MERGE.fullmatch(said(each))
            yield from _of_record(it, each, merge[1] if merge else said(each))
            path = merge[1].partition(".")[2] if merge else ""
            field = it.index.field(it.document.text("sobjectType") or "", path)
            for value in children(criterion, "rightValue"):
                yield from check_filter_value(it, value, field)


def _of_record(it: Inspection, node: etree._Element, text: str) -> Iterator[Finding]:
    sobject, (first, _, path) = it.document.text("sobjectType") or "", text.partition(".")
    if first.startswith("$"):
        yield it.finding(node, f"{first} is not checked on pages; do without", "unchecked")
    elif first != "Record":
        yield it.finding(node, f"{text} names no field; begin it with Record.")
    else:
        yield from it.field(node, sobject, path)


def _identifiers(it: Inspection) -> Iterator[Finding]:
    seen: set[str] = set()
    for node in it.document.root.iter("{*}identifier"):
        if said(node) in seen:
            yield it.finding(node, f"a second {said(node)}; identifiers are unique on a page", "duplicate")
        seen.add(said(node))
