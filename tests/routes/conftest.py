"""The front door as its senders meet it: the real app over HTTP, a queue in memory behind it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from chalice.test import Client, HTTPResponse

import app
from chalicelib import bootstrap
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant
from chalicelib.domain.message import Engagements, Message, decode
from chalicelib.errors import Rejected, Retryable

NOW = Instant(1_790_000_000_000)
"""2026-09-21T14:13:20Z"""
ORGANIZATION = "00D5g00000AbCdEEAV"
JWT_SECRET = "jwt signing secret"
ENS_KEY = "mB7iPNv9hpWHmvQcxEwM7Zp6HSlFrFXhAN2TyFvncC4="


class MemoryQueue:
    """Keeps messages as the real queue does, or takes none."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.is_down = False

    def send(self, bodies: Iterable[str]) -> None:
        if self.is_down:
            raise Retryable("queue: down")
        self.bodies += bodies

    @property
    def messages(self) -> list[Message]:
        return [message for body in self.bodies if (message := _decoded(body)) is not None]

    @property
    def engagements(self) -> list[Engagement]:
        return [
            each
            for message in self.messages
            if isinstance(message, Engagements)
            for each in message.engagements
        ]

    @property
    def unreadable(self) -> list[dict[str, Any]]:
        """What no worker can decode: it goes to the dead-letter queue."""
        return [
            each for body in self.bodies if _decoded(body) is None for each in json.loads(body)["unreadable"]
        ]


def _decoded(body: str) -> Message | None:
    try:
        return decode(body)
    except Rejected:
        return None


@dataclass
class FrontDoor:
    """What a sender needs to reach us."""

    http: Any
    queue: MemoryQueue
    secret: dict[str, Any]
    now: Instant = NOW

    def post(self, path: str, body: Any, headers: dict[str, str]) -> HTTPResponse:
        return self.http.post(path, body=as_bytes(body), headers=headers)

    def ens(self, events: Any, key: str = ENS_KEY, **headers: str) -> HTTPResponse:
        signature = {"x-sfmc-ens-signature": ens_signature(as_bytes(events), key.encode())}
        return self.post("/marketing-cloud/events", events, JSON_TYPE | signature | headers)

    def signed(self, path: str, content: Any, **changes: Any) -> HTTPResponse:
        return self.post(path, content, intake_headers(as_bytes(content), self.now, **changes))

    def salesforce(self, envelope: str | bytes, key: str = "salesforce-secret") -> HTTPResponse:
        path = f"/salesforce/outbound-messages?key={key}"
        return self.post(path, envelope, {"Content-Type": "text/xml; charset=utf-8"})


JSON_TYPE = {"Content-Type": "application/json"}


def as_bytes(body: Any) -> bytes:
    if isinstance(body, bytes):
        return body
    return body.encode() if isinstance(body, str) else json.dumps(body).encode()


def ens_signature(body: bytes, key: bytes) -> str:
    return base64.b64encode(hmac.new(key, body, hashlib.sha256).digest()).decode()


def intake_headers(
    body: bytes, now: Instant, key_id: str = "website", key: str = "first secret", version: str = "v1"
) -> dict[str, str]:
    timestamp = str(now // 1000)
    digest = hmac.new(key.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    return JSON_TYPE | {
        "X-Smarketing-Key": key_id,
        "X-Smarketing-Timestamp": timestamp,
        "X-Smarketing-Signature": f"{version}={digest}",
    }


@pytest.fixture(autouse=True)
def fresh_environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("SMARKETING_ENS_KEY_ENCODING", "SMARKETING_MAX_BODY_BYTES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SMARKETING_ENGAGEMENT_QUEUE_URL", "https://queue.example/engagements")
    monkeypatch.setenv("SMARKETING_CALLBACK_SECRET_ID", "callbacks")
    monkeypatch.setenv("SMARKETING_SALESFORCE_ORG_ID", ORGANIZATION)
    yield
    bootstrap.use_clock(bootstrap.system_clock)


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> FrontDoor:
    """A front door whose clock stands at NOW and whose queue is empty."""
    queue = MemoryQueue()
    secret: dict[str, Any] = {
        "ens_signature_keys": [ENS_KEY],
        "journey_jwt_secrets": [JWT_SECRET],
        "outbound_message_secrets": ["salesforce-secret"],
        "intake_keys": {"website": "first secret", "website-2": "second secret"},
    }
    for wired in (bootstrap, bootstrap.aws):
        monkeypatch.setattr(wired, "engagement_queue", lambda: queue)
    monkeypatch.setattr(bootstrap, "callback_secret", lambda: secret)
    bootstrap.use_clock(lambda: NOW)
    return FrontDoor(Client(app.app).http, queue, secret)
