"""Journey Builder's emulator and our custom activity, over HTTP: what is retried, and what that comes to."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

import app
from chalicelib import bootstrap
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant
from chalicelib.domain.message import Engagements, decode
from chalicelib.errors import Retryable
from smarketing.sandbox.api_gateway import ApiGateway
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud import MarketingCloud
from smarketing.sandbox.marketing_cloud.journeys import Journey
from tests.sandbox.serving import served

NOW = Instant(1_790_000_000_000)
SECRET = "jwt secret"
CONTACT = "003xx000004TmiQAAS"


class Queue:
    """Keeps messages, but for the first so-many times."""

    def __init__(self) -> None:
        self.failures = 0
        self.bodies: list[str] = []

    def send(self, bodies: list[str]) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise Retryable("queue: down")
        self.bodies += bodies

    @property
    def engagements(self) -> list[Engagement]:
        messages = [decode(body) for body in self.bodies]
        return [
            each for message in messages if isinstance(message, Engagements) for each in message.engagements
        ]


@dataclass
class World:
    url: str
    account: MarketingCloud
    queue: Queue
    splits: dict[str, Any] = field(default_factory=dict)
    """What a split that the test plays answers, and its config.json."""

    def control(self, method: str, path: str, content: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/mc/sandbox/{path}", json=content, timeout=30)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def make_journey(self, **arguments: str) -> None:
        url = f"{self.url}/journey-activity"
        asked = {"event_definition_key": "fair", "activity_url": url, "arguments": arguments}
        self.control("PUT", "journeys/welcome", asked)
        # What the activity asks for is the real platform's pace; here nobody wants to wait.
        activity = self.account.journeys.by_key["welcome"].activity
        assert activity is not None
        activity["arguments"]["execute"]["retryDelay"] = 1

    def enter(self, contact: str = CONTACT, **data: str) -> None:
        login = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
        token = requests.post(f"{self.url}/mc/v2/token", json=login, timeout=10).json()["access_token"]
        event = {"ContactKey": contact, "EventDefinitionKey": "fair", "Data": data}
        headers = {"Authorization": f"Bearer {token}"}
        path = f"{self.url}/mc/interaction/v1/events"
        assert requests.post(path, json=event, headers=headers, timeout=10).status_code == 201


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    account = MarketingCloud(SandboxClock.start(tmp_path / "clock"), "id", "secret", "key", jwt_secret=SECRET)
    queue = Queue()
    monkeypatch.setattr(bootstrap, "engagement_queue", lambda: queue)
    monkeypatch.setattr(bootstrap, "callback_secret", lambda: {"journey_jwt_secrets": [SECRET]})
    bootstrap.use_clock(lambda: NOW)
    gateway = ApiGateway(app.app, app.app.routes, app.app.api.binary_types)
    splits: dict[str, Any] = {}

    async def split(request: Request) -> JSONResponse:
        return JSONResponse(splits["config" if request.method == "GET" else "answer"])

    routes = [
        Mount("/mc", routes=account.routes()),
        Route("/split/{call}", split, methods=["GET", "POST"]),
        Route("/{path:path}", gateway.__call__, methods=["GET", "POST"]),
    ]
    with served(Starlette(routes=routes)) as url:
        monkeypatch.setenv("SMARKETING_PUBLIC_URL", url)
        yield World(url, account, queue, splits)
    bootstrap.use_clock(bootstrap.system_clock)


def test_a_contact_in_a_journey_becomes_an_engagement(world: World) -> None:
    world.make_journey(action="hand_off", productLine="presses", emailAddress="{{Event.fair.Email}}")
    world.enter(Email="ada@example.com")

    outcomes = world.control("POST", "journeys/welcome/run")

    assert outcomes == {CONTACT: {"status": 200, "tries": 1, "content": {"accepted": True}}}
    [engagement] = world.queue.engagements
    assert engagement.kind == "journey_handed_off"
    assert {key.kind: key.value for key in engagement.keys} == {
        "contact": "003xx000004TmiQ",
        "email": "ada@example.com",
    }


def test_a_queue_that_was_down_is_tried_again_until_it_takes_it(world: World) -> None:
    world.make_journey(action="score")
    world.enter()
    world.queue.failures = 3

    outcomes = world.control("POST", "journeys/welcome/run")

    assert (outcomes[CONTACT]["status"], outcomes[CONTACT]["tries"]) == (200, 4)
    assert len(world.queue.engagements) == 1


def test_five_retries_are_the_most(world: World) -> None:
    world.make_journey(action="score")
    world.enter()
    world.queue.failures = 99

    outcomes = world.control("POST", "journeys/welcome/run")

    assert (outcomes[CONTACT]["status"], outcomes[CONTACT]["tries"]) == (503, 6)


def test_the_same_execution_twice_is_the_same_engagement(world: World) -> None:
    world.make_journey(action="score")
    world.enter()

    for _ in range(2):
        world.control("POST", "journeys/welcome/run", {"contact": CONTACT})

    first, second = world.queue.engagements
    assert first.id == second.id


def test_a_contact_who_comes_again_is_another_engagement(world: World) -> None:
    world.make_journey(action="score")
    world.enter()
    world.control("POST", "journeys/welcome/run")
    world.account.journeys.by_key["welcome"].stays.clear()

    world.enter()
    world.control("POST", "journeys/welcome/run")

    first, second = world.queue.engagements
    assert first.id != second.id


def test_what_is_refused_is_not_tried_again(world: World) -> None:
    world.make_journey(action="dance")
    world.enter()

    outcomes = world.control("POST", "journeys/welcome/run")

    assert (outcomes[CONTACT]["status"], outcomes[CONTACT]["tries"]) == (400, 1)


@pytest.mark.parametrize("action", ["save", "validate", "publish", "stop"])
def test_what_happens_to_the_journey_is_agreed_to(world: World, action: str) -> None:
    world.make_journey(action="score")

    assert world.control("POST", f"journeys/welcome/{action}")["status"] == 200


class TestSplit:
    """An activity of the type RestDecision, played by the test: the contact goes the way that it answers."""

    @pytest.fixture
    def split(self, world: World) -> dict[str, Any]:
        world.account.journeys.by_key["split"] = journey = Journey("split", "split", "fair")
        answer: dict[str, Any] = {"branchResult": "send"}
        outcomes = [{"arguments": {"branchResult": each}} for each in ("send", "wait", "stop")]
        execute = {"url": f"{world.url}/split/execute", "inArguments": [{}], "retryCount": 0}
        journey.activity = {"outcomes": outcomes, "arguments": {"execute": execute}}
        world.splits.update({"answer": answer})
        world.enter()
        return answer

    @pytest.mark.parametrize("branch", ["send", "wait", "stop"])
    def test_a_contact_goes_the_way_that_the_activity_answers(
        self, world: World, split: dict[str, Any], branch: str
    ) -> None:
        split["branchResult"] = branch

        outcomes = world.control("POST", "journeys/split/run")

        assert outcomes[CONTACT]["branch"] == branch

    def test_an_answer_that_is_no_outcome_leads_nowhere(self, world: World, split: dict[str, Any]) -> None:
        split["branchResult"] = "dance"

        outcomes = world.control("POST", "journeys/split/run")

        assert outcomes[CONTACT]["status"] == 200
        assert "branch" not in outcomes[CONTACT]

    def test_a_split_without_outcomes_is_no_activity(self, world: World) -> None:
        world.splits["config"] = {
            "type": "RestDecision",
            "arguments": {"execute": {"url": f"{world.url}/split/execute"}},
        }
        asked = {"event_definition_key": "fair", "activity_url": f"{world.url}/split"}

        answer = requests.put(f"{world.url}/mc/sandbox/journeys/split", json=asked, timeout=30)

        assert answer.status_code == 400
        assert "outcomes" in answer.json()["message"]
