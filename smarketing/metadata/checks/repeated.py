"""Things that stand twice: components in two files, and names within one."""

from collections.abc import Iterable, Iterator, Mapping

from lxml import etree

from smarketing.metadata.checks.document import Document, said
from smarketing.metadata.checks.finding import Finding
from smarketing.metadata.checks.inspection import Inspection, in_words
from smarketing.metadata.xml import children, line_of, local, text_of

_KEYS: Mapping[str, str] = {
    "applicationVisibilities": "application",
    "customPermissions": "name",
    "customValue": "fullName",
    "fieldPermissions": "field",
    "flexiPageRegions": "name",
    "mappingFields": "inputField",
    "matchingRules": "fullName",
    "objectPermissions": "object",
    "outboundMessages": "fullName",
    "pathAssistantSteps": "picklistValueName",
    "picklistValues": "picklist",
    "queueSobject": "sobjectType",
    "recordTypeVisibilities": "recordType",
    "recordTypes": "name",
    "tabSettings": "tab",
    "userPermissions": "name",
    "validationRules": "name",
    "value": "fullName",
    "values": "fullName",
    "valueTranslation": "masterLabel",
    "webLinks": "name",
}
"""What names an element among its like, where it must be unique."""
_ALONE: Mapping[str, tuple[str, ...]] = {
    "CompactLayout": ("fields",),
    "CustomApplication": ("tabs",),
    "ListView": ("columns",),
    "PermissionSetGroup": ("permissionSets",),
}
"""Elements of a type whose text must be unique."""


def twice(documents: Iterable[Document]) -> Iterator[Finding]:
    """Find components that two files hold."""
    seen: dict[tuple[str, str], Document] = {}
    for each in documents:
        key = (each.type, each.full_name)
        if key in seen:
            first = seen[key].file
            message = f"{in_words(each.type)} {each.full_name} stands in {first.package} already; remove one"
            yield Finding(each.file.path, line_of(each.root), message, "duplicate")
        seen.setdefault(key, each)


def check_repeated(it: Inspection) -> Iterator[Finding]:
    """Find names that stand twice in a file."""
    for parent in it.document.root.iter("{*}*"):
        seen: dict[tuple[str, str], int] = {}
        for node in children(parent):
            key = _key(it.document.type, node)
            if key is None:
                continue
            if key in seen:
                message = f"a second <{key[0]}> {key[1]}, after line {seen[key]}; remove one"
                yield it.finding(node, message, "duplicate")
            seen.setdefault(key, line_of(node))


def _key(kind: str, node: etree._Element) -> tuple[str, str] | None:
    """Tell by what an element must be unique among its siblings."""
    name = local(node)
    if name in _ALONE.get(kind, ()) and len(node) == 0:
        return name, said(node)
    text = text_of(node, _KEYS[name]) if name in _KEYS else None
    return (name, text) if text else None
