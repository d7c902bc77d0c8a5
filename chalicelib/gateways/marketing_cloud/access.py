"""The installed package's access: its credentials, its token of 20 minutes, and calls that carry it.

Source: Marketing Cloud Engagement developer guide, "Access Token for Server-to-Server Integrations".
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.marketing_cloud.budget import Budget
from chalicelib.gateways.marketing_cloud.refusals import check

TIMEOUT = (5, 60)
"""Seconds to connect and to wait for an answer; a synchronous write may take most of a minute."""

EARLY_SECONDS = 60
"""A token is given up this long before it expires (it lives about 20 minutes)."""

_SOAP_REFUSALS = (b"Token Expired", b"Login Failed")

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
            _require_encryption(values[name], f"Marketing Cloud secret, {name}")
        return cls(**values)


@dataclass(frozen=True, slots=True)
class _Token:
    value: str
    until: float
    soap_url: str


class Access:
    """Calls as the installed package; gets its token at the first call, when it expires, and at a 401.

    One token serves all threads: the platform asks for one token in 20 minutes and machine at most.
    """

    def __init__(
        self,
        secret: Callable[[], Mapping[str, Any]],
        budget: Budget,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """Make the access; nothing is called before it is used.

        Args:
            secret: gives the Marketing Cloud secret's value, so that a rotated one is used at once.
            budget: counts the calls and stops before the share of people.
            seconds: counts real time, by which the token ages.
        """
        self._secret = secret
        self._budget = budget
        self._session = requests.Session()
        self._seconds = seconds
        self._token: _Token | None = None
        self._renewal = threading.Lock()

    def call(
        self,
        method: str,
        path: str,
        content: object = None,
        *,
        query: Mapping[str, str] | None = None,
        what: str = "",
    ) -> Any:
        """Call the REST API and read its JSON answer; None where it has no body.

        Args:
            method: of HTTP.
            path: from `/` on, with its parts quoted.
            content: what is sent as JSON.
            query: parameters of the query.
            what: names the call in a failure; the path's last part if it isn't given.

        Raises:
            Rejected, Retryable, Misconfigured: as `refusals` says; Retryable also for an answer that can't
                be read, and where our share of the minute's calls is used up.
        """
        what = what or path.rsplit("/", 1)[-1]
        url = f"{Credentials.from_secret(self._secret()).rest_url}{path}"
        answer = self._as_package(
            lambda token: self._send(
                method, url, json=content, params=query, headers={"Authorization": f"Bearer {token.value}"}
            )
        )
        check(answer, what)
        return _read(answer, what)

    def call_soap(self, action: str, envelope: Callable[[str], bytes]) -> bytes:
        """Call the SOAP API, whose address comes with the token.

        Args:
            action: the SOAP action, such as `Delete`.
            envelope: writes the request with the token that it is given.

        Raises:
            Rejected, Retryable, Misconfigured: as `refusals` says.
        """

        def send(token: _Token) -> requests.Response:
            if not token.soap_url:
                raise Misconfigured("Marketing Cloud: the token names no soap_instance_url")
            headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": action}
            url = f"{token.soap_url}/Service.asmx"
            return self._send("POST", url, data=envelope(token.value), headers=headers)

        answer = self._as_package(send)
        check(answer, action)
        return answer.content

    def _as_package(self, send: Callable[[_Token], requests.Response]) -> requests.Response:
        """Send with the token; where it was revoked meanwhile, once more with a new one."""
        token = self._fresh_token()
        answer = send(token)
        if _refuses_token(answer):
            self._give_up(token)
            answer = send(self._fresh_token())
        return answer

    def _fresh_token(self) -> _Token:
        with self._renewal:
            if self._token is None or self._seconds() >= self._token.until:
                self._token = self._new_token(Credentials.from_secret(self._secret()))
            return self._token

    def _give_up(self, token: _Token) -> None:
        """Forget a token, unless another thread has a newer one already."""
        with self._renewal:
            if self._token is token:
                self._token = None

    def _new_token(self, credentials: Credentials) -> _Token:
        login = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
        answer = self._send("POST", f"{credentials.auth_url}/v2/token", json=login)
        if answer.status_code in (400, 401, 403):
            raise Misconfigured("Marketing Cloud secret: client_id and client_secret were refused")
        check(answer, "token")
        try:
            content = answer.json()
            value, lives = str(content["access_token"]), float(content["expires_in"])
            soap_url = str(content.get("soap_instance_url", "")).rstrip("/")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Retryable("Marketing Cloud: the token's answer could not be read") from None
        if soap_url:
            _require_encryption(soap_url, "Marketing Cloud, soap_instance_url")
        return _Token(value, self._seconds() + lives - EARLY_SECONDS, soap_url)

    def _send(self, method: str, url: str, **content: Any) -> requests.Response:
        self._budget.spend()
        try:
            return self._session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **content)
        except requests.RequestException as error:
            raise Retryable(f"Marketing Cloud: {type(error).__name__}") from None


def _refuses_token(answer: requests.Response) -> bool:
    """Whether the token isn't valid any more; the SOAP API says so in a fault."""
    if answer.status_code == 401:
        return True
    return answer.status_code == 500 and any(each in answer.content for each in _SOAP_REFUSALS)


def _read(answer: requests.Response, what: str) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        raise Retryable(f"Marketing Cloud {what}: the answer is no JSON") from None


def _require_encryption(url: str, name: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Misconfigured(f"{name}: write it as https://...")
