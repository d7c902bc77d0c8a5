"""The emulated Marketing Cloud: tokens, the handshake of a callback, signed arrays."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from chalicelib.domain.instant import HOUR, MINUTE, Instant
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud import MarketingCloud
from tests.sandbox.serving import served

KEY = "V27FXfqI3DnhfQW1bhFDeJixpt8eDAY5R24UJI3cK6M="
LOGIN = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}


@dataclass
class World:
    """Marketing Cloud and somebody who receives what it posts."""

    url: str
    clock: SandboxClock
    received: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """What the receiver answers next; 200 once they are used up."""

    def call(
        self, method: str, path: str, content: Any = None, token: str | None = None
    ) -> requests.Response:
        token = token or requests.post(f"{self.url}/v2/token", json=LOGIN, timeout=10).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, self.url + path, json=content, headers=headers, timeout=30)

    def register(self, **more: Any) -> requests.Response:
        callback = {"callbackName": "ours", "url": f"{self.url}/ours", **more}
        return self.call("POST", "/platform/v1/ens-callbacks", [callback])

    def register_and_verify(self, **more: Any) -> None:
        self.register(**more)
        assert self.call("POST", "/platform/v1/ens-verify", self.received.pop()[1]).status_code == 200


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    clock = SandboxClock.start(tmp_path / "clock", at=Instant(1_767_268_800_000), speed=0)
    cloud = MarketingCloud(clock, "id", "secret", KEY)
    made = World("", clock)

    async def receive(request: Request) -> Response:
        made.received.append((dict(request.headers), await request.json()))
        return Response(status_code=made.answers.pop(0) if made.answers else 200)

    routes = [Route("/ours", receive, methods=["POST"]), Mount("", routes=cloud.routes())]
    with served(Starlette(routes=routes)) as url:
        made.url = url
        yield made


def test_gives_a_token_for_twenty_minutes(world: World) -> None:
    answer = requests.post(f"{world.url}/v2/token", json=LOGIN, timeout=10).json()
    world.clock.advance(MINUTE * 20)

    late = world.call("GET", "/platform/v1/ens-callbacks", token=answer["access_token"])

    assert answer["expires_in"] == 1200
    assert late.status_code == 401


def test_refuses_a_wrong_secret(world: World) -> None:
    answer = requests.post(f"{world.url}/v2/token", json=LOGIN | {"client_secret": "guess"}, timeout=10)

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


def test_posts_the_verification_key_to_a_new_callback(world: World) -> None:
    made = world.register()

    assert made.status_code == 201
    assert made.json()[0]["signatureKey"] == KEY
    assert world.received[0][1] == {
        "callbackId": made.json()[0]["callbackId"],
        "verificationKey": world.received[0][1]["verificationKey"],
    }


def test_creates_no_callback_that_does_not_answer(world: World) -> None:
    world.answers = [500]

    made = world.register()

    assert made.status_code == 400
    assert "Could not verify callback url" in made.json()["message"]
    assert world.call("GET", "/platform/v1/ens-callbacks").json() == []


def test_verifies_a_callback_by_its_key_once(world: World) -> None:
    world.register()
    details = world.received[0][1]

    first = world.call("POST", "/platform/v1/ens-verify", details)
    second = world.call("POST", "/platform/v1/ens-verify", details)

    assert (first.status_code, second.status_code) == (200, 404)
    assert world.call("GET", "/platform/v1/ens-callbacks").json()[0]["status"] == "verified"


def test_verifies_nothing_after_four_hours(world: World) -> None:
    world.register()
    world.clock.advance(HOUR * 5)

    assert world.call("POST", "/platform/v1/ens-verify", world.received[0][1]).status_code == 404


def test_sends_nothing_to_a_callback_that_is_not_verified(world: World) -> None:
    world.register()
    world.received.clear()

    requests.post(f"{world.url}/sandbox/events", json=[{"a": 1}], timeout=10)

    assert world.received == []


def test_signs_the_raw_body_and_cuts_it_at_the_callback_s_batch_size(world: World) -> None:
    world.register_and_verify(maxBatchSize=100)
    events = [{"number": number} for number in range(250)]

    answer = requests.post(f"{world.url}/sandbox/events", json=events, timeout=10).json()

    assert answer == {"delivered": 250, "deferred": 0}
    assert [len(body) for _, body in world.received] == [100, 100, 50]
    raw = str(world.received[2][1]).replace("'", '"').encode()
    made = base64.b64encode(hmac.new(KEY.encode(), raw, hashlib.sha256).digest()).decode()
    assert world.received[2][0]["x-sfmc-ens-signature"] == made


def test_tries_three_times_and_then_defers(world: World) -> None:
    world.register_and_verify()
    world.answers = [500, 503, 500, 500, 200]

    lost = requests.post(f"{world.url}/sandbox/events", json=[{"a": 1}], timeout=10).json()
    kept = requests.post(f"{world.url}/sandbox/events", json=[{"a": 2}], timeout=10).json()

    assert lost == {"delivered": 0, "deferred": 1}
    assert kept == {"delivered": 1, "deferred": 0}


def test_answers_404_to_what_it_does_not_have(world: World) -> None:
    assert world.call("GET", "/asset/v1/content/assets").status_code == 404
