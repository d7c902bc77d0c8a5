"""Components that live inside another one's file in both formats, as those of a workflow do."""

from collections.abc import Iterator, Mapping

from smarketing.metadata.package import Component, Member
from smarketing.metadata.xml import children, local, parse, text_of

_TYPES: Mapping[str, Mapping[str, str]] = {
    "MatchingRules": {"matchingRules": "MatchingRule"},
    "Workflow": {
        "alerts": "WorkflowAlert",
        "fieldUpdates": "WorkflowFieldUpdate",
        "outboundMessages": "WorkflowOutboundMessage",
        "rules": "WorkflowRule",
        "tasks": "WorkflowTask",
    },
}
"""Type of the file, element, type (Metadata API Developer Guide, Workflow and MatchingRule)."""


def inner_members(component: Component) -> Iterator[Member]:
    """Name the components inside a component's file; of most types there are none.

    Raises:
        Rejected: the file is no XML.
    """
    types = _TYPES.get(component.type)
    if types is None:
        return
    for node in children(parse(component.content, component.file_name)):
        if local(node) in types:
            yield types[local(node)], f"{component.full_name}.{text_of(node, 'fullName') or ''}"
