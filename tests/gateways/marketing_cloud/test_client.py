"""Marketing Cloud's REST client against a loopback server that answers as the guide says."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.marketing_cloud.client import Credentials, MarketingCloud


class Platform:
    """What the server is asked and what it answers."""

    def __init__(self) -> None:
        self.url = ""
        self.requests: list[tuple[str, dict[str, Any], str]] = []
        self.tokens = 0
        self.token_status = 200
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.requests]

    def answer(self, path: str, content: dict[str, Any], authorization: str) -> tuple[int, dict[str, Any]]:
        self.requests.append((path, content, authorization))
        if path == "/v2/token":
            self.tokens += 1
            return self.token_status, {"access_token": f"token-{self.tokens}", "expires_in": 1079}
        return (self.statuses.pop(0) if self.statuses else 200), {}


@pytest.fixture
def platform() -> Iterator[Platform]:
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = platform.answer(self.path, content, self.headers.get("Authorization", ""))
            self.send_response(status)
            for name, value in platform.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_request(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    platform.url = f"http://127.0.0.1:{server.server_port}"
    yield platform
    server.shutdown()
    server.server_close()


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def client(platform: Platform, seconds: Seconds) -> MarketingCloud:
    return MarketingCloud(lambda: secret_of(platform.url), seconds)


def secret_of(url: str) -> dict[str, str]:
    return {"auth_url": url, "rest_url": url, "client_id": "id", "client_secret": "secret"}


def test_a_callback_is_verified_with_a_token_of_the_package(
    client: MarketingCloud, platform: Platform
) -> None:
    client.verify_callback("callback", "key")

    token, verification = platform.requests
    assert token[1] == {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
    assert verification == (
        "/platform/v1/ens-verify",
        {"callbackId": "callback", "verificationKey": "key"},
        "Bearer token-1",
    )


def test_a_token_is_kept_until_shortly_before_it_expires(
    client: MarketingCloud, platform: Platform, seconds: Seconds
) -> None:
    client.verify_callback("a", "b")
    seconds.now = 1_018
    client.verify_callback("a", "b")
    assert platform.tokens == 1

    seconds.now = 1_020
    client.verify_callback("a", "b")

    assert platform.tokens == 2


def test_a_token_that_was_revoked_is_renewed_once(client: MarketingCloud, platform: Platform) -> None:
    platform.statuses = [401, 200]

    client.verify_callback("a", "b")

    assert platform.tokens == 2


@pytest.mark.parametrize("status", [400, 404])
def test_an_unknown_callback_is_rejected(client: MarketingCloud, platform: Platform, status: int) -> None:
    platform.statuses = [status]

    with pytest.raises(Rejected, match="create the callback again"):
        client.verify_callback("a", "b")


@pytest.mark.parametrize("statuses", [[403], [401, 401]])
def test_a_missing_permission_is_a_matter_of_configuration(
    client: MarketingCloud, platform: Platform, statuses: list[int]
) -> None:
    platform.statuses = statuses

    with pytest.raises(Misconfigured, match="permissions"):
        client.verify_callback("a", "b")


def test_refused_credentials_are_a_matter_of_configuration(
    client: MarketingCloud, platform: Platform
) -> None:
    platform.token_status = 401

    with pytest.raises(Misconfigured, match="client_id"):
        client.verify_callback("a", "b")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_overload_is_retryable_after_the_seconds_that_it_asks_for(
    client: MarketingCloud, platform: Platform, status: int
) -> None:
    platform.statuses = [status]
    platform.headers = {"Retry-After": "7"}

    with pytest.raises(Retryable) as error:
        client.verify_callback("a", "b")

    assert error.value.retry_after == 7


def test_a_platform_out_of_reach_is_retryable() -> None:
    with pytest.raises(Retryable):
        MarketingCloud(lambda: secret_of("http://127.0.0.1:1")).verify_callback("a", "b")


def test_an_incomplete_secret_is_a_matter_of_configuration() -> None:
    with pytest.raises(Misconfigured, match="add auth_url"):
        MarketingCloud(dict).verify_callback("a", "b")


class TestCredentials:
    def test_a_missing_part_is_named(self) -> None:
        with pytest.raises(Misconfigured, match="add rest_url, client_secret"):
            Credentials.from_secret({"auth_url": "https://a.example", "client_id": "id"})

    def test_a_url_without_encryption_is_refused_but_on_this_machine(self) -> None:
        secret = {"rest_url": "https://r.example/", "client_id": "a", "client_secret": "b"}

        with pytest.raises(Misconfigured, match="auth_url"):
            Credentials.from_secret(secret | {"auth_url": "http://a.example"})

        assert (
            Credentials.from_secret(secret | {"auth_url": "http://127.0.0.1:7"}).rest_url
            == "https://r.example"
        )
