"""SOAP envelopes of the Metadata API: what a call asks for, answers, and faults.

Forms: the WSDL of the Metadata API; fault codes: Metadata API Developer Guide, Error Handling.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from chalicelib.errors import Rejected
from smarketing.metadata.xml import NAMESPACE, children, local, parse, text_of

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_DEFAULT: Any = {None: NAMESPACE}
XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class SoapCall:
    """A call: the operation's name, the element that holds its arguments, and the session it is made in."""

    operation: str
    arguments: etree._Element
    session: str | None


def read_call(content: bytes) -> SoapCall:
    """Read an envelope.

    Raises:
        Rejected: it is none.
    """
    root = parse(content, "envelope")
    body = next(children(root, "Body"), None)
    operation = next(children(body), None) if body is not None else None
    if local(root) != "Envelope" or operation is None:
        raise Rejected("envelope: there is no call in it")
    return SoapCall(local(operation), operation, text_of(root, "Header", "SessionHeader", "sessionId"))


def answer(operation: str, result: Any) -> bytes:
    """Write an operation's result; a list gives as many results."""
    response = _element(f"{operation}Response")
    for each in result if isinstance(result, list) else [result]:
        response.append(each if isinstance(each, etree._Element) else _tree("result", each))
    return _envelope(response)


def fault(code: str, message: str, prefix: str = "sf") -> bytes:
    """Write a fault, such as `sf:INVALID_SESSION_ID`."""
    node = etree.Element(f"{{{_SOAP}}}Fault")
    etree.SubElement(node, "faultcode").text = f"{prefix}:{code}"
    etree.SubElement(node, "faultstring").text = f"{code}: {message}" if prefix == "sf" else message
    return _envelope(node, sf=NAMESPACE)


def _envelope(inside: etree._Element, **more: str) -> bytes:
    """Write an envelope; a name space with a prefix is none of the answers', as jsforce reads bare names."""
    names: Any = {"soapenv": _SOAP, "xsi": XSI, **more}
    root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap=names)
    etree.SubElement(root, f"{{{_SOAP}}}Body").append(inside)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _tree(name: str, value: Any) -> etree._Element:
    node = _element(name)
    if isinstance(value, Mapping):
        for key, inner in value.items():
            for each in inner if isinstance(inner, list | tuple) else [inner]:
                if each is not None:
                    node.append(_tree(key, each))
    elif value is None:
        node.set(f"{{{XSI}}}nil", "true")
    else:
        node.text = str(value).lower() if isinstance(value, bool) else str(value)
    return node


def _element(name: str) -> etree._Element:
    return etree.Element(f"{{{NAMESPACE}}}{name}", nsmap=_DEFAULT)
