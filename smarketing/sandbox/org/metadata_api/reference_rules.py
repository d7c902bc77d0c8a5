"""Which elements of a component name another one, and of which type (Metadata API Developer Guide)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lxml import etree

from smarketing.metadata.xml import children


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
    "DuplicateRule": (Rule("duplicateRuleMatchRules/matchRuleSObjectType", "CustomObject"),),
    "PathAssistant": (Rule("entityName", "CustomObject"),),
    "CustomObjectTranslation": (Rule("fields/name", "CustomField", _before_dash),),
}


def named(root: etree._Element, rule: Rule, full_name: str) -> Iterator[tuple[etree._Element, str]]:
    """Go through the elements of a component that a rule is about, with the full names that they give."""
    for node in at(root, rule.path.split("/")):
        name = (node.text or "").strip()
        if name:
            parent = rule.parent(full_name) if rule.parent else ""
            yield node, f"{parent}.{name}" if parent and "." not in name else name


def at(root: etree._Element, path: Sequence[str]) -> Iterator[etree._Element]:
    """Go through the elements at a path of elements."""
    if not path:
        yield root
        return
    for node in children(root, path[0]):
        yield from at(node, path[1:])
