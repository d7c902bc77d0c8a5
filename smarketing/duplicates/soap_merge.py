"""The call `merge()` of the SOAP API, which alone merges on the platform: REST and Bulk have none.

Forms: SOAP API Developer Guide, "merge()", "MergeRequest", "MergeResult"; the partner WSDL. A request takes
the main record and up to two others; more are merged one after another into the same main record.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml import etree

from chalicelib.errors import Misconfigured, Rejected, Retryable
from smarketing.metadata.org_calls import OrgCalls
from smarketing.metadata.xml import children, parse, text_of

OTHERS_OF_REQUEST = 2
REQUESTS_OF_CALL = 50
"""The platform takes 200; so many records are locked while a call runs that fewer is kinder."""

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_PARTNER = "urn:partner.soap.sforce.com"
_OBJECT = "urn:sobject.partner.soap.sforce.com"
_LOST_PATIENCE = frozenset({"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "REQUEST_LIMIT_EXCEEDED"})


@dataclass(frozen=True, slots=True)
class Request:
    """Records to merge into a main one, which gets the values; an empty value empties the field."""

    object: str
    main: str
    others: tuple[str, ...]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request.

    Attributes:
        refusal: the platform's code and message; empty where it is done.
        moved: ids of records that followed to the main one.
    """

    refusal: str
    moved: tuple[str, ...] = ()


def merge(calls: OrgCalls, requests: Sequence[Request]) -> Iterator[Result]:
    """Merge; gives a result for each request, in order, as soon as the platform has answered.

    Raises:
        Misconfigured: the login is not taken.
        Retryable: the org was not reached; what it did of the last call is seen by reading again.
    """
    waiting = iter(requests)
    while some := list(islice(waiting, REQUESTS_OF_CALL)):
        answer = calls.soap(_envelope(some, calls.org.access_token), api="u", repeat=False)
        yield from _results(calls, answer, len(some))


def in_steps(request: Request) -> Iterator[Request]:
    """Part a request into those that the platform takes; the values go along with the first."""
    for start in range(0, len(request.others), OTHERS_OF_REQUEST):
        some = request.others[start : start + OTHERS_OF_REQUEST]
        yield Request(request.object, request.main, some, {} if start else request.values)


def _envelope(requests: Sequence[Request], token: str) -> bytes:
    names: Any = {"soapenv": _SOAP, "p": _PARTNER, "o": _OBJECT}
    root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap=names)
    header = etree.SubElement(etree.SubElement(root, f"{{{_SOAP}}}Header"), f"{{{_PARTNER}}}SessionHeader")
    etree.SubElement(header, f"{{{_PARTNER}}}sessionId").text = token
    call = etree.SubElement(etree.SubElement(root, f"{{{_SOAP}}}Body"), f"{{{_PARTNER}}}merge")
    for each in requests:
        node = etree.SubElement(call, f"{{{_PARTNER}}}request")
        _record(etree.SubElement(node, f"{{{_PARTNER}}}masterRecord"), each)
        for other in each.others:
            etree.SubElement(node, f"{{{_PARTNER}}}recordToMergeIds").text = other
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _record(node: etree._Element, request: Request) -> None:
    etree.SubElement(node, f"{{{_OBJECT}}}type").text = request.object
    for name, value in request.values.items():
        if value == "":
            etree.SubElement(node, f"{{{_OBJECT}}}fieldsToNull").text = name
    etree.SubElement(node, f"{{{_OBJECT}}}Id").text = request.main
    for name, value in request.values.items():
        if value != "":
            etree.SubElement(node, f"{{{_OBJECT}}}{name}").text = _in_xml(value)


def _in_xml(text: str) -> str:
    """Leave out what XML can't carry."""
    return "".join(each for each in text if each in "\t\n\r" or each >= " ")


def _results(calls: OrgCalls, content: bytes, expected: int) -> Iterator[Result]:
    try:
        body = next(children(parse(content, "answer"), "Body"), None)
    except Rejected:
        body = None
    inside = next(children(body), None) if body is not None else None
    if inside is None:
        raise Retryable(f"{calls.org.name}: the answer to merge is no SOAP")
    if etree.QName(inside).localname == "Fault":
        _refuse(calls, text_of(inside, "faultstring") or "no reason given")
    results = list(children(inside, "result"))
    if len(results) != expected:
        raise Retryable(f"{calls.org.name}: {len(results)} results of {expected} merges")
    for each in results:
        yield _result(each)


def _refuse(calls: OrgCalls, said: str) -> None:
    code, _, message = said.partition(": ")
    if code in _LOST_PATIENCE:
        raise Retryable(f"{calls.org.name}: {said}")
    if code == "INVALID_SESSION_ID":
        raise Misconfigured(f"{calls.org.name}: {code}: the login is not taken (any more); log in again")
    raise Misconfigured(f"{calls.org.name}: {code}: {message or 'merge is refused'}; it needs API Enabled")


def _result(node: etree._Element) -> Result:
    if text_of(node, "success") == "true":
        return Result("", tuple(each.text or "" for each in children(node, "updatedRelatedIds")))
    code, message = text_of(node, "errors", "statusCode"), text_of(node, "errors", "message")
    return Result(f"{code or 'UNKNOWN_EXCEPTION'}: {message or 'no reason given'}")
