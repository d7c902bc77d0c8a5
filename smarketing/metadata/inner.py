"""Components that live inside another one's file in both formats, as those of a workflow do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from smarketing.metadata.package import Component, Member
from smarketing.metadata.xml import children, local, parse, text_of


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


def inner_members(component: Component) -> Iterator[Member]:
    """Name the components inside a component's file; of most types there are none.

    Raises:
        Rejected: the file is no XML.
    """
    if any(inner.parent == component.type for inner in INNER.values()):
        root = parse(component.content, component.file_name)
        yield from inside(component.type, component.full_name, root)


def inside(kind: str, full_name: str, root: etree._Element) -> Iterator[Member]:
    """Name the components inside a file whose root was read."""
    by_element = {inner.element: name for name, inner in INNER.items() if inner.parent == kind}
    for node in children(root):
        if local(node) in by_element:
            yield by_element[local(node)], f"{full_name}.{text_of(node, 'fullName') or ''}"
