"""The emulated account as somebody calls it who knows only HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette

from chalicelib.domain.instant import Instant
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.marketing_cloud import MarketingCloud
from tests.sandbox.serving import served

LOGIN = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
COLUMNS = [
    {"name": "Key", "length": 5, "primary": True},
    {"name": "Email", "type": "EmailAddress", "required": True},
    {"name": "Score", "type": "Number"},
    {"name": "OptIn", "type": "Boolean"},
]


@dataclass
class Caller:
    """An installed package with its token."""

    url: str
    clock: SandboxClock
    token: str = ""

    def call(self, method: str, path: str, content: Any = None) -> requests.Response:
        if not self.token:
            login = requests.post(f"{self.url}/v2/token", json=LOGIN, timeout=10)
            self.token = login.json()["access_token"]
        headers = {"Authorization": f"Bearer {self.token}"}
        return requests.request(method, self.url + path, json=content, headers=headers, timeout=30)

    def control(self, method: str, path: str, content: Any = None) -> requests.Response:
        return requests.request(method, f"{self.url}/sandbox/{path}", json=content, timeout=30)

    def rows(self) -> list[dict[str, str]]:
        rows: list[dict[str, str]] = self.control("GET", "data-extensions/people").json()["rows"]
        return rows


@pytest.fixture
def caller(tmp_path: Path) -> Iterator[Caller]:
    clock = SandboxClock.start(tmp_path / "clock", at=Instant(1_767_268_800_000), speed=0)
    account = MarketingCloud(clock, "id", "secret", "key", data_extensions={"people": COLUMNS})
    with served(Starlette(routes=account.routes())) as url:
        yield Caller(url, clock)
