"""Flows: objects, fields, values, formulas, connectors and actions."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from smarketing.metadata.checks.document import nodes_at, said
from smarketing.metadata.checks.filters import check_logic
from smarketing.metadata.checks.finding import Finding, missing
from smarketing.metadata.checks.flow_names import ELEMENTS, FlowNames, duplicate_names, read_names
from smarketing.metadata.checks.formulas import check_formula
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field
from smarketing.metadata.xml import children, local, text_of

_REFERENCES = frozenset(
    {
        *("assignNextValueToReference", "assignToReference", "collectionReference", "elementReference"),
        *("inputReference", "leftValueReference", "outputReference", "assignRecordIdToReference"),
    }
)
_FORMULAS = frozenset({"expression", "filterFormula", "formulaExpression"})
_TEXTS = frozenset({"interviewLabel", "stringValue", "text"})
_MERGE = re.compile(r"\{!([^}]*)\}")
_ACTIONS: Mapping[str, str] = {
    "emailAlert": "WorkflowAlert",
    "outboundMessage": "WorkflowOutboundMessage",
    "quickAction": "QuickAction",
}
"""Components that actions run (Metadata API, FlowActionCall)."""
_TAKE: Mapping[str, tuple[str, ...]] = {
    "booleanValue": ("boolean",),
    "dateTimeValue": ("datetime",),
    "dateValue": ("date", "datetime"),
    "numberValue": ("currency", "double", "int", "percent"),
}
"""Types of fields that a literal fits; a text fits all others."""


def check_flow(it: Inspection) -> Iterator[Finding]:
    """Check a flow."""
    names = read_names(it)
    for node in duplicate_names(it):
        yield it.finding(node, f"a second element or resource {said(node)}; rename one", "duplicate")
    yield from _connectors(it, names)
    for node in it.document.root.iter("{*}*"):
        if local(node) in _REFERENCES:
            yield from _reference(it, node, said(node), names)
        elif local(node) in _FORMULAS:
            yield from check_formula(it, node, names.find, bare_picklists=True)
        elif local(node) in _TEXTS:
            for merge in _MERGE.finditer(node.text or ""):
                yield from _reference(it, node, merge[1], names)
    for node in children(it.document.root):
        yield from _element(it, node, names)


def _connectors(it: Inspection, names: FlowNames) -> Iterator[Finding]:
    """Check that connectors lead somewhere, and that something leads to each element."""
    reached: set[str] = set()
    targets = [*it.document.root.iter("{*}targetReference"), *it.at("startElementReference")]
    for node in targets:
        reached.add(said(node))
        if said(node) not in names.elements:
            yield it.finding(node, missing("element", said(node), names.elements))
    for name, node in names.elements.items():
        if name not in reached:
            yield it.finding(node, f"no connector leads to {name}; connect it or take it out")


def _reference(it: Inspection, node: etree._Element, path: str, names: FlowNames) -> Iterator[Finding]:
    found = names.find(path)
    if isinstance(found, str):
        yield it.finding(node, found)
    elif local(node) == "assignToReference" and found is not None and found.computed:
        yield it.finding(node, f"nobody can set {found.name}; take it out", "value")


def _element(it: Inspection, node: etree._Element, names: FlowNames) -> Iterator[Finding]:
    kind = local(node)
    if kind == "actionCalls":
        yield from _action(it, node)
    elif kind == "subflows":
        for each in children(node, "flowName"):
            yield from it.component(each, "Flow")
    elif kind == "decisions":
        yield from _decision(it, node, names)
    elif kind == "variables":
        for each in children(node, "objectType"):
            yield from it.sobject(each)
    elif kind == "start" or kind.startswith("record"):
        yield from _record(it, node, names)
    elif kind in ELEMENTS - {"assignments", "customErrors", "loops"}:
        yield it.finding(node, f"<{kind}> of flows is not checked yet; do without", "unchecked")


def _record(it: Inspection, node: etree._Element, names: FlowNames) -> Iterator[Finding]:
    """Check what an element reads from or writes to records of an object."""
    sobject = text_of(node, "object")
    if sobject is None:
        sobject = names.records.get(text_of(node, "inputReference") or "")
    for each in children(node, "object"):
        yield from it.sobject(each)
    for each in children(node, "filterLogic"):
        yield from _logic(it, each, sum(1 for _ in children(node, "filters")))
    if sobject is None or sobject not in it.index.sobjects:
        return
    for path in (("queriedFields",), ("sortField",), ("outputAssignments", "field")):
        for each in nodes_at(node, *path):
            yield from it.field(each, sobject)
    for each in nodes_at(node, "scheduledPaths", "recordField"):
        yield from it.field(each, sobject)
    for each in (*children(node, "filters"), *children(node, "inputAssignments")):
        yield from _setting(it, each, sobject)


def _setting(it: Inspection, item: etree._Element, sobject: str) -> Iterator[Finding]:
    """Check a filter, or a field and the value that it gets."""
    name = text_of(item, "field") or ""
    field = it.index.field(sobject, name)
    for node in children(item, "field"):
        yield from it.field(node, sobject)
        if field is not None and field.computed and local(item) == "inputAssignments":
            yield it.finding(node, f"nobody can set {name}; take it out", "value")
    if text_of(item, "operator") not in ("IsNull", "IsChanged"):
        for node in nodes_at(item, "value"):
            yield from _literal(it, node, field)


def _literal(it: Inspection, value: etree._Element, field: Field | None) -> Iterator[Finding]:
    """Check a value that stands in the flow itself against the field that it is for."""
    for node in children(value):
        kind = local(node)
        if kind == "stringValue":
            yield from it.value(node, field)
            if field is not None and field.name == "SobjectType":
                yield from it.sobject(node)
        others = {each for types in _TAKE.values() for each in types}
        if field is None or kind not in (*_TAKE, "stringValue"):
            continue
        fits = field.type in _TAKE[kind] if kind in _TAKE else field.type not in others
        if not fits:
            yield it.finding(node, f"a {kind} does not fit {field.name}, of type {field.type}", "value")


def _decision(it: Inspection, node: etree._Element, names: FlowNames) -> Iterator[Finding]:
    for rule in children(node, "rules"):
        for each in children(rule, "conditionLogic"):
            yield from _logic(it, each, sum(1 for _ in children(rule, "conditions")))
    for condition in nodes_at(node, "rules", "conditions"):
        found = names.find(text_of(condition, "leftValueReference") or "")
        if isinstance(found, Field) and text_of(condition, "operator") not in ("IsNull", "IsChanged"):
            for value in children(condition, "rightValue"):
                yield from _literal(it, value, found)


def _logic(it: Inspection, node: etree._Element, count: int) -> Iterator[Finding]:
    if said(node) not in ("and", "or"):
        yield from check_logic(it, node, count)


def _action(it: Inspection, item: etree._Element) -> Iterator[Finding]:
    kind = text_of(item, "actionType") or ""
    for node in children(item, "actionName"):
        if kind in _ACTIONS:
            yield from it.component(node, _ACTIONS[kind])
        else:
            yield it.finding(node, missing("checked kind of action", kind, _ACTIONS), "unchecked")
    for node in children(item, "nameSegment"):
        if said(node) != text_of(item, "actionName"):
            yield it.finding(node, f"<nameSegment> is {said(node)}, not <actionName>; make them one")
    for node in nodes_at(item, "inputParameters", "name"):
        if kind in _ACTIONS and kind != "quickAction":
            yield from it.name(node, "input of an action")
