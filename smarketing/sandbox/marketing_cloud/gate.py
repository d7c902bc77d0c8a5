"""What every call passes: the counters, the faults, the rate limit, the token.

Tokens: Marketing Cloud Engagement developer guide, "Access Token for Server-to-Server Integrations".
"""

import asyncio
import hmac
import json
import secrets
from collections import Counter, deque
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from chalicelib.domain.instant import MINUTE, Duration, Instant
from smarketing.sandbox.broken_response import BrokenResponse
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud.answers import Answer, Call, not_authorised, rate_limited
from smarketing.sandbox.marketing_cloud.faults import Fault, Faults, answer_of

TOKEN_LIFE = Duration(20 * MINUTE)
Handle = Callable[[Call], Answer]


class Gate:
    """Lets calls through to what handles them."""

    def __init__(self, clock: SandboxClock, client_id: str, client_secret: str) -> None:
        """Let one installed package in."""
        self.faults = Faults()
        self.calls: Counter[str] = Counter()
        self.calls_per_minute: int | None = None
        self._clock = clock
        self._login = (client_id, client_secret)
        self._tokens: dict[str, Instant] = {}
        self._recent: deque[Instant] = deque()

    def route(self, method: str, path: str, handle: Handle, *, outward: bool = False) -> Route:
        """Serve a path of the API; `outward` says that handling it calls somebody else."""

        async def serve(request: Request) -> Response:
            self.calls[f"{method} {path}"] += 1
            fault = self.faults.next(method, request.url.path)
            if fault is not None and (early := await self._fail(fault)) is not None:
                return early
            call = await read_call(request)
            answer = self._refusal(request, call)
            if answer is None:
                answer = await run_in_threadpool(handle, call) if outward else handle(call)
            return BrokenResponse() if fault is not None and fault.kind == "drop_after" else respond(answer)

        return Route(path, serve, methods=[method])

    def token(self, call: Call) -> Answer:
        """Give an access token for the client's id and secret."""
        asked = call.object()
        if asked.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "The grant type is not supported.")
        given = (str(asked.get("client_id", "")), str(asked.get("client_secret", "")))
        if not all(map(_same, given, self._login)):
            return _oauth_error(
                401, "invalid_client", "Invalid client ID. Use the client ID in Marketing Cloud."
            )
        token = secrets.token_urlsafe(32)
        self._tokens[token] = Instant(self._clock() + TOKEN_LIFE)
        return Answer(
            200,
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": TOKEN_LIFE // 1000,
                "scope": "event_notification_callback_create event_notification_callback_read",
                "rest_instance_url": call.base_url,
                "soap_instance_url": call.base_url,
            },
        )

    def is_valid(self, token: str) -> bool:
        """Whether a token was given and lives."""
        return self._tokens.get(token, 0) > self._clock()

    def _refusal(self, request: Request, call: Call) -> Answer | None:
        if call.path.endswith("/v2/token"):
            return None
        if (limited := self._rate_refusal()) is not None:
            return limited
        # The SOAP API has its token in the envelope.
        if call.path.endswith("/Service.asmx"):
            return None
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return None if scheme.lower() == "bearer" and self.is_valid(token) else not_authorised()

    def _rate_refusal(self) -> Answer | None:
        """Count the calls of the last minute by the sandbox's clock."""
        if self.calls_per_minute is None:
            return None
        now = self._clock()
        while self._recent and self._recent[0] <= now - MINUTE:
            self._recent.popleft()
        if len(self._recent) >= self.calls_per_minute:
            return rate_limited(max(1, -(-(self._recent[0] + MINUTE - now) // 1000)))
        self._recent.append(now)
        return None

    async def _fail(self, fault: Fault) -> Response | None:
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.kind == "drop_before":
            return BrokenResponse()
        if fault.kind == "token_revoked":
            self._tokens.clear()
            return None
        answer = answer_of(fault)
        return None if answer is None else respond(answer)


async def read_call(request: Request) -> Call:
    """Read a request."""
    raw = await request.body()
    try:
        body = json.loads(raw) if raw else None
    except ValueError:
        body = None
    parameters = {name: str(value) for name, value in request.path_params.items()}
    query = dict(request.query_params)
    base_url = f"{request.url.scheme}://{request.url.netloc}{request.scope.get('root_path', '')}/"
    return Call(request.method, request.url.path, parameters, query, body, raw, base_url)


def respond(answer: Answer) -> Response:
    """Write an answer."""
    if isinstance(answer.content, str | bytes):
        return Response(answer.content, answer.status, dict(answer.headers), answer.media_type)
    if answer.content is None:
        return Response(status_code=answer.status, headers=dict(answer.headers))
    return JSONResponse(answer.content, answer.status, dict(answer.headers))


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _oauth_error(status: int, code: str, description: str) -> Answer:
    return Answer(status, {"error": code, "error_description": description})
