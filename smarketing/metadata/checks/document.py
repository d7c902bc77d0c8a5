"""A file of the project that was read."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from smarketing.metadata.project import SourceFile
from smarketing.metadata.types import TYPES
from smarketing.metadata.xml import children, parse, text_of


@dataclass(frozen=True, slots=True)
class Document:
    """A file and its root element."""

    file: SourceFile
    root: etree._Element

    @property
    def type(self) -> str:
        """The component's type; `ReportFolder` for a folder of reports."""
        return type_of(self.file)

    @property
    def full_name(self) -> str:
        """As a manifest names the component."""
        return self.file.full_name

    @property
    def name(self) -> str:
        """The component's own name, without that of what it is part of."""
        return self.full_name.removeprefix(f"{self.file.parent}.") if self.file.parent else self.full_name

    def at(self, *path: str) -> Iterator[etree._Element]:
        """Go through the elements at a path below the root."""
        return nodes_at(self.root, *path)

    def text(self, *path: str) -> str | None:
        """Read the text at a path below the root; None where there is no such element."""
        return text_of(self.root, *path)


def type_of(file: SourceFile) -> str:
    """Tell the type of the component that a file holds."""
    found = TYPES.get(file.type)
    if found is not None and found.in_folders and f".{found.folder_suffix}-" in file.path.name:
        return f"{file.type}Folder"
    return file.type


def read_document(file: SourceFile) -> Document:
    """Read a file.

    Raises:
        Rejected: it is no XML.
    """
    return Document(file, parse(file.content, str(file.path)))


def nodes_at(node: etree._Element, *path: str) -> Iterator[etree._Element]:
    """Go through the elements at a path below an element."""
    if not path:
        yield node
        return
    for child in children(node, path[0]):
        yield from nodes_at(child, *path[1:])


def said(node: etree._Element) -> str:
    """Read an element's text."""
    return (node.text or "").strip()
