"""Whether things stand where source format has them."""

from collections.abc import Iterator

from smarketing.metadata.checks.document import said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.types import TYPES


def check_place(it: Inspection) -> Iterator[Finding]:
    """Check that a part's full name is its file's, and that a parent's file holds no parts."""
    document = it.document
    for node in document.at("fullName"):
        if document.file.parent is not None and said(node) != document.name:
            message = f"the file is called {document.name}, not {said(node)}; rename one"
            yield it.finding(node, message, "value")
    kind = TYPES.get(document.type)
    for part in kind.parts if kind is not None else ():
        for node in document.at(part.element):
            message = (
                f"<{part.element}> is not looked at here; give it a file of its own, .{part.suffix}-meta.xml"
            )
            yield it.finding(node, message, "unchecked")
