"""The schema of the Metadata API: which elements a file may have, how often, and what they may say.

It is read at run time from the WSDL inside the installed simple-salesforce, version 63. Files need not keep
the order of the WSDL: the Metadata API does not ask for it either.
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree

from chalicelib.errors import Misconfigured
from smarketing.metadata.xml import NAMESPACE, children, line_of, local

XSD = "http://www.w3.org/2001/XMLSchema"
_XSD = f"{{{XSD}}}"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_NO_VALUE = re.compile(
    r"Element '(.+?)': '(.*)' is not a valid value of the atomic type 'xs:(\w+)'", re.DOTALL
)
_NOT_ALLOWED = re.compile(
    r"Element '(.+?)': \[facet 'enumeration'\] The value '(.*)' is not an element of the set \{(.*)\}",
    re.DOTALL,
)
"""How libxml2 words its errors."""
_MOST_NAMED = 12
_NAMES = {"tns": NAMESPACE, "xsd": XSD}


@dataclass(frozen=True, slots=True)
class Element:
    """An element of a type; `type` is the type of its content, without a prefix."""

    type: str
    required: bool
    repeated: bool


@dataclass(frozen=True, slots=True)
class Misfit:
    """What in a file does not fit the schema."""

    line: int
    message: str


def misfits(root: etree._Element, kind: str) -> Iterator[Misfit]:
    """Find what in a file of a type does not fit: the order of elements aside.

    An element that came after version 63 is reported as unknown.

    Args:
        root: its root element; it is left as it is.
        kind: a type of the WSDL, such as `CustomField`.
    """
    if root.tag != f"{{{NAMESPACE}}}{kind}":
        yield Misfit(line_of(root), f"<{local(root)}> where <{kind}> of {NAMESPACE} is expected; rename it")
        return
    known = deepcopy(root)
    yield from _structure(known, kind)
    yield from _values(known)


def _structure(node: etree._Element, kind: str) -> Iterator[Misfit]:
    """Find unknown, missing and repeated elements, and take the unknown ones out."""
    elements = _elements(kind)
    if elements is None or node.get(_NIL) == "true":
        return
    seen: dict[str, int] = {}
    for child in list(children(node)):
        name = local(child)
        if name not in elements or child.tag != f"{{{NAMESPACE}}}{name}":
            yield Misfit(line_of(child), _unknown(name, kind, elements))
            node.remove(child)
            continue
        if name in seen and not elements[name].repeated:
            yield Misfit(line_of(child), f"<{name}> a second time, after line {seen[name]}; remove one")
        seen.setdefault(name, line_of(child))
        yield from _structure(child, elements[name].type)
    for name, element in elements.items():
        if element.required and name not in seen:
            yield Misfit(line_of(node), f"<{local(node)}> has no <{name}>; add it")


def _unknown(name: str, kind: str, elements: Mapping[str, Element]) -> str:
    close = get_close_matches(name, elements, n=1)
    mend = f"did you mean <{close[0]}>?" if close else "remove it"
    return f"unknown element <{name}> in {kind}; {mend}"


def _values(root: etree._Element) -> Iterator[Misfit]:
    schema = _compiled()
    if schema.validate(root):
        return
    errors: Any = schema.error_log
    for error in errors:
        # How often an element comes was looked at before, in words that say the mend.
        if error.type_name not in ("SCHEMAV_ELEMENT_CONTENT", "SCHEMAV_CVC_TYPE_3_1_3"):
            yield Misfit(error.line, _in_short(error.message))


def _in_short(message: str) -> str:
    """Say the mend: of a list of allowed values the nearest one, of a type its name."""
    text = message.replace(f"{{{NAMESPACE}}}", "")
    if found := _NO_VALUE.match(text):
        return f"<{found[1]}> is {found[2]!r}; it takes a value of type {found[3]}"
    if found := _NOT_ALLOWED.match(text):
        allowed = re.findall(r"'([^']*)'", found[3])
        close = get_close_matches(found[2], allowed, n=1)
        mend = f"did you mean {close[0]}?" if close else f"use one of {', '.join(allowed[:_MOST_NAMED])}"
        return f"<{found[1]}> is {found[2]!r}; {mend}"
    return text


@cache
def _elements(kind: str) -> Mapping[str, Element] | None:
    """Give the elements of a type, those of its bases included; None for a simple type."""
    node = _complex_types().get(kind)
    if node is None:
        return None
    return {str(each.get("name")): _element(each) for each in node.iter(f"{_XSD}element")}


def _element(node: etree._Element) -> Element:
    kind = str(node.get("type")).rpartition(":")[2]
    return Element(kind, node.get("minOccurs") != "0", node.get("maxOccurs") == "unbounded")


@cache
def _compiled() -> etree.XMLSchema:
    """Compile an XML schema in which elements may come in any order, and any type may be a file's root."""
    schema = etree.Element(
        f"{_XSD}schema", nsmap=_NAMES, targetNamespace=NAMESPACE, elementFormDefault="qualified"
    )
    types = _complex_types()
    for name, node in types.items():
        schema.append(deepcopy(node))
        etree.SubElement(schema, f"{_XSD}element", name=name, type=f"tns:{name}")
    schema.extend(deepcopy(each) for each in _wsdl_schema().findall(f"{_XSD}simpleType"))
    return etree.XMLSchema(etree.ElementTree(schema))


@cache
def _complex_types() -> Mapping[str, etree._Element]:
    """Read the complex types, each with the elements of its bases, as a choice without an end."""
    found = {str(each.get("name")): each for each in _wsdl_schema().findall(f"{_XSD}complexType")}
    return {name: _in_any_order(name, found) for name in found}


def _in_any_order(name: str, found: Mapping[str, etree._Element]) -> etree._Element:
    made = etree.Element(f"{_XSD}complexType", name=name, nsmap=_NAMES)
    choice = etree.SubElement(made, f"{_XSD}choice", minOccurs="0", maxOccurs="unbounded")
    for each in _with_bases(name, found):
        choice.append(deepcopy(each))
    return made


def _with_bases(name: str, found: Mapping[str, etree._Element]) -> Iterator[etree._Element]:
    extension = found[name].find(f"{_XSD}complexContent/{_XSD}extension")
    if extension is not None:
        base = str(extension.get("base")).rpartition(":")[2]
        yield from _with_bases(base, found)
    yield from found[name].iter(f"{_XSD}element")


@cache
def _wsdl_schema() -> etree._Element:
    # Importing the package takes half a second, finding its place none.
    found = find_spec("simple_salesforce")
    if found is None or found.origin is None:
        raise Misconfigured("simple-salesforce is not installed; its WSDL tells what metadata may hold")
    content = Path(found.origin).with_name("metadata.wsdl").read_bytes()
    root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    schema = root.find(f".//{_XSD}schema")
    if schema is None:
        raise Misconfigured("the WSDL of simple-salesforce has no schema; install another version")
    return schema
