"""What a function gets from API Gateway and what the caller gets from the function."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from starlette.applications import Starlette
from starlette.routing import Route

from smarketing.sandbox.api_gateway import ApiGateway
from smarketing.sandbox.invocation import LambdaContext
from tests.sandbox.serving import served


@dataclass
class World:
    """A function that keeps its events and gives what it was told to give."""

    url: str = ""
    events: list[dict[str, Any]] = field(default_factory=list)
    answer: Any = field(default_factory=lambda: {"statusCode": 200, "body": "fine"})

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        assert context.get_remaining_time_in_millis() > 0
        self.events.append(event)
        return self.answer

    def post(self, path: str, body: bytes = b"{}", **headers: str) -> requests.Response:
        return requests.post(self.url + path, data=body, headers=headers, timeout=10)


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    gateway = ApiGateway(made, ["/health", "/intake/{source}"], ["application/octet-stream"])
    routes = [Route("/{path:path}", gateway.__call__, methods=["GET", "POST"])]
    with served(Starlette(routes=routes)) as made.url:
        yield made


def test_passes_the_raw_text_the_headers_and_the_parameters(world: World) -> None:
    world.post("/intake/website?key=a&key=b", '{ "ü" :1}'.encode(), **{"X-Smarketing-Key": "k"})

    (event,) = world.events
    assert event["body"] == '{ "ü" :1}'
    assert event["isBase64Encoded"] is False
    assert event["headers"]["x-smarketing-key"] == "k"
    assert event["pathParameters"] == {"source": "website"}
    assert event["multiValueQueryStringParameters"] == {"key": ["a", "b"]}
    assert event["requestContext"]["resourcePath"] == "/intake/{source}"


def test_passes_binary_types_in_base64(world: World) -> None:
    world.post("/intake/x", b"\xff\x00", **{"Content-Type": "application/octet-stream"})

    assert world.events[0]["isBase64Encoded"] is True
    assert base64.b64decode(world.events[0]["body"]) == b"\xff\x00"


def test_gives_the_function_s_status_headers_and_body(world: World) -> None:
    world.answer = {"statusCode": 418, "headers": {"X-Tea": "yes"}, "body": "short"}

    answer = world.post("/intake/x")

    assert (answer.status_code, answer.headers["X-Tea"], answer.text) == (418, "yes", "short")


def test_answers_403_for_a_path_that_no_resource_has(world: World) -> None:
    assert world.post("/intake").status_code == 403
    assert world.post("/intake/a/b").status_code == 403
    assert world.events == []


def test_answers_413_above_ten_megabytes(world: World) -> None:
    assert world.post("/intake/x", b"x" * (10 * 1024 * 1024 + 1)).status_code == 413


def test_answers_502_for_a_function_that_failed(world: World) -> None:
    world.answer = {"no status": "code"}

    assert world.post("/intake/x").status_code == 502
