"""The emulated business unit as somebody calls it who knows only HTTP."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from chalicelib.domain.instant import Instant
from smarketing.sandbox.account_engagement import AccountEngagement
from smarketing.sandbox.clock import SandboxClock
from tests.sandbox.serving import served

NOW = Instant(1_767_268_800_000)
UNIT = "0Uv000000000001CAA"
HEADERS = {"Authorization": "Bearer token", "Pardot-Business-Unit-Id": UNIT}
CUSTOM = [
    {"fieldId": "Grade", "name": "Grade", "type": "Text"},
    {"fieldId": "Score", "name": "Score", "type": "Number"},
]


@dataclass
class Caller:
    """An integration with its token."""

    url: str
    clock: SandboxClock

    def call(self, method: str, path: str, content: Any = None, **query: Any) -> requests.Response:
        url = path if path.startswith("http") else f"{self.url}/api/v5/{path}"
        return requests.request(method, url, params=query, json=content, headers=HEADERS, timeout=60)

    def control(self, method: str, path: str, content: Any = None) -> requests.Response:
        return requests.request(method, f"{self.url}/sandbox/{path}", json=content, timeout=60)

    def load(self, name: str, rows: Sequence[Mapping[str, Any]]) -> None:
        assert self.control("POST", name, rows).ok

    def rows(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.control("GET", name).json()["rows"]
        return rows

    def prospect(self, **values: Any) -> int:
        made = self.call("POST", "objects/prospects", values, fields="id")
        assert made.status_code == 201, made.text
        prospect: int = made.json()["id"]
        return prospect

    def upload(
        self, method: str, path: str, content: bytes, wanted: Mapping[str, Any] | None = None
    ) -> requests.Response:
        """Send a file as the Import API takes it."""
        parts: dict[str, Any] = {"file": ("prospects.csv", content, "text/csv")}
        if wanted is not None:
            parts["input"] = (None, json.dumps(wanted), "application/json")
        url = f"{self.url}/api/v5/{path}"
        return requests.request(method, url, files=parts, headers=HEADERS, timeout=60)

    def finished(self, job: int, path: str = "imports") -> dict[str, Any]:
        """Look at a job until it is complete."""
        fields = "status,createdCount,updatedCount,errorCount,errorsRef"
        for _ in range(5):
            told: dict[str, Any] = self.call(
                "GET", f"{path}/{job}", fields=fields if path == "imports" else "status,resultRefs"
            ).json()
            if told["status"] == "Complete":
                return told
        raise AssertionError(told)


class Stage:
    """Plays one business unit after the other at the same address: starting a server takes its time."""

    def __init__(self) -> None:
        self.url = ""
        self.play: Any = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.play(scope, receive, send)


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    with served(made) as made.url:
        yield made


@pytest.fixture
def caller(stage: Stage, tmp_path: Path) -> Caller:
    clock = SandboxClock.start(tmp_path / "clock", at=NOW, speed=0)
    unit = AccountEngagement(clock, UNIT, "token", "", "sandbox", "hush", custom_fields=CUSTOM)
    stage.play = Starlette(routes=[Mount("/account-engagement", routes=unit.routes())])
    return Caller(f"{stage.url}/account-engagement", clock)


def code_of(answer: requests.Response) -> tuple[int, int]:
    """Give the status and the error's code."""
    return answer.status_code, answer.json()["code"]


def csv_of(rows: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
