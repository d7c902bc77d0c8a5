"""The SOAP API with the partner WSDL, of which the org offers `merge`; other calls it does not know.

Forms: SOAP API Developer Guide, "merge()" and "Error Handling"; the partner WSDL.
"""

from functools import partial
from typing import Any

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chalicelib.errors import Rejected
from smarketing.metadata.xml import children, local, text_of
from smarketing.sandbox.org.answers import Answer, Call
from smarketing.sandbox.org.ids import read_id
from smarketing.sandbox.org.merging import Merging
from smarketing.sandbox.org.metadata_api.envelopes import read_call
from smarketing.sandbox.org.metadata_api.pass_through import PassThrough, UserOf
from smarketing.sandbox.org.records import Records
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.rest import VERSIONS

_XML = "text/xml;charset=UTF-8"
_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
_PARTNER = "urn:partner.soap.sforce.com"
_FAULT = "urn:fault.partner.soap.sforce.com"
_MOST_REQUESTS = 200
_BUSY = 503


def partner_routes(records: Records, user_of: UserOf, pass_through: PassThrough) -> list[Route]:
    """Give the route of an org's SOAP API."""
    endpoint = PartnerApi(records, user_of, pass_through)
    return [Route("/services/Soap/u/{version}", endpoint.call, methods=["POST"])]


class PartnerApi:
    """Answers the calls of one org."""

    def __init__(self, records: Records, user_of: UserOf, pass_through: PassThrough) -> None:
        """Serve an org's records; `user_of` finds whose session a call carries."""
        self._merging = Merging(records)
        self._lock = records.database.lock
        self._user_of = user_of
        self._pass_through = pass_through

    async def call(self, request: Request) -> Response:
        """Answer a call."""
        version = request.path_params["version"]
        if version not in VERSIONS:
            return _in_xml(_fault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL"))
        try:
            call = read_call(await request.body())
        except Rejected as rejected:
            return _in_xml(_fault("Client", str(rejected)))
        user = self._user_of(f"Bearer {call.session or ''}")
        if user is None:
            message = "Invalid Session ID found in SessionHeader: Illegal Session"
            return _in_xml(_fault("INVALID_SESSION_ID", message))
        path = f"Soap/u/{call.operation}"
        act = partial(self._answer, call.operation, call.arguments, user)
        return await self._pass_through(Call("POST", path, {}, None, user, version), act, _as_fault)

    def _answer(self, operation: str, arguments: etree._Element, user: str) -> Answer:
        if operation != "merge":
            return _fault("Client", f"No operation available for request {operation}")
        requests = list(children(arguments, "request"))
        if len(requests) > _MOST_REQUESTS:
            return _fault("EXCEEDED_ID_LIMIT", f"{len(requests)} requests, limit is {_MOST_REQUESTS}")
        response = etree.Element(f"{{{_PARTNER}}}mergeResponse")
        for each in requests:
            response.append(self._merged(each, user))
        return Answer(200, _envelope(response), content_type=_XML)

    def _merged(self, request: etree._Element, user: str) -> etree._Element:
        result = etree.Element(f"{{{_PARTNER}}}result")
        try:
            main, values = _main_record(request)
            others = [read_id(each.text) for each in children(request, "recordToMergeIds")]
            with self._lock:
                moved = self._merging.merge(main, others, values, user)
        except Refusal as refusal:
            errors = _add(result, "errors")
            for name in refusal.fields:
                _add(errors, "fields", name)
            _add(errors, "message", refusal.message)
            _add(errors, "statusCode", refusal.code)
            _add(result, "success", "false")
            return result
        _add(result, "id", main)
        for each in others:
            _add(result, "mergedRecordIds", each)
        _add(result, "success", "true")
        for each in moved:
            _add(result, "updatedRelatedIds", each)
        return result


def _main_record(request: etree._Element) -> tuple[str, dict[str, Any]]:
    record = next(children(request, "masterRecord"), None)
    if record is None:
        raise Refusal("INVALID_MERGE_RECORD", "there is no masterRecord")
    values: dict[str, Any] = {}
    for each in children(record):
        name, text = local(each), each.text or ""
        if name == "fieldsToNull":
            values[text] = None
        elif name not in ("type", "Id"):
            values[name] = {"true": True, "false": False}.get(text, text)
    return read_id(text_of(record, "Id")), values


def _add(node: etree._Element, name: str, text: str = "") -> etree._Element:
    made = etree.SubElement(node, f"{{{_PARTNER}}}{name}")
    made.text = text or None
    return made


def _fault(code: str, message: str) -> Answer:
    node = etree.Element(f"{{{_SOAP}}}Fault")
    client = code == "Client"
    etree.SubElement(node, "faultcode").text = "soapenv:Client" if client else f"sf:{code}"
    etree.SubElement(node, "faultstring").text = message if client else f"{code}: {message}"
    return Answer(500, _envelope(node), content_type=_XML)


def _as_fault(given: Answer) -> Answer:
    """Give what was refused before it came to the operation the form of SOAP."""
    error = given.body[0] if isinstance(given.body, list) and given.status != _BUSY else None
    return _fault(error["errorCode"], error["message"]) if error else given


def _envelope(inside: etree._Element) -> str:
    root = etree.Element(f"{{{_SOAP}}}Envelope", nsmap={"soapenv": _SOAP, "sf": _FAULT})
    etree.SubElement(root, f"{{{_SOAP}}}Body").append(inside)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True).decode()


def _in_xml(given: Answer) -> Response:
    return Response(given.body, given.status, media_type=_XML)
