"""Reads a record-triggered flow; of what the sandbox can't do it is refused, never run half.

Elements: Metadata API Developer Guide, Flow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from chalicelib.domain.instant import DAY, HOUR, MINUTE, Duration
from chalicelib.errors import Rejected
from smarketing.formulas.formula import Formula, parse
from smarketing.metadata.xml import children, local, text_of
from smarketing.metadata.xml import parse as parse_xml
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


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that is read from somewhere: `$Record.Stage__c`, a formula, a record that was found."""

    path: str


Given = Reference | str | float | bool | None


@dataclass(frozen=True, slots=True)
class Condition:
    """`left operator right`; `left` is a field's name in filters, and a reference in decisions."""

    left: str
    operator: str
    right: Given


@dataclass(frozen=True, slots=True)
class Setting:
    """A field, or with assignments a reference, and what it becomes."""

    target: str
    value: Given


@dataclass(frozen=True, slots=True)
class Assignment:
    """Sets fields of the record."""

    settings: tuple[Setting, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Goes on with the first outcome whose conditions all hold."""

    outcomes: tuple[tuple[tuple[Condition, ...], str | None], ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Finds one record."""

    object: str
    filters: tuple[Condition, ...]
    sort_field: str | None
    descending: bool
    following: str | None


@dataclass(frozen=True, slots=True)
class Creation:
    """Creates a record."""

    object: str
    settings: tuple[Setting, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """Changes the record that started the flow, or those of an object that the filters find."""

    object: str | None
    filters: tuple[Condition, ...]
    settings: tuple[Setting, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """Sends an outbound message of the record; `name` is a workflow's, such as `Lead.Changed`."""

    name: str
    following: str | None


Element = Assignment | Decision | Lookup | Creation | Update | Message


@dataclass(frozen=True, slots=True)
class ScheduledPath:
    """What happens some time after the time that a field of the record holds."""

    name: str
    field: str
    offset: Duration
    first: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A record-triggered flow.

    Attributes:
        when: `Create`, `Update` or `CreateAndUpdate`.
        only_when_met_anew: whether an update counts only if the record did not meet the filters before.
        first: element that it begins with at once.
    """

    name: str
    active: bool
    order: int
    object: str
    before_save: bool
    when: str
    condition: Formula | None
    filters: tuple[Condition, ...]
    only_when_met_anew: bool
    first: str | None
    scheduled: tuple[ScheduledPath, ...]
    elements: Mapping[str, Element]
    formulas: Mapping[str, Formula]


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
    if text is None:
        return None
    try:
        return parse(text)
    except Rejected as error:
        raise Refusal("FIELD_INTEGRITY_EXCEPTION", f"{name}: {error}") from None


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
