"""Reads a record-triggered flow; of what the sandbox can't do it is refused, never run half."""

from collections.abc import Callable, Mapping
from functools import lru_cache

from lxml import etree

from chalicelib.domain.instant import DAY, HOUR, MINUTE, Duration
from smarketing.formulas.formula import Formula
from smarketing.metadata.xml import children, local, text_of
from smarketing.metadata.xml import parse as parse_xml
from smarketing.sandbox.org.automation.flow_definition import (
    Assignment,
    Condition,
    Creation,
    Decision,
    Element,
    Flow,
    Given,
    Lookup,
    Message,
    Reference,
    ScheduledPath,
    Setting,
    Update,
)
from smarketing.sandbox.org.automation.formulas import formula_of
from smarketing.sandbox.org.refusals import Refusal

_UNITS = {"Days": DAY, "Hours": HOUR, "Minutes": MINUTE}
_PLAIN = frozenset(
    {
        *("apiVersion", "description", "environments", "fullName", "interviewLabel", "label"),
        *("processMetadataValues", "processType", "status", "triggerOrder", "formulas", "start"),
    }
)
_OPERATORS = frozenset({"EqualTo", "NotEqualTo", "IsNull", "StartsWith"})
_TRIGGERS = frozenset({"RecordBeforeSave", "RecordAfterSave"})


@lru_cache(maxsize=256)
def flow_of(name: str, content: bytes) -> Flow:
    """Read a flow.

    Raises:
        Refusal: the sandbox cannot run it; the message names the element.
    """
    root = parse_xml(content, name)
    start = next(children(root, "start"), None)
    if start is None or text_of(start, "triggerType") not in _TRIGGERS:
        raise _unsupported(name, "flows that no record triggers")
    elements: dict[str, Element] = {}
    for node in children(root):
        kind = local(node)
        if kind in _ELEMENTS:
            elements[text_of(node, "name") or ""] = _ELEMENTS[kind](name, node)
        elif kind not in _PLAIN:
            raise _unsupported(name, f"the element {kind}")
    flow = Flow(
        name=name,
        label=text_of(root, "label") or name,
        active=text_of(root, "status") == "Active",
        order=int(text_of(root, "triggerOrder") or 1_000),
        object=text_of(start, "object") or "",
        before_save=text_of(start, "triggerType") == "RecordBeforeSave",
        when=text_of(start, "recordTriggerType") or "",
        condition=_formula(name, text_of(start, "filterFormula")),
        filters=_filters(name, start),
        only_when_met_anew=text_of(start, "doesRequireRecordChangedToMeetCriteria") == "true",
        first=_following(start),
        scheduled=tuple(_scheduled(name, each) for each in children(start, "scheduledPaths")),
        elements=elements,
        formulas=_formulas(name, root),
    )
    _check_targets(flow)
    return flow


def _check_targets(flow: Flow) -> None:
    """Refuse a flow that leads to an element which isn't there, as a deploy does."""
    targets = [flow.first, *(each.first for each in flow.scheduled)]
    for element in flow.elements.values():
        targets.append(element.following)
        if isinstance(element, Decision):
            targets += [following for _, following in element.outcomes]
    for each in targets:
        if each is not None and each not in flow.elements:
            message = f'{flow.name}: The element has an invalid reference to "{each}".'
            raise Refusal("FIELD_INTEGRITY_EXCEPTION", message)


def _formulas(name: str, root: etree._Element) -> dict[str, Formula]:
    found = {}
    for node in children(root, "formulas"):
        formula = _formula(name, text_of(node, "expression") or "")
        if formula is not None:
            found[text_of(node, "name") or ""] = formula
    return found


def _formula(name: str, text: str | None) -> Formula | None:
    return None if text is None else formula_of(name, text)


def _following(node: etree._Element, name: str = "connector") -> str | None:
    return text_of(node, name, "targetReference")


def _given(node: etree._Element | None) -> Given:
    inner = next(children(node), None) if node is not None else None
    if inner is None:
        return None
    text = (inner.text or "").strip()
    match local(inner):
        case "elementReference":
            return Reference(text)
        case "booleanValue":
            return text == "true"
        case "numberValue":
            return float(text)
    return text


