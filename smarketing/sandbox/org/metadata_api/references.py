"""What components refer to, and whether the org has it.

The platform's own objects and fields are many more than this org knows, so only the names of custom ones
are looked up; all other components are.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from smarketing.metadata.xml import children, line_of, parse
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.metadata_api.packages import Item
from smarketing.sandbox.org.metadata_api.results import Problem
from smarketing.sandbox.org.schema import Schema


@dataclass(frozen=True, slots=True)
class Reference:
    """A name of another component; `element` is where it stands, `line` in its document."""

    type: str
    name: str
    element: str
    line: int


@dataclass(frozen=True, slots=True)
class Rule:
    """Which element of a type names a component of which type.

    Attributes:
        path: elements below the root, joined by slashes.
        parent: gives the object that a field's name leaves out; takes the component's full name.
    """

    path: str
    type: str
    parent: Callable[[str], str] | None = None


def _before_dot(full_name: str) -> str:
    return full_name.partition(".")[0]


def _before_dash(full_name: str) -> str:
    return full_name.partition("-")[0]


_PERMISSIONS = (
    Rule("fieldPermissions/field", "CustomField"),
    Rule("objectPermissions/object", "CustomObject"),
    Rule("tabSettings/tab", "CustomTab"),
    Rule("tabVisibilities/tab", "CustomTab"),
    Rule("customPermissions/name", "CustomPermission"),
    Rule("recordTypeVisibilities/recordType", "RecordType"),
    Rule("applicationVisibilities/application", "CustomApplication"),
)
RULES: Mapping[str, tuple[Rule, ...]] = {
    "Layout": (
        Rule("layoutSections/layoutColumns/layoutItems/field", "CustomField", _before_dash),
        Rule("quickActionList/quickActionListItems/quickActionName", "QuickAction"),
    ),
    "PermissionSet": _PERMISSIONS,
    "MutingPermissionSet": _PERMISSIONS,
    "Profile": _PERMISSIONS,
    "PermissionSetGroup": (
        Rule("permissionSets", "PermissionSet"),
        Rule("mutingPermissionSets", "MutingPermissionSet"),
    ),
    "CompactLayout": (Rule("fields", "CustomField", _before_dot),),
    "ListView": (
        Rule("columns", "CustomField", _before_dot),
        Rule("filters/field", "CustomField", _before_dot),
        Rule("queue", "Queue"),
    ),
    "CustomField": (Rule("referenceTo", "CustomObject"), Rule("valueSet/valueSetName", "GlobalValueSet")),
    "RecordType": (
        Rule("compactLayoutAssignment", "CompactLayout", _before_dot),
        Rule("picklistValues/picklist", "CustomField", _before_dot),
    ),
    "CustomObject": (
        Rule("compactLayoutAssignment", "CompactLayout", _before_dot),
        Rule("searchLayouts/customTabListAdditionalFields", "CustomField", _before_dot),
        Rule("searchLayouts/lookupDialogsAdditionalFields", "CustomField", _before_dot),
        Rule("searchLayouts/searchResultsAdditionalFields", "CustomField", _before_dot),
    ),
    "Queue": (Rule("queueSobject/sobjectType", "CustomObject"),),
    "CustomApplication": (Rule("tabs", "CustomTab"),),
    "Dashboard": (Rule("dashboardGridLayout/dashboardGridComponents/dashboardComponent/report", "Report"),),
    "ReportType": (Rule("baseObject", "CustomObject"),),
    "Flow": (
        Rule("start/object", "CustomObject"),
        Rule("recordLookups/object", "CustomObject"),
        Rule("recordUpdates/object", "CustomObject"),
        Rule("recordCreates/object", "CustomObject"),
    ),
    "FlexiPage": (Rule("sobjectType", "CustomObject"),),
    "PathAssistant": (Rule("entityName", "CustomObject"),),
    "CustomObjectTranslation": (Rule("fields/name", "CustomField", _before_dash),),
    "GlobalValueSetTranslation": (),
}
_OF_THEIR_OWN = {
    "CustomTab": ("standard-",),
    "CustomApplication": ("standard__",),
    "CompactLayout": ("SYSTEM",),
    "QuickAction": (),
}
"""How names of the platform's own components begin."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', re.DOTALL)
_CUSTOM_NAME = re.compile(r"(?<![A-Za-z0-9_.$])[A-Za-z]\w*__c(?![A-Za-z0-9_(])")


