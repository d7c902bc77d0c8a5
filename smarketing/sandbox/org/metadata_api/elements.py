"""Which elements a metadata file may have: the complex types and enumerations of the Metadata API's WSDL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from chalicelib.errors import Misconfigured
from smarketing.metadata.xml import NAMESPACE, children, local

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_XSD = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a type; `kind` is the type of its content."""

    kind: str
    required: bool


@dataclass(frozen=True, slots=True)
class Misfit:
    """An element that a file may not have, must have, or whose text is none of those allowed."""

    node: etree._Element
    text: str


def misfits(root: etree._Element) -> Iterator[Misfit]:
    """Find what in a file does not fit the type that its root element names."""
    kind = local(root)
    if kind not in _types():
        yield Misfit(root, f"Error parsing file: Entity type: '{kind}' is unknown")
        return
    yield from _inside(root, kind)


def _inside(node: etree._Element, kind: str) -> Iterator[Misfit]:
    known = _elements(kind)
    seen = set()
    for child in children(node):
        name = local(child)
        seen.add(name)
        element = known.get(name)
        if element is None:
            text = f"Element {{{NAMESPACE}}}{name} invalid at this location in type {kind}"
            yield Misfit(child, f"Error parsing file: {text}")
        elif child.get(_NIL) == "true":
            continue
        elif element.kind in _types():
            yield from _inside(child, element.kind)
        else:
            yield from _value(child, element.kind)
    for name, element in known.items():
        if element.required and name not in seen:
            yield Misfit(node, f"Required field is missing: {name}")


def _value(node: etree._Element, kind: str) -> Iterator[Misfit]:
    text = (node.text or "").strip()
    allowed = _enumerations().get(kind)
    if allowed is not None and text not in allowed:
        yield Misfit(node, f"Error parsing file: '{text}' is not a valid value for the enum '{kind}'")
    elif kind == "boolean" and text not in ("true", "false"):
        yield Misfit(node, f"Error parsing file: '{text}' is not a valid value for the type xsd:boolean")
    elif kind == "int" and not text.removeprefix("-").isdigit():
        yield Misfit(node, f"Error parsing file: '{text}' is not a valid value for the type xsd:int")
    elif len(node):
        text = f"Element {{{NAMESPACE}}}{local(node[0])} invalid at this location in type {kind}"
        yield Misfit(node, f"Error parsing file: {text}")


@cache
def _wsdl() -> etree._Element:
    # Importing the package takes half a second, its place none.
    found = find_spec("simple_salesforce")
    if found is None or found.origin is None:
        raise Misconfigured("simple-salesforce is not installed; its WSDL tells what metadata may hold")
    content = Path(found.origin).with_name("metadata.wsdl").read_bytes()
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))


@cache
def _types() -> Mapping[str, etree._Element]:
    return {str(each.get("name")): each for each in _wsdl().iter(f"{_XSD}complexType") if each.get("name")}


@cache
def _elements(name: str) -> Mapping[str, Element]:
    node = _types()[name]
    extension = node.find(f"{_XSD}complexContent/{_XSD}extension")
    base = _plain(str(extension.get("base"))) if extension is not None else ""
    inherited = _elements(base) if base in _types() else {}
    own = {
        str(each.get("name")): Element(_plain(str(each.get("type"))), _is_required(each))
        for each in node.iter(f"{_XSD}element")
    }
    return {**inherited, **own}


def _is_required(declared: etree._Element) -> bool:
    return declared.get("minOccurs") != "0" and declared.get("nillable") != "true"


@cache
def _enumerations() -> Mapping[str, frozenset[str]]:
    return {
        str(each.get("name")): frozenset(str(value.get("value")) for value in values)
        for each in _wsdl().iter(f"{_XSD}simpleType")
        if (values := each.findall(f"{_XSD}restriction/{_XSD}enumeration"))
    }


def _plain(name: str) -> str:
    return name.rpartition(":")[2]
