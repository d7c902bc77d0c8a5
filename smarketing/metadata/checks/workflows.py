"""Workflow: the fields of outbound messages and field updates."""

from collections.abc import Iterator, Mapping

from smarketing.metadata.checks.document import nodes_at
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.formulas import check_formula, of_record
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.xml import children, local

_FIELDS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "fieldUpdates": (("field",),),
    "outboundMessages": (("fields",),),
}


def check_workflow(it: Inspection) -> Iterator[Finding]:
    """Check the workflow of an object, whose name is the file's."""
    sobject = it.document.full_name
    yield from it.sobject(it.document.root, sobject)
    for item in children(it.document.root):
        if local(item) not in _FIELDS:
            yield it.finding(item, f"<{local(item)}> of workflow is not checked; use a flow", "unchecked")
        for path in _FIELDS.get(local(item), ()):
            for node in nodes_at(item, *path):
                yield from it.field(node, sobject)
        for node in children(item, "formula"):
            yield from check_formula(it, node, of_record(it, sobject))
