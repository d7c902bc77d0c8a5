"""The gateway against the emulated account, over HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from chalicelib.domain.instant import Instant
from chalicelib.gateways.marketing_cloud.client import MarketingCloud
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud import MarketingCloud as Account
from tests.sandbox.serving import served

PEOPLE = "Smarketing_People"
COLUMNS = (
    {"name": "SubscriberKey", "length": 18, "primary": True, "required": True},
    {"name": "PersonId", "length": 26},
    {"name": "Email", "type": "EmailAddress", "length": 254, "required": True},
    {"name": "JobTitle", "length": 20},
    {"name": "Score", "type": "Decimal"},
    {"name": "OptInNewsletter", "type": "Boolean"},
)


@dataclass
class World:
    """The account, where it listens, and the gateway that calls it."""

    account: Account
    url: str
    clock: SandboxClock
    cloud: MarketingCloud

    def control(self, method: str, path: str, content: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/sandbox/{path}", json=content, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def fault(self, kind: str, **more: Any) -> None:
        self.control("POST", "faults", {"kind": kind, **more})

    @property
    def calls(self) -> dict[str, int]:
        """How often each route was called since the last `forget_calls`, but for the token's."""
        counted: dict[str, int] = self.control("GET", "calls")["by_route"]
        return {route: number for route, number in counted.items() if route != "POST /v2/token"}

    @property
    def tokens(self) -> int:
        counted: int = self.control("GET", "calls")["by_route"].get("POST /v2/token", 0)
        return counted

    def stored(self) -> dict[str, dict[str, str]]:
        return {key: row for (key,), row in self.account.data_extensions[PEOPLE].rows.items()}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    clock = SandboxClock.start(
        tmp_path_factory.mktemp("clock") / "clock", at=Instant(1_790_000_000_000), speed=0
    )
    account = Account(clock, "id", "secret", "key", data_extensions={PEOPLE: COLUMNS})
    application = Starlette(routes=[Mount("/mc", routes=account.routes())])
    with served(application) as url:
        secret = {
            "auth_url": f"{url}/mc",
            "rest_url": f"{url}/mc",
            "client_id": "id",
            "client_secret": "secret",
        }
        yield World(account, f"{url}/mc", clock, MarketingCloud(lambda: secret))


@pytest.fixture
def world(server: World) -> World:
    """The account as it begins: no rows, no journeys, nothing called."""
    server.account.data_extensions[PEOPLE].rows.clear()
    server.account.journeys.by_key.clear()
    server.account.messages.sent.clear()
    server.account.gate.faults.clear()
    server.account.gate.calls.clear()
    server.account.gate.calls_per_minute = None
    server.account.requests.pending_polls = 1
    return server
