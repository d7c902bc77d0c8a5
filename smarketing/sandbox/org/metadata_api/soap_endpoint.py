"""The Metadata API over SOAP: sessions, calls and faults over HTTP."""

from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from chalicelib.errors import Rejected
from smarketing.sandbox.org.answers import Answer, Call
from smarketing.sandbox.org.metadata_api.envelopes import answer, fault, read_call
from smarketing.sandbox.org.metadata_api.metadata import Metadata
from smarketing.sandbox.org.metadata_api.operations import Operations
from smarketing.sandbox.org.metadata_api.pass_through import PassThrough, UserOf
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.rest import VERSIONS

_XML, _BUSY = "text/xml;charset=UTF-8", 503


class SoapEndpoint:
    """Answers the calls of one org."""

    def __init__(self, metadata: Metadata, user_of: UserOf, pass_through: PassThrough) -> None:
        """Serve an org's metadata; `user_of` finds whose session a call carries."""
        self._operations = Operations(metadata)
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
            return _in_xml(_fault("Client", str(rejected), "soapenv"))
        header = f"Bearer {call.session}" if call.session else request.headers.get("authorization", "")
        user = self._user_of(header)
        if user is None:
            message = "Invalid Session ID found in SessionHeader: Illegal Session"
            return _in_xml(_fault("INVALID_SESSION_ID", message))
        path = f"Soap/m/{call.operation}"
        return await self._pass_through(
            Call("POST", path, {}, None, user, version),
            partial(self._answer, call.operation, call.arguments, user),
            _as_fault,
        )

    def _answer(self, operation: str, arguments: Any, user: str) -> Answer:
        if operation not in self._operations.names:
            text = f"No operation available for request {{{arguments.nsmap.get(None, '')}}}{operation}"
            return _fault("Client", text, "soapenv")
        try:
            result = self._operations.call(operation, arguments, user)
        except Refusal as refusal:
            return _fault(refusal.code, refusal.message)
        return Answer(200, answer(operation, result).decode(), content_type=_XML)


def _fault(code: str, message: str, prefix: str = "sf") -> Answer:
    return Answer(500, fault(code, message, prefix).decode(), content_type=_XML)


def _as_fault(given: Answer) -> Answer:
    """Give what was refused before it came to the operation the form of SOAP."""
    error = given.body[0] if isinstance(given.body, list) and given.status != _BUSY else None
    return _fault(error["errorCode"], error["message"]) if error else given


def _in_xml(given: Answer) -> Response:
    return Response(given.body, given.status, media_type=_XML)
