"""What somebody loads is there, and activities are forwarded to our route."""

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

from chalicelib.routes.signatures import require_intake_signature
from smarketing.sandbox.account_engagement import AccountEngagement
from smarketing.sandbox.account_engagement.prospect_fields import prospect_custom_fields
from smarketing.sandbox.clock import SandboxClock
from tests.sandbox.account_engagement.conftest import NOW, UNIT
from tests.sandbox.serving import served


@dataclass
class World:
    url: str = ""
    received: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

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


def test_activities_are_forwarded_with_their_prospects_signed_by_the_sandbox_s_clock(world: World) -> None:
    world.load("prospects", [{"id": 7, "email": "7@x.example"}, {"id": 8, "email": "8@x.example"}])

    answer = world.load("visitor-activities", [{"id": 1, "type": 4, "prospectId": 7}])

    body, headers = world.received[0]
    require_intake_signature(body, headers, {"intake_keys": {"sandbox": "hush"}}, NOW)
    assert answer.json() == {"added": 1, "refused": 0}
    assert json.loads(body) == {
        "visitorActivities": [{"id": 1, "type": 4, "prospectId": 7}],
        "prospects": [{"id": 7, "email": "7@x.example"}],
    }


def test_a_row_without_an_id_or_an_object_that_is_not_there_is_refused(world: World) -> None:
    assert world.load("prospects", [{"email": "7@x.example"}]).status_code == 400
    assert world.load("unicorns", [{"id": 1}]).status_code == 400


def test_the_prospects_have_the_playbook_s_custom_fields() -> None:
    fields = {each["fieldId"]: each["type"] for each in prospect_custom_fields()}

    assert fields["Smarketing_Score"] == "Number"
    assert fields["Smarketing_Opt_In_Newsletter"] == "Text"
    assert "jobTitle" not in fields