def check_references(item: Item, components: Components, schema: Schema) -> Iterator[Problem]:
    """Name what a component refers to in vain."""
    for each in _references(item.type, item.full_name, item.content):
        if not _exists(each, components, schema):
            line = each.line + item.lines_before
            text = f"In field: {each.element} - no {each.type} named {each.name} found"
            yield Problem(item.type, item.full_name, item.file_name, text, line, 1)
    for name, line in _formula_fields(item.type, item.content):
        parent = schema.get(_before_dot(item.full_name))
        if parent is not None and parent.get(name) is None:
            text = f"Field {name} does not exist. Check spelling."
            yield Problem(item.type, item.full_name, item.file_name, text, line + item.lines_before, 1)


@lru_cache(maxsize=8_192)
def _references(kind: str, full_name: str, content: bytes) -> tuple[Reference, ...]:
    rules = RULES.get(kind, ())
    if not rules:
        return ()
    root = parse(content, full_name)
    found = [each for rule in rules for each in _named(root, rule, full_name)]
    if kind == "Flow":
        found += _flow_fields(root)
    if kind == "CustomTab" and full_name.endswith("__c"):
        found.append(Reference("CustomObject", full_name, "customObject", line_of(root)))
    return tuple(found)


def _named(root: etree._Element, rule: Rule, full_name: str) -> Iterator[Reference]:
    for node in _at(root, rule.path.split("/")):
        name = (node.text or "").strip()
        if name:
            parent = rule.parent(full_name) if rule.parent else ""
            whole = f"{parent}.{name}" if parent and "." not in name else name
            yield Reference(rule.type, whole, rule.path.rpartition("/")[2], line_of(node))


def _at(root: etree._Element, path: list[str]) -> Iterator[etree._Element]:
    if not path:
        yield root
        return
    for node in children(root, path[0]):
        yield from _at(node, path[1:])


def _flow_fields(root: etree._Element) -> Iterator[Reference]:
    for name in ("start", "recordLookups", "recordUpdates", "recordCreates"):
        for element in children(root, name):
            owner = "".join((each.text or "").strip() for each in children(element, "object"))
            for path in ("filters/field", "inputAssignments/field", "queriedFields"):
                for node in _at(element, path.split("/")) if owner else ():
                    text = f"{owner}.{(node.text or '').strip()}"
                    yield Reference("CustomField", text, node.tag.rpartition("}")[2], line_of(node))


@lru_cache(maxsize=2_048)
def _formula_fields(kind: str, content: bytes) -> tuple[tuple[str, int], ...]:
    """Name the custom fields of the object itself that a formula reads; those of parents have a path."""
    path = {"ValidationRule": ["errorConditionFormula"], "CustomField": ["formula"]}.get(kind)
    if path is None:
        return ()
    nodes = list(_at(parse(content, kind), path))
    return tuple(
        (name, line_of(node))
        for node in nodes
        for name in dict.fromkeys(_CUSTOM_NAME.findall(_QUOTED.sub(" ", node.text or "")))
    )


def _exists(reference: Reference, components: Components, schema: Schema) -> bool:
    name = reference.name
    if reference.type == "CustomObject":
        return not name.endswith("__c") or schema.get(name) is not None
    if reference.type == "CustomField":
        parent, _, field = name.partition(".")
        sobject = schema.get(parent)
        if not field.endswith("__c"):
            return not parent.endswith("__c") or sobject is not None
        return sobject is not None and sobject.get(field) is not None
    if name.startswith(_OF_THEIR_OWN.get(reference.type, ())):
        return True
    if reference.type == "CompactLayout" and name.endswith(".SYSTEM"):
        return True
    if reference.type == "QuickAction":
        return "__c." not in name or components.get("QuickAction", name) is not None
    return components.get(reference.type, name) is not None
