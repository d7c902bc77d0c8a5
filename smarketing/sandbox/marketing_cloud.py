"""Marketing Cloud Engagement, emulated as far as its Event Notification Service (ENS) goes.

Forms and status codes:
https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/access-token-s2s.html (a token lives 20
minutes), .../references/mc_rest_event_notification/createCallback.html and verifyCallback.html (within four
hours). Everything else is answered 404, as the platform answers a path that it doesn't have.
"""

import base64
import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import requests
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from chalicelib.domain.instant import HOUR, MINUTE, Duration, Instant
from smarketing.sandbox.clock import SandboxClock

KeyEncoding = Literal["utf8", "base64"]

TOKEN_LIFE = Duration(20 * MINUTE)
VERIFY_WITHIN = Duration(4 * HOUR)
MOST_EVENTS = 1000
_TRIES = 3
_ANSWER_SECONDS = 3.0
_PROBE_SECONDS = 30.0


def ens_signature(key: str, body: bytes, encoding: KeyEncoding = "utf8") -> str:
    """Sign a body as ENS does, for the header `x-sfmc-ens-signature`."""
    secret = key.encode() if encoding == "utf8" else base64.b64decode(key)
    return base64.b64encode(hmac.new(secret, body, hashlib.sha256).digest()).decode()


@dataclass(slots=True)
class Callback:
    """A registered address; events go there once it is verified."""

    id: str
    name: str
    url: str
    signature_key: str
    verification_key: str
    registered_at: Instant
    most_events: int = MOST_EVENTS
    verified: bool = False


