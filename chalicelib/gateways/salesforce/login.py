"""An access token for the integration user, in return for a signed assertion (JWT bearer)."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
import requests

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.salesforce.errors import TRANSIENT_STATUSES

TIMEOUT = (5, 60)
"""Seconds to connect and to wait for an answer."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the Salesforce secret holds."""

    domain_url: str
    consumer_key: str
    username: str
    private_key: str

    @classmethod
    def from_secret(cls, secret: Mapping[str, Any]) -> "Credentials":
        """Take them from the secret's JSON value.

        Raises:
            Misconfigured: a part is missing, or the URL is not https (loopback may be http).
        """
        missing = [name for name in cls.__slots__ if not secret.get(name)]
        if missing:
            raise Misconfigured(f"Salesforce secret: add {', '.join(missing)}")
        url = urlsplit(str(secret["domain_url"]))
        if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK):
            raise Misconfigured(
                "Salesforce secret, domain_url: write it as https://<domain>.my.salesforce.com"
            )
        values = {name: str(secret[name]) for name in cls.__slots__}
        return cls(**values | {"domain_url": f"{url.scheme}://{url.netloc}"})


@dataclass(frozen=True, slots=True)
class Token:
    """An access token and the address of the org that it is for."""

    value: str
    instance_url: str


class Login:
    """Holds the token; several threads that find it expired get one new token between them."""

    def __init__(self, secret: Callable[[], Mapping[str, Any]], now: Callable[[], float] = time.time) -> None:
        """Log in with what `secret` gives at the time, so that a rotated one is taken without a restart.

        `now` is the wall clock in Unix seconds, by which Salesforce judges the assertion.
        """
        self._secret = secret
        self._now = now
        self._token: Token | None = None
        self._lock = threading.Lock()

    def token(self, instead_of: str = "") -> Token:
        """Give the token; log in where there is none yet, or only the one that was found expired.

        Raises:
            Misconfigured: Salesforce refuses the login.
            Retryable: Salesforce cannot be reached.
        """
        with self._lock:
            if self._token is None or self._token.value == instead_of:
                self._token = self._log_in()
            return self._token

    def _log_in(self) -> Token:
        """Trade an assertion for a token (Salesforce Help, "OAuth 2.0 JWT Bearer Flow")."""
        credentials = Credentials.from_secret(self._secret())
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": self._assertion(credentials),
        }
        try:
            answer = requests.post(
                f"{credentials.domain_url}/services/oauth2/token", data=form, timeout=TIMEOUT
            )
        except requests.RequestException as error:
            raise Retryable(f"Salesforce login: {type(error).__name__}") from None
        if answer.status_code in TRANSIENT_STATUSES:
            raise Retryable(f"Salesforce login: answered {answer.status_code}")
        try:
            body = answer.json()
            return Token(body["access_token"], str(body["instance_url"]).rstrip("/"))
        except (ValueError, KeyError, TypeError):
            raise Misconfigured(_refusal(answer)) from None

    def _assertion(self, credentials: Credentials) -> str:
        claims = {
            "iss": credentials.consumer_key,
            "sub": credentials.username,
            "aud": audience(credentials.domain_url),
            "exp": int(self._now()) + 180,
        }
        try:
            return jwt.encode(claims, credentials.private_key, algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            raise Misconfigured("Salesforce secret, private_key: put the RSA key there, as PEM") from None


def audience(domain_url: str) -> str:
    """Name the authorization server that the assertion is for.

    Salesforce wants its login server, not the org's own domain: `login.salesforce.com`, or
    `test.salesforce.com` for sandboxes (Salesforce Help, "OAuth 2.0 JWT Bearer Flow"). Anything that is not
    Salesforce, such as the emulated org, is its own.
    """
    host = urlsplit(domain_url).hostname or ""
    if host == "test.salesforce.com" or host.endswith(".sandbox.my.salesforce.com"):
        return "https://test.salesforce.com"
    if host.endswith(".salesforce.com"):
        return "https://login.salesforce.com"
    return domain_url


def _refusal(answer: requests.Response) -> str:
    try:
        body = answer.json()
        code = body.get("error", answer.status_code) if isinstance(body, dict) else answer.status_code
    except ValueError:
        code = answer.status_code
    return (
        f"Salesforce login: refused with {code}; check domain_url, consumer_key, username and private_key of "
        "the secret, and that the user is approved for the connected app"
    )
