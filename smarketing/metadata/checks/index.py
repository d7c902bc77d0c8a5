"""What there is to refer to: the components of the project and what the platform itself has."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from smarketing.metadata.checks.document import Document, nodes_at, said, type_of
from smarketing.metadata.checks.sobjects import Field, Sobject, custom_field
from smarketing.metadata.checks.standard import Standard, record_type_field, standard
from smarketing.metadata.project import SourceFile
from smarketing.metadata.xml import text_of

_INSIDE: Mapping[tuple[str, str], str] = {
    ("MatchingRules", "matchingRules"): "MatchingRule",
    ("Workflow", "alerts"): "WorkflowAlert",
    ("Workflow", "fieldUpdates"): "WorkflowFieldUpdate",
    ("Workflow", "outboundMessages"): "WorkflowOutboundMessage",
    ("Workflow", "tasks"): "WorkflowTask",
}
"""Components that have no file of their own: type of the file, element, their type."""


@dataclass(frozen=True, slots=True)
class Index:
    """All that the project's files may refer to.

    Attributes:
        sobjects: by name, those of the platform included.
        documents: by type and full name.
        components: full names by type, those of the platform included.
    """

    sobjects: Mapping[str, Sobject]
    documents: Mapping[str, Mapping[str, Document]]
    components: Mapping[str, frozenset[str]]
    standard: Standard

    def names(self, kind: str) -> frozenset[str]:
        """Give the full names of all components of a type."""
        return self.components.get(kind, frozenset())

    def document(self, kind: str, full_name: str) -> Document | None:
        """Find the project's file of a component."""
        return self.documents.get(kind, {}).get(full_name)

    def field(self, sobject: str, path: str) -> Field | None:
        """Find the field that a path such as `Stage__c` or `Lead__r.Owner.Name` ends at."""
        first, _, rest = path.partition(".")
        found = self.sobjects.get(sobject)
        if found is None:
            return None
        if not rest:
            return found.fields.get(first)
        reference = found.over(first)
        targets = reference.targets if reference is not None else ()
        fields = (self.field(target, rest) for target in targets)
        return next((each for each in fields if each is not None), None)

    def child(self, parent: str, relationship: str) -> tuple[Sobject, Field] | None:
        """Find the object that a parent knows by a name such as `Interests__r`, and its reference."""
        for sobject in self.sobjects.values():
            for field in sobject.fields.values():
                if field.children == relationship and parent in field.targets:
                    return sobject, field
        return None


def build_index(documents: Iterable[Document], unread: Iterable[SourceFile] = ()) -> Index:
    """Take in the project's files and what the platform has.

    Args:
        unread: files that could not be read; their components are there nonetheless.
    """
    by_type: dict[str, dict[str, Document]] = defaultdict(dict)
    for each in documents:
        by_type[each.type][each.full_name] = each
    known = standard()
    return Index(_sobjects(by_type, known), by_type, _components(by_type, known, unread), known)


def _components(
    by_type: Mapping[str, Mapping[str, Document]], known: Standard, unread: Iterable[SourceFile]
) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for file in unread:
        found[type_of(file)].add(file.full_name)
    for kind, names in known.components.items():
        found[kind] |= names
    for kind, documents in by_type.items():
        found[kind] |= documents.keys()
        for document in documents.values():
            for inner, name in _inside(document):
                found[inner].add(name)
    return {kind: frozenset(names) for kind, names in found.items()}


def _inside(document: Document) -> Iterator[tuple[str, str]]:
    for (kind, element), inner in _INSIDE.items():
        if document.type == kind:
            for node in document.at(element, "fullName"):
                yield inner, f"{document.full_name}.{said(node)}"


def _sobjects(by_type: Mapping[str, Mapping[str, Document]], known: Standard) -> Mapping[str, Sobject]:
    sobjects = dict(known.sobjects)
    for name in by_type.get("CustomObject", {}):
        if name not in sobjects:
            sobjects[name] = Sobject(name, known.custom.fields, known.custom.columns)
    for record_type in by_type.get("RecordType", {}):
        name = record_type.partition(".")[0]
        if name in sobjects:
            sobjects[name] = sobjects[name].with_fields(iter([record_type_field()]))
    value_sets = {name: _value_set(each) for name, each in by_type.get("GlobalValueSet", {}).items()}
    for document in by_type.get("CustomField", {}).values():
        parent = sobjects.get(document.file.parent or "")
        if parent is not None:
            field = custom_field(document.name, document.root, value_sets)
            sobjects[parent.name] = parent.with_fields(iter([field]))
    return sobjects


def _value_set(document: Document) -> frozenset[str]:
    return frozenset(text_of(each, "fullName") or "" for each in nodes_at(document.root, "customValue"))
