"""An org whose every answer a test decides, over real HTTP: for what a healthy org never says."""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.domain.instant import Instant
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.bulk import Patience
from chalicelib.gateways.salesforce.client import SalesforceGateway
from chalicelib.gateways.salesforce.login import Login
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.gateways.salesforce.session import Session


@cache
def private_key() -> str:
    """A key to sign assertions with."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@dataclass(frozen=True)
class Request:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def soql(self) -> str:
        return self.query["q"][0]


@dataclass(frozen=True)
class Reply:
    """One answer; `body` is JSON unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Script = Callable[[Request], Reply]


@dataclass
class ScriptedOrg:
    """The org's log and script; `answers` are given one after the other, then `script` decides."""

    url: str
    script: Script = lambda _: Reply(404)
    answers: list[Reply] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    logins: list[Request] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)
    refuse_login: Reply | None = None

    @property
    def secret(self) -> dict[str, str]:
        """What the integration user logs in with."""
        return {
            "domain_url": self.url,
            "consumer_key": "consumer",
            "username": "integration@example.org",
            "private_key": private_key(),
        }

    def gateway(self, **options: Any) -> SalesforceGateway:
        """A gateway to this org that doesn't really sleep."""
        settings = {
            "clock": lambda: Instant(0),
            "patience": Patience(seconds=5, sleep=self.slept.append, monotonic=lambda: sum(self.slept)),
            "sleep": self.slept.append,
            "chance": lambda: 0.5,
        }
        return SalesforceGateway(lambda: self.secret, **{**settings, **options})

    def rest(self) -> Rest:
        """Calls of this org."""
        return Rest(Session(Login(lambda: self.secret), Budget(0.2, lambda: Instant(0))))

    def answer(self, request: Request) -> Reply:
        if request.path == "/services/oauth2/token":
            self.logins.append(request)
            token = {"access_token": f"token{len(self.logins)}", "instance_url": self.url}
            return self.refuse_login or Reply(200, token)
        self.requests.append(request)
        return self.answers.pop(0) if self.answers else self.script(request)


@contextmanager
def scripted_org() -> Iterator[ScriptedOrg]:
    """Run an org on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            request = Request(self.command, parts.path, parse_qs(parts.query), dict(self.headers), body)
            reply = org.answer(request)
            raw = isinstance(reply.body, bytes)
            content = b"" if reply.body is None else reply.body if raw else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _answer  # noqa: N815 - named by http.server

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    org = ScriptedOrg(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield org
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def save_all(request: Request) -> Reply:
    """Take every record of a composite request."""
    replies = [
        {
            "referenceId": each["referenceId"],
            "httpStatusCode": 200,
            "body": [
                {"id": f"00Q{number:012d}AAA", "success": True, "errors": [], "created": True}
                for number, _ in enumerate(each["body"]["records"])
            ],
        }
        for each in request.json["compositeRequest"]
    ]
    return Reply(200, {"compositeResponse": replies})


def refuse_all(*errors: Mapping[str, Any]) -> Script:
    """Refuse every record of a composite request."""

    def script(request: Request) -> Reply:
        replies = [
            {
                "referenceId": each["referenceId"],
                "httpStatusCode": 200,
                "body": [{"success": False, "errors": list(errors)} for _ in each["body"]["records"]],
            }
            for each in request.json["compositeRequest"]
        ]
        return Reply(200, {"compositeResponse": replies})

    return script
