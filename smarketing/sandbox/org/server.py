"""The org over HTTP: logins, REST, and pages for whoever rehearses."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smarketing.sandbox.broken_response import BrokenResponse
from smarketing.sandbox.org.answers import Answer, Call, refused
from smarketing.sandbox.org.control import control_routes
from smarketing.sandbox.org.faults import Fault, answer_of, locked
from smarketing.sandbox.org.metadata_api.routes import metadata_routes
from smarketing.sandbox.org.org import Org
from smarketing.sandbox.org.partner_api import partner_routes
from smarketing.sandbox.org.refusals import Refusal, not_found
from smarketing.sandbox.org.rest import VERSIONS

_METHODS = ["GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"]
Act = Callable[[], Answer]
_SESSION = Refusal("INVALID_SESSION_ID", "Session expired or invalid", 401)


def make_server(org: Org) -> Callable[..., Awaitable[None]]:
    """Put an org behind an ASGI application."""
    pages = _Pages(org)
    application = Starlette(
        routes=[
            Route("/services/oauth2/token", pages.token, methods=["POST"]),
            Route("/services/oauth2/userinfo", pages.user_info, methods=["GET", "POST"]),
            Route("/services/data", pages.versions),
            Route("/services/data/", pages.versions),
            *metadata_routes(org.metadata, org.logins.user_of, pages.pass_through),
            *partner_routes(org.records, org.logins.user_of, pages.pass_through),
            Route("/services/data/v{version}/{path:path}", pages.data, methods=_METHODS),
            Route("/services/data/v{version}", pages.data, methods=_METHODS),
            *control_routes(org),
        ]
    )

    async def serve(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            # The sf CLI writes //services/data, which the platform puts up with.
            scope["path"] = "/" + scope["path"].lstrip("/")
        await application(scope, receive, send)

    return serve


class _Pages:
    def __init__(self, org: Org) -> None:
        self._org = org

    async def token(self, request: Request) -> Response:
        form = {key: str(value) for key, value in (await request.form()).items()}
        return _response(await run_in_threadpool(self._org.logins.grant, form))

    def user_info(self, request: Request) -> Response:
        user = self._org.logins.user_of(request.headers.get("authorization", ""))
        return _response(refused(_SESSION) if user is None else self._org.logins.user_info(user))

    async def versions(self, request: Request) -> Response:
        listed = [
            {"label": f"Release {each}", "url": f"/services/data/v{each}", "version": each}
            for each in VERSIONS
        ]
        return _response(Answer(200, listed))

    async def data(self, request: Request) -> Response:
        version = request.path_params["version"]
        user = self._org.logins.user_of(request.headers.get("authorization", ""))
        if version not in VERSIONS:
            return _response(refused(not_found()))
        if user is None:
            return _response(refused(_SESSION))
        try:
            call = await _call(request, version, user)
        except ValueError:
            return _response(refused(Refusal("JSON_PARSER_ERROR", "The request body is no JSON")))
        return await self.pass_through(call, partial(self._rest, call))

    async def pass_through(
        self, call: Call, act: Act, shape: Callable[[Answer], Answer] = lambda answer: answer
    ) -> Response:
        """Answer a call by what it does, unless a fault was asked for or the day's budget is used up.

        `shape` gives an answer, of whomever, the form of the API that was called.
        """
        answer = await self._answer(call, act)
        if answer is None:
            return BrokenResponse()
        return _response(shape(answer), {"Sforce-Limit-Info": self._org.limits.header})

    def _rest(self, call: Call) -> Answer:
        # What is due by the org's clock happened before the call.
        self._org.automation.run_due()
        return self._org.rest.answer(call)

    async def _answer(self, call: Call, act: Act) -> Answer | None:
        fault = self._org.faults.next(call)
        if fault is not None and fault.kind == "drop_before":
            return None
        if fault is not None and (failed := await self._fail(fault, call)) is not None:
            return failed
        limits = self._org.limits
        if limits.used >= limits.daily:
            return refused(Refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403))
        limits.count(call.method, call.path, call.user)
        answer = await run_in_threadpool(act)
        return None if fault is not None and fault.kind == "drop_after" else answer

    async def _fail(self, fault: Fault, call: Call) -> Answer | None:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "session_expired":
            self._org.logins.revoke_all()
        return locked(call) if fault.kind == "lock_row" else answer_of(fault)


async def _call(request: Request, version: str, user: str) -> Call:
    raw = await request.body()
    is_csv = request.headers.get("content-type", "").startswith("text/csv")
    body = raw.decode() if is_csv else (json.loads(raw) if raw.strip() else None)
    path = request.path_params.get("path", "").strip("/")
    headers = {name.lower(): value for name, value in request.headers.items()}
    return Call(request.method, path, dict(request.query_params), body, user, version, headers)


def _response(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    everything = {**answer.headers, **(headers or {})}
    if answer.body is None:
        return Response(status_code=answer.status, headers=everything)
    if answer.content_type.startswith("application/json"):
        return JSONResponse(answer.body, answer.status, everything)
    return Response(str(answer.body), answer.status, everything, answer.content_type)
