"""What a flow's own names mean: its elements, resources and the records that they hold.

Elements: Metadata API Developer Guide, Flow.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from smarketing.metadata.checks.document import nodes_at
from smarketing.metadata.checks.finding import missing
from smarketing.metadata.checks.formulas import no_global
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.sobjects import Field
from smarketing.metadata.xml import children, local, text_of

ELEMENTS = frozenset(
    {
        *("actionCalls", "assignments", "collectionProcessors", "customErrors", "decisions", "loops"),
        *("recordCreates", "recordDeletes", "recordLookups", "recordRollbacks", "recordUpdates"),
        *("screens", "subflows", "transforms", "waits"),
    }
)
"""What connectors lead to."""
_RESOURCES = frozenset({"choices", "constants", "formulas", "stages", "textTemplates", "variables"})
_RECORDS = ("$Record", "$Record__Prior")


@dataclass(frozen=True, slots=True)
class FlowNames:
    """The names of a flow.

    Attributes:
        elements: what connectors lead to.
        records: object of each record that a name holds; elements, variables and `$Record`.
        plain: names that hold a value without fields.
    """

    it: Inspection
    elements: Mapping[str, etree._Element] = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)
    plain: frozenset[str] = frozenset()

    def find(self, path: str) -> Field | str | None:
        """Give the field that a reference names, None for another value, or why it is nothing."""
        first, _, rest = path.partition(".")
        if first in self.records:
            sobject = self.records[first]
            return (self.it.no_field(sobject, rest) or self.it.index.field(sobject, rest)) if rest else None
        if first == "$Flow":
            known = self.it.index.standard.names["flow variable"]
            return None if path in known else missing("flow variable", path, known)
        if first.startswith("$"):
            return no_global(self.it, path)
        if first not in self.plain or rest:
            return missing("element or resource", first, (*self.plain, *self.records))
        return None


def read_names(it: Inspection) -> FlowNames:
    """Read the names of a flow."""
    root = it.document.root
    started = text_of(root, "start", "object")
    records = dict.fromkeys(_RECORDS, started) if started is not None else {}
    elements: dict[str, etree._Element] = {}
    plain: set[str] = set()
    for node in children(root):
        name = text_of(node, "name") or ""
        if local(node) in ELEMENTS:
            elements[name] = node
        if local(node) in ELEMENTS | _RESOURCES:
            plain.add(name)
        sobject = _object_of(node)
        if sobject is not None:
            records[name] = sobject
    plain |= {text_of(each, "name") or "" for each in nodes_at(root, "decisions", "rules")}
    loops = [node for node in elements.values() if local(node) == "loops"]
    for node in loops:
        collection = text_of(node, "collectionReference") or ""
        if collection in records:
            records[text_of(node, "name") or ""] = records[collection]
    return FlowNames(it, elements, records, frozenset(plain))


def duplicate_names(it: Inspection) -> Iterator[etree._Element]:
    """Find names that stand a second time: a flow's elements, resources and outcomes share one list."""
    seen: set[str] = set()
    named = [node for node in children(it.document.root) if local(node) in ELEMENTS | _RESOURCES]
    for node in [*named, *it.at("decisions", "rules")]:
        for name in children(node, "name"):
            text = (name.text or "").strip()
            if text in seen:
                yield name
            seen.add(text)


def _object_of(node: etree._Element) -> str | None:
    """Tell the object of the record that a lookup or a variable holds."""
    if local(node) == "variables":
        return text_of(node, "objectType")
    if local(node) == "recordLookups":
        return text_of(node, "object")
    return None
