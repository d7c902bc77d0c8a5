"""What every call passes: the counters, the faults, the token, the business unit, the limits.

Source: Account Engagement API v5, "Version 5 Overview", and "Authentication".
"""

import asyncio
import hmac
import json
from collections import Counter
from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from smarketing.sandbox.account_engagement.answers import (
    ACCESS_DENIED,
    INVALID_TOKEN,
    MISSING_HEADER,
    WRONG_BUSINESS_UNIT,
    Answer,
    Call,
    Refused,
)
from smarketing.sandbox.account_engagement.faults import Fault, Faults, answer_of
from smarketing.sandbox.account_engagement.limits import Limits
from smarketing.sandbox.account_engagement.org_login import OrgLogin
from smarketing.sandbox.broken_response import BrokenResponse

Handle = Callable[[Call], Answer]
_FORM = "multipart/form-data"


class Gate:
    """Lets calls through to what handles them."""

    def __init__(self, business_unit: str, login: OrgLogin, limits: Limits) -> None:
        """Let callers of one business unit in."""
        self.business_unit = business_unit
        self.faults = Faults()
        self.limits = limits
        self.calls: Counter[str] = Counter()
        self.before_each: Callable[[], None] = lambda: None
        self._login = login
        self._revoked: set[str] = set()

    def clear_faults(self) -> None:
        """Forget all faults, and which tokens were revoked."""
        self.faults.clear()
        self._revoked.clear()

    def route(self, method: str, path: str, handle: Handle) -> Route:
        """Serve a path of the API."""

        async def serve(request: Request) -> Response:
            self.calls[f"{method} {path}"] += 1
            self.limits.at_work += 1
            self.limits.most_at_work = max(self.limits.most_at_work, self.limits.at_work)
            try:
                return await self._serve(request, handle)
            finally:
                self.limits.at_work -= 1

        return Route(path, serve, methods=[method])

    async def _serve(self, request: Request, handle: Handle) -> Response:
        fault = self.faults.next(request.method, request.url.path)
        if fault is not None and (early := await self._fail(fault, request)) is not None:
            return early
        headers: dict[str, str] = {}
        try:
            await run_in_threadpool(self._check, request)
            self.limits.count()
            if request.headers.get("x-return-api-usage", "").lower() in ("1", "true"):
                headers = self.limits.header
            if self.limits.seconds > 0:
                await asyncio.sleep(self.limits.seconds)
            self.before_each()
            answer = handle(await read_call(request))
        except Refused as refused:
            answer = refused.answer
        if fault is not None and fault.kind == "drop_after":
            return BrokenResponse()
        return respond(answer, headers)

    def _check(self, request: Request) -> None:
        """See who calls.

        Raises:
            Refused: nobody who may.
        """
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Refused(ACCESS_DENIED)
        if token in self._revoked or not self._login.is_valid(token):
            raise Refused(INVALID_TOKEN)
        unit = request.headers.get("pardot-business-unit-id")
        if not unit:
            raise Refused(MISSING_HEADER, "Pardot-Business-Unit-Id header not found on request.")
        if not hmac.compare_digest(unit.encode(), self.business_unit.encode()):
            raise Refused(WRONG_BUSINESS_UNIT)

    async def _fail(self, fault: Fault, request: Request) -> Response | None:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "drop_before":
            return BrokenResponse()
        if fault.kind == "token_revoked":
            self._revoked.add(request.headers.get("authorization", "").partition(" ")[2])
            return None
        answer = answer_of(fault)
        return None if answer is None else respond(answer)


async def read_call(request: Request) -> Call:
    """Read a request."""
    content_type = request.headers.get("content-type", "")
    files: list[tuple[str, bytes]] = []
    form: dict[str, str] = {}
    raw, body = b"", None
    if content_type.startswith(_FORM):
        async with request.form() as parts:
            for name, part in parts.multi_items():
                if isinstance(part, UploadFile):
                    files.append((name, await part.read()))
                else:
                    form[name] = part
    else:
        raw = await request.body()
        body = _json(raw)
    parameters = {name: str(value) for name, value in request.path_params.items()}
    base_url = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}/"
    query = dict(request.query_params)
    path = request.url.path
    return Call(
        request.method, path, parameters, query, body, raw, base_url, content_type, tuple(files), form
    )


def respond(answer: Answer, headers: dict[str, str] | None = None) -> Response:
    """Write an answer."""
    everything = {**answer.headers, **(headers or {})}
    if isinstance(answer.content, str | bytes):
        return Response(answer.content, answer.status, everything, answer.media_type)
    if answer.content is None:
        return Response(status_code=answer.status, headers=everything)
    return JSONResponse(answer.content, answer.status, everything)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return None
