"""Marketing Cloud's REST API, as far as our callback needs it."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from chalicelib.errors import Misconfigured, Rejected, Retryable

TIMEOUT = (5, 20)
"""Seconds to connect and to wait for an answer."""

EARLY_SECONDS = 60
"""A token is given up this long before it expires (it lives about 20 minutes)."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the Marketing Cloud secret holds: a server-to-server installed package."""

    auth_url: str
    rest_url: str
    client_id: str
    client_secret: str

    @classmethod
    def from_secret(cls, secret: Mapping[str, Any]) -> "Credentials":
        """Take them from the secret's JSON value.

        Raises:
            Misconfigured: a part is missing, or a URL is not https (loopback may be http).
        """
        missing = [name for name in cls.__slots__ if not secret.get(name)]
        if missing:
            raise Misconfigured(f"Marketing Cloud secret: add {', '.join(missing)}")
        values = {name: str(secret[name]).rstrip("/") for name in cls.__slots__}
        for name in ("auth_url", "rest_url"):
            url = urlsplit(values[name])
            if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK):
                raise Misconfigured(f"Marketing Cloud secret, {name}: write it as https://...")
        return cls(**values)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: float


class MarketingCloud:
    """Calls the API as the installed package; gets its token at the first call and when it expires."""

    def __init__(
        self,
        secret: Callable[[], Mapping[str, Any]],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make a client; nothing is called before it is used.

        Args:
            secret: gives the Marketing Cloud secret's value, so that a rotated one is used at once.
            seconds: counts real time, by which the token ages.
        """
        self._secret = secret
        self._session = requests.Session()
        self._seconds = seconds
        self._token: _Token | None = None
        self._renewal = threading.Lock()

    def verify_callback(self, callback_id: str, verification_key: str) -> None:
        """Confirm that the callback is ours (`POST /platform/v1/ens-verify`); it waits four hours for it.

        Raises:
            Rejected: there is no such callback or key (404), or they are malformed (400).
            Misconfigured: the package may not do it (401, 403).
            Retryable: the service does not answer or asks to wait.
        """
        content = {"callbackId": callback_id, "verificationKey": verification_key}
        answer = self._post_as_package("/platform/v1/ens-verify", content)
        if answer.status_code == 401:
            self._token = None
            answer = self._post_as_package("/platform/v1/ens-verify", content)
        _check(answer, "ens-verify")

    def _post_as_package(self, path: str, content: Mapping[str, str]) -> requests.Response:
        credentials = Credentials.from_secret(self._secret())
        headers = {"Authorization": f"Bearer {self._fresh_token(credentials)}"}
        return self._post(f"{credentials.rest_url}{path}", content, headers)

    def _fresh_token(self, credentials: Credentials) -> str:
        with self._renewal:
            if self._token is None or self._seconds() >= self._token.until:
                self._token = self._new_token(credentials)
            return self._token.value

    def _new_token(self, credentials: Credentials) -> _Token:
        answer = self._post(
            f"{credentials.auth_url}/v2/token",
            {
                "grant_type": "client_credentials",
                "client_id": credentials.client_id,
                "client_secret": credentials.client_secret,
            },
        )
        if answer.status_code in (400, 401, 403):
            raise Misconfigured("Marketing Cloud secret: client_id and client_secret were refused")
        _check(answer, "token")
        try:
            content = answer.json()
            return _Token(
                str(content["access_token"]), self._seconds() + content["expires_in"] - EARLY_SECONDS
            )
        except (ValueError, KeyError, TypeError):
            raise Retryable("Marketing Cloud: the token's answer could not be read") from None

    def _post(
        self, url: str, content: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        try:
            return self._session.post(
                url, json=content, headers=headers, timeout=TIMEOUT, allow_redirects=False
            )
        except requests.RequestException as error:
            raise Retryable(f"Marketing Cloud: {type(error).__name__}") from None


def _check(answer: requests.Response, what: str) -> None:
    status = answer.status_code
    if status < 300:
        return
    if status in (401, 403):
        raise Misconfigured(f"Marketing Cloud {what}: {status}; give the installed package its permissions")
    if status == 429 or status >= 500:
        seconds = answer.headers.get("Retry-After", "")
        raise Retryable(
            f"Marketing Cloud {what}: {status}", retry_after=float(seconds) if seconds.isdigit() else None
        )
    raise Rejected(f"Marketing Cloud {what}: {status}; create the callback again")
