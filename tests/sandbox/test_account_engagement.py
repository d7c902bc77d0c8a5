"""The emulated Account Engagement: reading by API v5 and forwarding what happens."""

import json
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

from chalicelib.domain.instant import Instant
from chalicelib.routes.signatures import require_intake_signature
from smarketing.sandbox.account_engagement import AccountEngagement
from smarketing.sandbox.clock import SandboxClock
from tests.sandbox.serving import served

NOW = Instant(1_767_268_800_000)
UNIT = "0Uv000000000001CAA"
HEADERS = {"Authorization": "Bearer token", "Pardot-Business-Unit-Id": UNIT}


@dataclass
class World:
    url: str = ""
    received: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def get(self, path: str, headers: dict[str, str] = HEADERS, **query: str) -> requests.Response:
        return requests.get(f"{self.url}/api/v5/objects/{path}", headers=headers, params=query, timeout=10)

    def load(self, name: str, rows: list[dict[str, Any]]) -> requests.Response:
        return requests.post(f"{self.url}/sandbox/{name}", json=rows, timeout=10)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World()
    clock = SandboxClock.start(tmp_path / "clock", at=NOW, speed=0)
    unit = AccountEngagement(clock, UNIT, "token", "", "sandbox", "hush")

    async def receive(request: Request) -> Response:
        made.received.append((await request.body(), dict(request.headers)))
        return Response(status_code=200)

    routes = [Route("/ours", receive, methods=["POST"]), Mount("", routes=unit.routes())]
    with served(Starlette(routes=routes)) as url:
        made.url = url
        unit.forward_url = f"{url}/ours"
        yield made


def test_reads_page_by_page_with_the_token_alone(world: World) -> None:
    world.load("prospects", [{"id": number, "email": f"{number}@x.example"} for number in range(1, 6)])

    first = world.get("prospects", fields="id,email", limit="2").json()
    second = requests.get(first["nextPageUrl"], headers=HEADERS, timeout=10).json()
    third = world.get("prospects", fields="id,email", nextPageToken=second["nextPageToken"]).json()

    assert [row["id"] for page in (first, second, third) for row in page["values"]] == [1, 2, 3, 4, 5]
    assert first["values"][0] == {"id": 1, "email": "1@x.example"}
    assert third["nextPageToken"] is None


def test_reads_one_row_with_null_for_what_it_does_not_have(world: World) -> None:
    world.load("prospects", [{"id": 7, "email": "7@x.example"}])

    assert world.get("prospects/7", fields="id,company").json() == {"id": 7, "company": None}


@pytest.mark.parametrize(
    ("path", "headers", "query", "status", "code"),
    [
        ("prospects", {}, {"fields": "id"}, 401, 184),
        ("prospects", {"Authorization": "Bearer token"}, {"fields": "id"}, 400, 181),
        ("prospects", HEADERS, {}, 400, 13),
        ("prospects", HEADERS, {"fields": "id,shoeSize"}, 400, 201),
        ("prospects", HEADERS, {"fields": "id", "limit": "1001"}, 400, 201),
        ("prospects", HEADERS, {"fields": "id", "nextPageToken": "x"}, 400, 201),
        ("prospects/9", HEADERS, {"fields": "id"}, 404, 109),
        ("lists", HEADERS, {"fields": "id"}, 400, 2),
        ("prospects/do/upsertLatestByEmail", HEADERS, {"fields": "id"}, 400, 2),
    ],
)
def test_answers_the_platform_s_own_errors(
    world: World, path: str, headers: dict[str, str], query: dict[str, str], status: int, code: int
) -> None:
    answer = world.get(path, headers, **query)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_forwards_activities_with_their_prospects_signed_by_the_sandbox_s_clock(world: World) -> None:
    world.load("prospects", [{"id": 7, "email": "7@x.example"}, {"id": 8, "email": "8@x.example"}])

    world.load("visitor-activities", [{"id": 1, "type": 4, "prospectId": 7}])

    body, headers = world.received[0]
    require_intake_signature(body, headers, {"intake_keys": {"sandbox": "hush"}}, NOW)
    assert json.loads(body) == {
        "visitorActivities": [{"id": 1, "type": 4, "prospectId": 7}],
        "prospects": [{"id": 7, "email": "7@x.example"}],
    }
