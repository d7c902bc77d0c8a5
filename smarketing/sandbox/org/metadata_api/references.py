"""What components refer to, and whether the org has it.

The platform's own objects and fields are many more than this org knows, so only the names of custom ones
are looked up; all other components are.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from smarketing.metadata.types import TYPES
from smarketing.metadata.xml import NAMESPACE, children, line_of, local, parse, text_of
from smarketing.sandbox.org.metadata_api.choosing import Item
from smarketing.sandbox.org.metadata_api.components import Components
from smarketing.sandbox.org.metadata_api.reference_rules import RULES, at, named
from smarketing.sandbox.org.metadata_api.results import Problem
from smarketing.sandbox.org.schema import Schema


@dataclass(frozen=True, slots=True)
class Reference:
    """A name of another component; `element` is where it stands, `line` in its document."""

    type: str
    name: str
    element: str
    line: int


_PARTS = frozenset(each.type for each in TYPES["CustomObject"].parts)
_COLUMN = re.compile(r"([A-Za-z]\w*)[$.](\w+__c)")
"""A report's column of an object's own field; those of lookups have more parts."""
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|/\*.*?\*/', re.DOTALL)
_CUSTOM_NAME = re.compile(r"(?<![A-Za-z0-9_.$])[A-Za-z]\w*__c(?![A-Za-z0-9_(])")


def check_references(item: Item, components: Components, schema: Schema) -> Iterator[Problem]:
    """Name what a component refers to in vain; a part's object comes first."""
    parent = schema.get(item.full_name.partition(".")[0])
    if parent is None and item.type in _PARTS:
        text = f"In field: fullName - no CustomObject named {item.full_name.partition('.')[0]} found"
        yield Problem(item.type, item.full_name, item.file_name, text, item.lines_before + 2, 1)
        return
    for each in _references(item.type, item.full_name, item.content):
        if not _exists(each, components, schema):
            line = each.line + item.lines_before
            text = f"In field: {each.element} - no {each.type} named {each.name} found"
            yield Problem(item.type, item.full_name, item.file_name, text, line, 1)
    for name, line in _formula_fields(item.type, item.content):
        if parent is not None and parent.get(name) is None:
            text = f"Field {name} does not exist. Check spelling."
            yield Problem(item.type, item.full_name, item.file_name, text, line + item.lines_before, 1)


@lru_cache(maxsize=8_192)
def _references(kind: str, full_name: str, content: bytes) -> tuple[Reference, ...]:
    rules = RULES.get(kind, ())
    if not rules and kind not in _SPECIAL:
        return ()
    root = parse(content, full_name)
    found = [
        Reference(rule.type, name, rule.path.rpartition("/")[2], line_of(node))
        for rule in rules
        for node, name in named(root, rule, full_name)
    ]
    special = _SPECIAL.get(kind)
    return (*found, *special(root, full_name)) if special else tuple(found)


def _of_a_tab(root: etree._Element, full_name: str) -> Iterator[Reference]:
    if full_name.endswith("__c"):
        yield Reference("CustomObject", full_name, "customObject", line_of(root))


def _of_a_flow(root: etree._Element, full_name: str) -> Iterator[Reference]:
    for name in ("start", "recordLookups", "recordUpdates", "recordCreates"):
        for element in children(root, name):
            owner = text_of(element, "object")
            for path in ("filters/field", "inputAssignments/field", "queriedFields"):
                for node in at(element, path.split("/")) if owner else ():
                    field = f"{owner}.{(node.text or '').strip()}"
                    yield Reference("CustomField", field, local(node), line_of(node))


def _of_a_page(root: etree._Element, full_name: str) -> Iterator[Reference]:
    owner = text_of(root, "sobjectType")
    for node in root.iter(f"{{{NAMESPACE}}}fieldItem"):
        name = (node.text or "").strip().removeprefix("Record.")
        # What lies behind a relationship is not looked into.
        if owner and "." not in name:
            yield Reference("CustomField", f"{owner}.{name}", "fieldItem", line_of(node))


def _of_a_report(root: etree._Element, full_name: str) -> Iterator[Reference]:
    for node in children(root, "reportType"):
        name = (node.text or "").strip()
        if name.endswith("__c"):
            yield Reference("ReportType", name.removesuffix("__c"), "reportType", line_of(node))
    for element in ("field", "column"):
        for node in root.iter(f"{{{NAMESPACE}}}{element}"):
            found = _COLUMN.fullmatch((node.text or "").strip())
            if found:
                yield Reference("CustomField", f"{found[1]}.{found[2]}", element, line_of(node))


_SPECIAL: Mapping[str, Callable[[etree._Element, str], Iterator[Reference]]] = {
    "CustomTab": _of_a_tab,
    "FlexiPage": _of_a_page,
    "Flow": _of_a_flow,
    "Report": _of_a_report,
}


@lru_cache(maxsize=2_048)
def _formula_fields(kind: str, content: bytes) -> tuple[tuple[str, int], ...]:
    """Name the custom fields of the object itself that a formula reads; those of parents have a path."""
    path = {"ValidationRule": ["errorConditionFormula"], "CustomField": ["formula"]}.get(kind)
    if path is None:
        return ()
    nodes = list(at(parse(content, kind), path))
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
        return _field_exists(name, schema)
    return _of_its_own(reference) or components.get(reference.type, name) is not None


def _field_exists(name: str, schema: Schema) -> bool:
    parent, _, field = name.partition(".")
    sobject = schema.get(parent)
    if not field.endswith("__c"):
        return not parent.endswith("__c") or sobject is not None
    return sobject is not None and sobject.get(field) is not None


def _of_its_own(reference: Reference) -> bool:
    """Whether a name is that of a component which every org has."""
    match reference.type:
        case "CustomTab" | "CustomApplication":
            return reference.name.startswith("standard")
        case "CompactLayout":
            return reference.name.endswith(".SYSTEM")
        case "QuickAction":
            return "__c." not in reference.name
        case _:
            return False