@dataclass(slots=True)
class MarketingCloud:
    """One account with one API integration."""

    clock: SandboxClock
    client_id: str
    client_secret: str
    signature_key: str
    key_encoding: KeyEncoding = "utf8"
    tokens: dict[str, Instant] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    deferred: list[dict[str, Any]] = field(default_factory=list)

    def routes(self) -> list[BaseRoute]:
        """Serve the account."""
        return [
            Route("/v2/token", self.token, methods=["POST"]),
            Route("/platform/v1/ens-callbacks", self.list_callbacks, methods=["GET"]),
            Route("/platform/v1/ens-callbacks", self.create_callbacks, methods=["POST"]),
            Route("/platform/v1/ens-verify", self.verify, methods=["POST"]),
            Route("/sandbox/events", self.send_events, methods=["POST"]),
            Route("/{path:path}", _not_found, methods=["DELETE", "GET", "PATCH", "POST", "PUT"]),
        ]

    async def token(self, request: Request) -> Response:
        """Give an access token for the client's id and secret."""
        asked = await _json(request)
        if not isinstance(asked, dict) or asked.get("grant_type") != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "The grant type is not supported.")
        given = (str(asked.get("client_id", "")), str(asked.get("client_secret", "")))
        if not all(map(_same, given, (self.client_id, self.client_secret))):
            return _oauth_error(
                401, "invalid_client", "Invalid client ID. Use the client ID in Marketing Cloud."
            )
        token = secrets.token_urlsafe(32)
        self.tokens[token] = Instant(self.clock() + TOKEN_LIFE)
        base = str(request.base_url)
        return JSONResponse(
            {
                "access_token": token,
                "token_type": "Bearer",
                "expires_in": TOKEN_LIFE // 1000,
                "scope": "event_notification_callback_create event_notification_callback_read",
                "rest_instance_url": base,
                "soap_instance_url": base,
            }
        )

    async def list_callbacks(self, request: Request) -> Response:
        """Give the registered callbacks."""
        if not self._authorised(request):
            return _not_authorised()
        return JSONResponse([_public(each) for each in self.callbacks.values()])

    async def create_callbacks(self, request: Request) -> Response:
        """Register callbacks; each gets its verification key by a post to it, at once."""
        if not self._authorised(request):
            return _not_authorised()
        asked = await _json(request)
        if not isinstance(asked, list) or not all(
            isinstance(each, dict) and each.get("url") for each in asked
        ):
            return _rest_error(400, "callbackName and url are required.")
        made = []
        for each in asked:
            callback = self._make(str(each.get("callbackName", "")), each["url"], each.get("maxBatchSize"))
            if not await run_in_threadpool(_probe, callback):
                return _rest_error(
                    400,
                    f"MCMS_UWH_Runtime_GeneralFailure_probeCallbackLiveness: CallbackId is {callback.id}. "
                    f"Could not verify callback url '{callback.url}'.",
                )
            self.callbacks[callback.id] = callback
            made.append(_public(callback) | {"signatureKey": callback.signature_key})
        return JSONResponse(made, status_code=201)

    async def verify(self, request: Request) -> Response:
        """Confirm a callback by its single-use verification key."""
        if not self._authorised(request):
            return _not_authorised()
        asked = await _json(request)
        if not isinstance(asked, dict):
            return _rest_error(400, "callbackId and verificationKey are required.")
        callback = self.callbacks.get(str(asked.get("callbackId")))
        in_time = callback is not None and self.clock() <= callback.registered_at + VERIFY_WITHIN
        if callback is None or not in_time or asked.get("verificationKey") != callback.verification_key:
            return _rest_error(404, "Incorrect callback ID, verification key, or both.")
        callback.verified = True
        callback.verification_key = secrets.token_hex(16)
        return JSONResponse({})

    async def send_events(self, request: Request) -> Response:
        """Sandbox only: send the events of the body, signed, to every verified callback."""
        events = await _json(request)
        if not isinstance(events, list):
            return _rest_error(400, "body: send a JSON array of events")
        return JSONResponse(await run_in_threadpool(self.send, events))

    def send(self, events: Sequence[dict[str, Any]]) -> dict[str, int]:
        """Send events to every verified callback; what stays unanswered after three tries is deferred."""
        delivered = deferred = 0
        for callback in [each for each in self.callbacks.values() if each.verified]:
            for start in range(0, len(events), callback.most_events):
                batch = events[start : start + callback.most_events]
                if _post(callback, json.dumps(batch).encode(), self.key_encoding):
                    delivered += len(batch)
                else:
                    deferred += len(batch)
                    self.deferred += batch
        return {"delivered": delivered, "deferred": deferred}

    def _make(self, name: str, url: str, most_events: int | None) -> Callback:
        return Callback(
            id=str(uuid.uuid4()),
            name=name,
            url=url,
            signature_key=self.signature_key,
            verification_key=secrets.token_hex(16),
            registered_at=self.clock(),
            most_events=most_events or MOST_EVENTS,
        )

    def _authorised(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self.tokens.get(token, 0) > self.clock()


def _probe(callback: Callback) -> bool:
    """Post the verification details; the callback is not created unless it answers 200."""
    details = {"callbackId": callback.id, "verificationKey": callback.verification_key}
    try:
        return requests.post(callback.url, json=details, timeout=_PROBE_SECONDS).status_code == 200
    except requests.RequestException:
        return False


def _post(callback: Callback, body: bytes, encoding: KeyEncoding) -> bool:
    """Send one signed array, three times at most, each with three seconds to answer."""
    headers = {
        "Content-Type": "application/json",
        "x-sfmc-ens-signature": ens_signature(callback.signature_key, body, encoding),
    }
    for _ in range(_TRIES):
        try:
            if requests.post(callback.url, data=body, headers=headers, timeout=_ANSWER_SECONDS).ok:
                return True
        except requests.RequestException:
            continue
    return False


def _public(callback: Callback) -> dict[str, Any]:
    return {
        "callbackName": callback.name,
        "callbackId": callback.id,
        "url": callback.url,
        "maxBatchSize": callback.most_events,
        "status": "verified" if callback.verified else "unverified",
    }


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError:
        return None


def _same(given: str, right: str) -> bool:
    return hmac.compare_digest(given.encode(), right.encode())


def _oauth_error(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)


def _rest_error(status: int, message: str) -> Response:
    return JSONResponse({"message": message, "errorcode": 0, "documentation": ""}, status_code=status)


def _not_authorised() -> Response:
    return _rest_error(401, "Not Authorized")


async def _not_found(_: Request) -> Response:
    return _rest_error(404, "Not Found")
