"""The way into a business unit: Salesforce's login, the header that names the unit, five calls at once.

Sources: Account Engagement API, "Authentication" (a Salesforce access token of a connected app with the
scope `pardot_api`) and "Version 5 Overview" (`Pardot-Business-Unit-Id`, `X-Return-Api-Usage`, concurrency).
"""

import random
import threading
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.account_engagement.budget import Budget
from chalicelib.gateways.account_engagement.refusals import (
    COMES_TOO_SOON,
    DAILY_LIMIT,
    INVALID_TOKEN,
    code_of,
    refuse,
)
from chalicelib.gateways.salesforce.login import Login

TIMEOUT = (5, 120)
"""Seconds to connect and to wait for an answer; a batch of 10 MB takes its time."""

AT_ONCE = 5
"""Calls that the platform takes at once, from all integrations together."""

PAUSES = (0.5, 1.0, 2.0, 4.0)
"""Seconds, at most, before a call is tried again that came too soon."""

ASK_AFTER = 200
"""Calls that tell nothing of the usage, after which the account is asked for it."""

_MAY_NOT = (46, 49, 53)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the Account Engagement secret holds."""

    domain_url: str
    consumer_key: str
    username: str
    private_key: str
    business_unit: str
    api_url: str

    @classmethod
    def from_secret(cls, secret: Mapping[str, Any]) -> "Credentials":
        """Take them from the secret's JSON value.

        Raises:
            Misconfigured: a part is missing, api_url is not https (loopback may be http), or business_unit is
                no id of a business unit.
        """
        if missing := [name for name in cls.__slots__ if not secret.get(name)]:
            raise Misconfigured(f"Account Engagement secret: add {', '.join(missing)}")
        values = {name: str(secret[name]) for name in cls.__slots__}
        url = urlsplit(values["api_url"])
        if url.scheme != "https" and not (url.scheme == "http" and url.hostname in _LOOPBACK):
            raise Misconfigured("Account Engagement secret, api_url: write it as https://pi.pardot.com")
        unit = values["business_unit"]
        if len(unit) != 18 or not unit.startswith("0Uv"):
            raise Misconfigured("Account Engagement secret, business_unit: write the 18 characters, 0Uv...")
        return cls(**values | {"api_url": values["api_url"].rstrip("/")})


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer.

    Attributes:
        content: what was read as JSON; None where there is no body.
        code: of an error that the caller wanted to see; 0 of a success.
        warning: the number of `Pardot-Warning`, such as 203 at the 100,000th row; 0 without one.
    """

    content: Any
    code: int = 0
    warning: int = 0


class Access:
    """Calls as the integration user; logs in at the first call, and once more where the token has expired."""

    def __init__(
        self,
        secret: Callable[[], Mapping[str, Any]],
        budget: Budget,
        pause: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Make the access; nothing is called before it is used.

        Args:
            secret: gives the Account Engagement secret's value, so that a rotated one is used at once.
            budget: counts the calls and stops before the share of people.
            pause: waits so many seconds.
            chance: spreads the pauses of several threads; from 0 to 1.
        """
        self.budget = budget
        self._secret = secret
        self._login = Login(secret)
        self._session = requests.Session()
        self._gate = threading.BoundedSemaphore(AT_ONCE)
        self._pause = pause
        self._chance = chance

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        content: object = None,
        parts: Mapping[str, Any] | None = None,
        accept: Collection[int] = (),
        what: str = "",
    ) -> Answer:
        """Call the API and read its JSON answer.

        Args:
            method: of HTTP.
            path: below `/api/v5`, from `/` on, with its parts quoted.
            query: parameters of the query.
            content: what is sent as JSON.
            parts: what is sent as a form of several parts, by name.
            accept: error codes that are given back instead of raised.
            what: names the call in a failure; the path's last part if it isn't given.

        Raises:
            Rejected, Retryable, Misconfigured: as `refusals` says; Retryable also for an answer that can't be
                read, and where our share of the day's calls is used up.
        """
        if self.budget.unheard >= ASK_AFTER:
            self.budget.unheard = 0
            self.ask_usage(accept=_MAY_NOT)
        what = what or path.rsplit("/", 1)[-1]
        answer, code = self._answer(method, path, what, accept, params=query, json=content, files=parts)
        return Answer(_read(answer, what), code, _warning(answer))

    def ask_usage(self, accept: Collection[int] = ()) -> None:
        """Learn from the account how many calls of the day are used, where no answer told it.

        Args:
            accept: error codes upon which the usage stays unknown.

        Raises:
            Rejected, Retryable, Misconfigured: as `refusals` says.
        """
        fields = "apiCallsUsed,maximumDailyApiCalls"
        answer = self.call("GET", "/objects/account", query={"fields": fields}, accept=accept)
        if answer.code == 0 and self.budget.unheard:
            self.budget.told(int(answer.content["apiCallsUsed"]), int(answer.content["maximumDailyApiCalls"]))

    def download(self, path: str, what: str) -> str:
        """Read a file of the API, which is CSV in UTF-8.

        Raises:
            Rejected, Retryable, Misconfigured: as `refusals` says.
        """
        answer, _ = self._answer("GET", path, what, ())
        return answer.content.decode("utf-8-sig", errors="replace")

    def _answer(
        self, method: str, path: str, what: str, accept: Collection[int], **sent: Any
    ) -> tuple[requests.Response, int]:
        answer, code = self._as_user(method, path, sent)
        for pause in PAUSES:
            if code not in COMES_TOO_SOON:
                break
            self._pause(pause * (0.5 + self._chance() / 2))
            answer, code = self._as_user(method, path, sent)
        if code == DAILY_LIMIT:
            self.budget.exhausted()
        if code and code not in accept:
            refuse(answer, what)
        return answer, code

    def _as_user(self, method: str, path: str, sent: Mapping[str, Any]) -> tuple[requests.Response, int]:
        """Send with the token; where it has expired, once more with a new one."""
        credentials = Credentials.from_secret(self._secret())
        token = self._login.token().value
        answer = self._send(credentials, token, method, path, sent)
        code = code_of(answer)
        if code == INVALID_TOKEN or (code < 0 and answer.status_code == 401):
            token = self._login.token(instead_of=token).value
            answer = self._send(credentials, token, method, path, sent)
            code = code_of(answer)
        return answer, code

    def _send(
        self, credentials: Credentials, token: str, method: str, path: str, sent: Mapping[str, Any]
    ) -> requests.Response:
        headers = {
            "Authorization": f"Bearer {token}",
            "Pardot-Business-Unit-Id": credentials.business_unit,
            "X-Return-Api-Usage": "1",
        }
        self.budget.spend()
        try:
            with self._gate:
                answer = self._session.request(
                    method,
                    f"{credentials.api_url}/api/v5{path}",
                    headers=headers,
                    timeout=TIMEOUT,
                    allow_redirects=False,
                    **sent,
                )
        except requests.RequestException as error:
            raise Retryable(f"Account Engagement: {type(error).__name__}") from None
        self.budget.learn(answer.headers.get("x-api-usage"))
        return answer


def _read(answer: requests.Response, what: str) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json()
    except ValueError:
        raise Retryable(f"Account Engagement {what}: the answer is no JSON") from None


def _warning(answer: requests.Response) -> int:
    number = answer.headers.get("Pardot-Warning", "").strip()[:3]
    return int(number) if number.isdigit() else 0