def _condition(name: str, node: etree._Element, left: str, right: str) -> Condition:
    operator = text_of(node, "operator") or ""
    if operator not in _OPERATORS:
        raise _unsupported(name, f"the operator {operator}")
    return Condition(text_of(node, left) or "", operator, _given(next(children(node, right), None)))


def _filters(name: str, node: etree._Element) -> tuple[Condition, ...]:
    if text_of(node, "filterLogic") not in (None, "and"):
        raise _unsupported(name, "filters that are not joined by and")
    return tuple(_condition(name, each, "field", "value") for each in children(node, "filters"))


def _searchable(name: str, filters: tuple[Condition, ...]) -> tuple[Condition, ...]:
    if not any(each.operator == "EqualTo" for each in filters):
        raise _unsupported(name, "searches that no field's value narrows")
    return filters


def _settings(node: etree._Element, items: str, target: str) -> tuple[Setting, ...]:
    return tuple(
        Setting(text_of(each, target) or "", _given(next(children(each, "value"), None)))
        for each in children(node, items)
    )


def _assignment(name: str, node: etree._Element) -> Element:
    for each in children(node, "assignmentItems"):
        if text_of(each, "operator") != "Assign":
            raise _unsupported(name, f"the operator {text_of(each, 'operator')}")
    return Assignment(_settings(node, "assignmentItems", "assignToReference"), _following(node))


def _decision(name: str, node: etree._Element) -> Element:
    outcomes = []
    for rule in children(node, "rules"):
        if text_of(rule, "conditionLogic") != "and":
            raise _unsupported(name, "conditions that are not joined by and")
        conditions = tuple(
            _condition(name, each, "leftValueReference", "rightValue")
            for each in children(rule, "conditions")
        )
        outcomes.append((conditions, _following(rule)))
    return Decision(tuple(outcomes), _following(node, "defaultConnector"))


def _lookup(name: str, node: etree._Element) -> Element:
    if text_of(node, "getFirstRecordOnly") != "true" or text_of(node, "storeOutputAutomatically") != "true":
        raise _unsupported(name, "lookups of several records, or into variables")
    return Lookup(
        text_of(node, "object") or "",
        _searchable(name, _filters(name, node)),
        text_of(node, "sortField"),
        text_of(node, "sortOrder") == "Desc",
        _following(node),
    )


def _creation(name: str, node: etree._Element) -> Element:
    if text_of(node, "inputReference") is not None:
        raise _unsupported(name, "creating records from a variable")
    settings = _settings(node, "inputAssignments", "field")
    return Creation(text_of(node, "object") or "", settings, _following(node))


def _update(name: str, node: etree._Element) -> Element:
    whose = text_of(node, "inputReference")
    if whose not in (None, "$Record"):
        raise _unsupported(name, "updating records of a variable")
    settings, filters = _settings(node, "inputAssignments", "field"), _filters(name, node)
    return Update(
        text_of(node, "object"),
        filters if whose == "$Record" else _searchable(name, filters),
        settings,
        _following(node),
    )


def _message(name: str, node: etree._Element) -> Element:
    if text_of(node, "actionType") != "outboundMessage":
        raise _unsupported(name, f"actions of type {text_of(node, 'actionType')}")
    return Message(text_of(node, "actionName") or "", _following(node))


def _scheduled(name: str, node: etree._Element) -> ScheduledPath:
    unit = _UNITS.get(text_of(node, "offsetUnit") or "")
    if text_of(node, "timeSource") != "RecordField" or unit is None:
        raise _unsupported(name, "scheduled paths that no field of the record times")
    return ScheduledPath(
        text_of(node, "name") or "",
        text_of(node, "recordField") or "",
        Duration(int(text_of(node, "offsetNumber") or 0) * unit),
        _following(node) or "",
    )


_ELEMENTS: Mapping[str, Callable[[str, etree._Element], Element]] = {
    "actionCalls": _message,
    "assignments": _assignment,
    "decisions": _decision,
    "recordCreates": _creation,
    "recordLookups": _lookup,
    "recordUpdates": _update,
}


def _unsupported(name: str, what: str) -> Refusal:
    return Refusal("FIELD_INTEGRITY_EXCEPTION", f"{name}: the sandbox does not run {what}")
