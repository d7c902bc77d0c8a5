"""Components that live inside another one's file and are kept there, as those of a workflow are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from smarketing.metadata.package import Member
from smarketing.metadata.xml import children, local, parse, text_of, write


@dataclass(frozen=True, slots=True)
class Inner:
    """A type of such components: the type of the file that they are in, and their element."""

    parent: str
    element: str


INNER: Mapping[str, Inner] = {
    "MatchingRule": Inner("MatchingRules", "matchingRules"),
    "WorkflowAlert": Inner("Workflow", "alerts"),
    "WorkflowFieldUpdate": Inner("Workflow", "fieldUpdates"),
    "WorkflowOutboundMessage": Inner("Workflow", "outboundMessages"),
    "WorkflowRule": Inner("Workflow", "rules"),
    "WorkflowTask": Inner("Workflow", "tasks"),
}
"""By type (Metadata API Developer Guide, Workflow and MatchingRule)."""


def inside(kind: str, full_name: str, root: etree._Element) -> Iterator[Member]:
    """Name the components inside a component's file."""
    by_element = {inner.element: name for name, inner in INNER.items() if inner.parent == kind}
    for node in children(root):
        if local(node) in by_element:
            yield by_element[local(node)], f"{full_name}.{text_of(node, 'fullName') or ''}"


def without(content: bytes, kind: str, full_name: str) -> bytes | None:
    """Take a component out of the file that it is in; None if it is not there."""
    root = parse(content, full_name)
    name = full_name.partition(".")[2].lower()
    for node in children(root, INNER[kind].element):
        if (text_of(node, "fullName") or "").lower() == name:
            root.remove(node)
            return write(root)
    return None
