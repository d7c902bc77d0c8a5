"""The gateway against the emulated business unit, over HTTP, with the login of the emulated org."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount

from chalicelib.domain.instant import MINUTE, Instant, iso
from chalicelib.gateways.account_engagement.client import AccountEngagement
from smarketing.sandbox.account_engagement import AccountEngagement as BusinessUnit
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.org.oauth import ConnectedApp
from smarketing.sandbox.org.org import Org, Setup
from smarketing.sandbox.org.server import make_server
from tests.gateways.salesforce.emulated_org import USER, public_key
from tests.gateways.salesforce.scripted_org import private_key
from tests.sandbox.serving import served

UNIT = "0Uv000000000001AAA"
BEGIN = Instant(1_790_000_000_000)
FIELDS = (
    {"fieldId": "Smarketing_Person_Id", "name": "Person", "type": "Text"},
    {"fieldId": "Smarketing_Lead_Id", "name": "Lead", "type": "Text"},
    {"fieldId": "Smarketing_Score", "name": "Score", "type": "Number"},
    {"fieldId": "Smarketing_Opt_In_Newsletter", "name": "Newsletter", "type": "Text"},
)


@dataclass
class World:
    """The business unit, its org, where they listen, and a gateway that does not really wait."""

    unit: BusinessUnit
    org: Org
    url: str
    clock: SandboxClock
    slept: list[float] = field(default_factory=list)

    @property
    def secret(self) -> dict[str, str]:
        return {
            "domain_url": self.org.url,
            "consumer_key": "consumer",
            "username": USER,
            "private_key": private_key(),
            "business_unit": UNIT,
            "api_url": self.url,
        }

    def gateway(self, share_for_people: float = 0.2, **secret: str) -> AccountEngagement:
        """A gateway that isn't logged in yet."""
        return AccountEngagement(
            lambda: {**self.secret, **secret},
            clock=self.clock,
            share_for_people=share_for_people,
            pause=self.slept.append,
        )

    def control(self, method: str, path: str, content: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/sandbox/{path}", json=content, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def fault(self, kind: str, **more: Any) -> None:
        self.control("POST", "faults", {"kind": kind, **more})

    def limit(self, **limits: Any) -> None:
        self.control("POST", "limits", limits)

    def load(self, name: str, *rows: dict[str, Any]) -> None:
        for row in rows:
            self.unit.database.load(name, row)

    def stored(self, name: str = "prospects") -> dict[int, dict[str, Any]]:
        """All rows of an object by id, those in the recycle bin among them."""
        return {int(row["id"]): row for row in self.unit.database.tables[name].rows.values()}

    def prospect(self, email: str) -> dict[str, Any]:
        [found] = [row for row in self.stored().values() if row["email"] == email]
        return found

    @property
    def calls(self) -> dict[str, int]:
        """How often each path was called since the test began."""
        counted: dict[str, int] = self.control("GET", "calls")["by_route"]
        return {route.replace("/api/v5", ""): number for route, number in counted.items()}

    @property
    def now(self) -> Instant:
        return self.clock()

    def at(self, minutes: float) -> str:
        """A time so many minutes from now, as rows have it."""
        return iso(Instant(int(self.now + minutes * MINUTE)))[:19] + "+00:00"


@dataclass
class _Server:
    """Serves the business unit of the test that runs."""

    org: Org
    clock: SandboxClock
    application: Any = None

    async def __call__(self, *arguments: Any) -> None:
        await self.application(*arguments)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[_Server, str]]:
    clock = SandboxClock.start(tmp_path_factory.mktemp("clock") / "clock", at=BEGIN, speed=0)
    # The login needs none of our metadata.
    org = Org(Setup(None, ConnectedApp("consumer", public_key()), USER), clock)
    server = _Server(org, clock)
    with served(make_server(org)) as org.url, served(Starlette(routes=[Mount("/ae", app=server)])) as url:
        yield server, f"{url}/ae"
    org.close()


@pytest.fixture
def world(server: tuple[_Server, str]) -> World:
    """A new business unit: no rows, no faults, nothing called."""
    serving, url = server
    org = serving.org
    unit = BusinessUnit(
        serving.clock, UNIT, "", "http://127.0.0.1:9/", "key", "secret", FIELDS, org_url=lambda: org.url
    )
    serving.application = Starlette(routes=unit.routes())
    made = World(unit, org, url, serving.clock)
    made.limit(pending_looks=0)
    return made
