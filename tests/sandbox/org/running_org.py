"""An emulated org behind a real port, and the clients that the world uses to call it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from requests.adapters import HTTPAdapter
from simple_salesforce.api import Salesforce

from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.gateways.salesforce.client import SalesforceGateway
from smarketing.sandbox.org.oauth import ConnectedApp
from smarketing.sandbox.org.org import Org, Setup
from smarketing.sandbox.org.seed import ADMIN
from smarketing.sandbox.org.server import make_server
from tests.sandbox.serving import served

METADATA = Path(__file__).parents[3] / "metadata"
CONSUMER_KEY = "smarketing-consumer"
INTEGRATION = "integration@smarketing.example"
VERSION = "66.0"
NOON: Instant = parse_instant("2026-03-01T12:00:00Z")
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@dataclass(frozen=True)
class KeyPair:
    """An RSA key pair, as PEM."""

    private: str
    public: str


def key_pair(name: str = "ours") -> KeyPair:
    """Make a key pair; the same name gives the same one."""
    return _key_pair(name)


@cache
def _key_pair(name: str) -> KeyPair:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return KeyPair(private.decode(), public.decode())


class PlainHttp(HTTPAdapter):
    """Speaks http where simple-salesforce writes https into the address."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


@dataclass
class RunningOrg:
    """An org that runs; `now` is its clock."""

    org: Org
    now: Instant = NOON
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Where it is."""
        return self.org.url

    def token(self, username: str = ADMIN) -> str:
        """Give a user's access token."""
        if username not in self.tokens:
            page = f"{self.url}/sandbox/token"
            answer = requests.post(page, params={"username": username}, timeout=10)
            self.tokens[username] = answer.json()["access_token"]
        return self.tokens[username]

    def call(
        self, method: str, path: str, body: Any = None, *, user: str = ADMIN, **options: Any
    ) -> requests.Response:
        """Call a REST resource as a user."""
        headers = {"Authorization": f"Bearer {self.token(user)}", **options.pop("headers", {})}
        return requests.request(
            method,
            f"{self.url}/services/data/v{VERSION}/{path}",
            json=body,
            headers=headers,
            timeout=10,
            **options,
        )

    def create(self, name: str, *, user: str = ADMIN, **values: Any) -> str:
        """Create a record that the org must take, and give its id."""
        answer = self.call("POST", f"sobjects/{name}", values, user=user)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def lead(self, last_name: str = "Weiß", **values: Any) -> str:
        """Create a Lead."""
        return self.create("Lead", LastName=last_name, Company="Werk", **values)

    def read(self, name: str, record_id: str) -> dict[str, Any]:
        """Read a record that must be there."""
        answer = self.call("GET", f"sobjects/{name}/{record_id}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def query(self, soql: str) -> list[dict[str, Any]]:
        """Run a query that the org must take."""
        answer = self.call("GET", "query", params={"q": soql})
        assert answer.status_code == 200, answer.text
        return list(answer.json()["records"])

    def control(self, page: str, body: Mapping[str, Any]) -> requests.Response:
        """Do what people do in the user interface."""
        return requests.post(f"{self.url}/sandbox/{page}", json=body, timeout=10)

    def assertion(self, *, key: str = "ours", **claims: Any) -> str:
        """Sign an assertion for the integration user; claims may differ from the right ones."""
        right = {"iss": CONSUMER_KEY, "sub": INTEGRATION, "aud": self.url, "exp": 4_102_444_800}
        return jwt.encode({**right, **claims}, key_pair(key).private, algorithm="RS256")

    def log_in(self, assertion: str) -> requests.Response:
        """Trade an assertion for a token."""
        form = {"grant_type": BEARER, "assertion": assertion}
        return requests.post(f"{self.url}/services/oauth2/token", data=form, timeout=10)

    def salesforce(self, user: str = ADMIN) -> Salesforce:
        """Give simple-salesforce, logged in."""
        session = requests.Session()
        session.trust_env = False
        session.mount(self.url.replace("http://", "https://"), PlainHttp())
        token = self.token(user)
        return Salesforce(instance_url=self.url, session_id=token, version=VERSION, session=session)

    def gateway(self) -> SalesforceGateway:
        """Give the project's own gateway, as the integration user."""
        secret = {
            "domain_url": self.url,
            "consumer_key": CONSUMER_KEY,
            "username": INTEGRATION,
            "private_key": key_pair().private,
        }
        return SalesforceGateway(lambda: secret, clock=lambda: self.now)


class _Stage:
    """One server for all orgs of a test process, as each start and stop takes a fifth of a second."""

    def __init__(self) -> None:
        self.applications: list[Any] = []
        self._serving = ExitStack()
        self.url = self._serving.enter_context(served(self))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await self.applications[-1](scope, receive, send)


@cache
def _stage() -> _Stage:
    return _Stage()


@contextmanager
def running_org(
    file: Path | None = None,
    *,
    daily_calls: int = 1_000_000,
    callback: str | None = None,
    field_access: bool = True,
    project: Path | None = METADATA,
) -> Iterator[RunningOrg]:
    """Run an org without records or with what its file holds; a project is deployed to a new one."""
    app = ConnectedApp(CONSUMER_KEY, key_pair().public)
    setup = Setup(
        project,
        app,
        INTEGRATION,
        callback=callback,
        file=file,
        daily_calls=daily_calls,
        field_access=field_access,
    )
    clock: list[Callable[[], Instant]] = [lambda: NOON]
    org = Org(setup, lambda: clock[0]())
    running = RunningOrg(org)
    clock[0] = lambda: running.now
    stage = _stage()
    org.url = stage.url
    stage.applications.append(make_server(org))
    try:
        yield running
    finally:
        stage.applications.pop()
        org.close()


def refusal(answer: requests.Response) -> tuple[int, str]:
    """Give the status and the code with which a call was refused."""
    return answer.status_code, answer.json()[0]["errorCode"]
