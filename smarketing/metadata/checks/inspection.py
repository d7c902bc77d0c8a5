"""A file under check, and what it may refer to: what every check goes by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from smarketing.metadata.checks.document import Document, said
from smarketing.metadata.checks.finding import Finding, Kind, missing
from smarketing.metadata.checks.index import Index
from smarketing.metadata.checks.sobjects import Field
from smarketing.metadata.xml import line_of

_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Inspection:
    """A file under check."""

    document: Document
    index: Index

    def at(self, *path: str) -> Iterator[etree._Element]:
        """Go through the elements at a path below the root."""
        return self.document.at(*path)

    def finding(
        self, node: etree._Element, message: str, kind: Kind = "reference", lines: int = 0
    ) -> Finding:
        """Report a mistake in an element, or some lines below its beginning."""
        return Finding(self.document.file.path, line_of(node) + lines, message, kind)

    def component(self, node: etree._Element, kind: str, name: str | None = None) -> Iterator[Finding]:
        """Look up a component that an element names, by its full name if that is another one."""
        wanted = said(node) if name is None else name
        known = self.index.names(kind)
        if wanted not in known:
            yield self.finding(node, missing(in_words(kind), wanted, known))

    def name(self, node: etree._Element, what: str, name: str | None = None) -> Iterator[Finding]:
        """Look up a name of the platform's own that an element holds."""
        wanted = said(node) if name is None else name
        known = self.index.standard.names[what]
        if wanted not in known:
            yield self.finding(node, missing(what, wanted, known))

    def sobject(self, node: etree._Element, name: str | None = None) -> Iterator[Finding]:
        """Look up an object that an element names."""
        wanted = said(node) if name is None else name
        if wanted not in self.index.sobjects:
            yield self.finding(node, missing("object", wanted, self.index.sobjects))

    def field(self, node: etree._Element, sobject: str, path: str | None = None) -> Iterator[Finding]:
        """Look up a field of an object, or of one that a path leads to."""
        wanted = said(node) if path is None else path
        message = self.no_field(sobject, wanted)
        if message is not None:
            yield self.finding(node, message)

    def no_field(self, sobject: str, path: str) -> str | None:
        """Say why a path leads to no field; None where it does."""
        found = self.index.sobjects.get(sobject)
        if found is None:
            return missing("object", sobject, self.index.sobjects)
        if self.index.field(sobject, path) is not None:
            return None
        first, _, rest = path.partition(".")
        if not rest:
            return missing("field", first, found.fields, of=sobject)
        reference = found.over(first)
        if reference is None or not reference.targets:
            over = [each.relationship for each in found.fields.values() if each.relationship]
            return missing("relationship", first, over, of=sobject)
        return self.no_field(reference.targets[0], rest)

    def column(self, node: etree._Element, sobject: str) -> Iterator[Finding]:
        """Look up a column of a list, where standard fields have names of their own."""
        found = self.index.sobjects.get(sobject)
        wanted = said(node)
        if found is None:
            yield from self.sobject(node, sobject)
        elif wanted not in found.columns and (wanted not in found.fields or not wanted.endswith("__c")):
            custom = {name for name in found.fields if name.endswith("__c")}
            yield self.finding(node, missing("column", wanted, found.columns | custom, of=sobject))

    def value(self, node: etree._Element, field: Field | None, text: str | None = None) -> Iterator[Finding]:
        """Look up a value of a picklist; of a standard one the org alone knows them."""
        wanted = said(node) if text is None else text
        if field is not None and field.values is not None and wanted and wanted not in field.values:
            yield self.finding(node, missing("value", wanted, field.values, of=field.name), "value")


def in_words(kind: str) -> str:
    """Say a type of the Metadata API in words: `PermissionSet` is a permission set."""
    return _WORDS.sub(" ", kind.removeprefix("Custom")).lower()
