"""Reads and writes the XML of metadata files; keeps the line of each element."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from chalicelib.errors import Rejected

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
_INDENT = "    "
_DEFAULT: Any = {None: NAMESPACE}
"""Its type stubs don't know that None names the default namespace."""


def parse(content: bytes, name: str) -> etree._Element:
    """Read a file's root element.

    Raises:
        Rejected: it is no XML, or carries a document type, which could name entities.
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=False
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise Rejected(f"{name}:{error.lineno or 1}: no XML: {error.msg}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Rejected(f"{name}:1: carries a document type; remove the <!DOCTYPE>")
    return root


def write(root: etree._Element) -> bytes:
    """Write a file as the `sf` command line does: four spaces, one element a line, a newline at the end."""
    etree.indent(root, _INDENT)
    body = etree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def element(name: str, *children: etree._Element, text: str | None = None) -> etree._Element:
    """Make an element of the metadata namespace."""
    made = etree.Element(f"{{{NAMESPACE}}}{name}", nsmap=_DEFAULT)
    made.text = text
    made.extend(children)
    return made


def local(node: etree._Element) -> str:
    """Give an element's name without its namespace."""
    return etree.QName(node).localname


def line_of(node: etree._Element) -> int:
    """Tell the line of its file that an element starts in, from 1."""
    line: Any = node.sourceline
    return line or 1


def children(node: etree._Element, name: str | None = None) -> Iterator[etree._Element]:
    """Go through child elements, all or those of a name; comments are passed over."""
    for each in node:
        if isinstance(each.tag, str) and (name is None or local(each) == name):
            yield each


def text_of(node: etree._Element, *path: str) -> str | None:
    """Read the text at a path of child elements; None where there is no such element."""
    for name in path:
        found = next(children(node, name), None)
        if found is None:
            return None
        node = found
    return (node.text or "").strip()
