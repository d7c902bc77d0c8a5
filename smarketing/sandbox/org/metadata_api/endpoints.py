"""The Metadata API over HTTP: SOAP, and the REST resource for deploys.

REST: Metadata API Developer Guide, "Deploying and Retrieving Metadata with REST".
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chalicelib.errors import Rejected
from smarketing.sandbox.org.limits import Limits
from smarketing.sandbox.org.metadata_api.deploy_answers import deploy_result
from smarketing.sandbox.org.metadata_api.envelopes import answer, fault, read_call
from smarketing.sandbox.org.metadata_api.jobs import Job
from smarketing.sandbox.org.metadata_api.metadata import Metadata
from smarketing.sandbox.org.metadata_api.operations import Operations, read_options
from smarketing.sandbox.org.refusals import Refusal
from smarketing.sandbox.org.rest import VERSIONS

UserOf = Callable[[str], str | None]
"""Finds the user of an `Authorization` header."""
_ZIP_FIELD, _JSON_FIELDS = "file", ("json", "entity_content")
"""The parts of a deploy: the guide and jsforce name the second one differently."""


def metadata_routes(metadata: Metadata, user_of: UserOf, limits: Limits) -> list[Route]:
    """Give the routes of an org's Metadata API."""
    soap, rest = _Soap(metadata, user_of, limits), _Rest(metadata, user_of, limits)
    deploys = "/services/data/v{version}/metadata/deployRequest"
    return [
        Route("/services/Soap/m/{version}", soap.call, methods=["POST"]),
        Route("/services/Soap/m/{version}/{rest:path}", soap.call, methods=["POST"]),
        Route(deploys, rest.deploy, methods=["POST"]),
        Route(f"{deploys}/{{id}}", rest.status, methods=["GET"]),
        Route(f"{deploys}/{{id}}", rest.cancel, methods=["PATCH"]),
    ]


class _Soap:
    def __init__(self, metadata: Metadata, user_of: UserOf, limits: Limits) -> None:
        self._metadata = metadata
        self._operations = Operations(metadata)
        self._user_of = user_of
        self._limits = limits

    async def call(self, request: Request) -> Response:
        if request.path_params["version"] not in VERSIONS:
            return _fault("UNSUPPORTED_API_VERSION", "Invalid Api version specified on URL")
        try:
            call = read_call(await request.body())
        except Rejected as rejected:
            return _fault("Client", str(rejected), "soapenv")
        header = f"Bearer {call.session}" if call.session else request.headers.get("authorization", "")
        user = self._user_of(header)
        if user is None:
            message = "Invalid Session ID found in SessionHeader: Illegal Session"
            return _fault("INVALID_SESSION_ID", message)
        self._limits.count("POST", f"Soap/m/{call.operation}", user)
        return await run_in_threadpool(partial(self._answer, call.operation, call.arguments, user))

    def _answer(self, operation: str, arguments: Any, user: str) -> Response:
        if operation not in self._operations.names:
            text = f"No operation available for request {{{arguments.nsmap.get(None, '')}}}{operation}"
            return _fault("Client", text, "soapenv")
        try:
            self._metadata.admit(user)
            result = self._operations.call(operation, arguments, user)
        except Refusal as refusal:
            return _fault(refusal.code, refusal.message)
        return Response(answer(operation, result), media_type="text/xml")


class _Rest:
    def __init__(self, metadata: Metadata, user_of: UserOf, limits: Limits) -> None:
        self._metadata = metadata
        self._user_of = user_of
        self._limits = limits

    async def deploy(self, request: Request) -> Response:
        if request.headers.get("content-type", "").startswith("application/json"):
            plain = json.loads(await request.body())
            validation = str(plain.get("validatedDeployRequestId"))
            return await self._do(request, lambda user: self._metadata.jobs.quick(validation, user), 201)
        form = await request.form()
        package = form.get(_ZIP_FIELD)
        texts = [form[name] for name in _JSON_FIELDS if name in form]
        if not isinstance(package, UploadFile) or not texts:
            return _refused(Refusal("INVALID_MULTIPART_REQUEST", "a deploy has the parts json and file"))
        content = await package.read()
        text = await texts[0].read() if isinstance(texts[0], UploadFile) else texts[0]
        options = read_options(_plain(json.loads(text).get("deployOptions") or {}))
        return await self._do(request, lambda user: self._metadata.jobs.add(content, options, user), 201)

    async def status(self, request: Request) -> Response:
        details = request.query_params.get("includeDetails") == "true"
        job_id = request.path_params["id"]
        return await self._do(request, lambda user: self._metadata.jobs.get(job_id), 200, details=details)

    async def cancel(self, request: Request) -> Response:
        job_id = request.path_params["id"]
        return await self._do(request, lambda user: self._metadata.jobs.cancel(job_id, user), 202)

    async def _do(
        self, request: Request, action: Callable[[str], Job], status: int, *, details: bool = False
    ) -> Response:
        user = self._user_of(request.headers.get("authorization", ""))
        if user is None:
            return _refused(Refusal("INVALID_SESSION_ID", "Session expired or invalid", 401))
        self._limits.count(request.method, "metadata/deployRequest", user)
        try:
            await run_in_threadpool(self._metadata.admit, user)
            job = await run_in_threadpool(action, user)
        except Refusal as refusal:
            return _refused(refusal)
        result = deploy_result(job, details=details)
        return JSONResponse({"id": job.id, "deployResult": result}, status)


def _plain(options: dict[str, Any]) -> dict[str, str]:
    return {
        key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in options.items()
    }


def _refused(refusal: Refusal) -> Response:
    return JSONResponse([refusal.in_rest()], refusal.status)


def _fault(code: str, message: str, prefix: str = "sf") -> Response:
    return Response(fault(code, message, prefix), 500, media_type="text/xml")
