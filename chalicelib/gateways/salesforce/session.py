"""The HTTP session that simple-salesforce is given: all that it leaves to its caller.

simple-salesforce 1.12.10 sets no timeout, repeats nothing, refreshes an expired token only in part of its
calls (there without bound), writes https into every address and decodes results without a charset as
Latin-1. Its calls all go through the session, so each of these is mended here once.
"""

import random
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.change_event import CLIENT
from chalicelib.gateways.salesforce.errors import FAULTS, TRANSIENT_STATUSES, errors_in
from chalicelib.gateways.salesforce.login import TIMEOUT, Login, Token

ATTEMPTS = 4
LONGEST = 90.0
"""Seconds after which a call that hung is not repeated: the function that makes it has to end in time."""

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0


class Session(requests.Session):
    """A session that keeps to the budget, waits, repeats what may be repeated and renews its token."""

    def __init__(
        self,
        login: Login,
        budget: Budget,
        sleep: Callable[[float], None] = time.sleep,
        chance: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`chance` gives numbers in [0, 1) that spread the pauses of parallel callers."""
        super().__init__()
        self._login = login
        self._budget = budget
        self._sleep = sleep
        self._chance = chance
        self._monotonic = monotonic
        self._token: Token | None = None
        self.auth = self._authorize
        self.headers["Sforce-Call-Options"] = f"client={CLIENT}"

    def log_in(self) -> Token:
        """Give the token; mount the loopback adapter where the org is the emulated one."""
        self._token = self._login.token()
        url = urlsplit(self._token.instance_url)
        if url.scheme == "http":
            self.trust_env = False
            self.mount(f"https://{url.netloc}", _PlainHttp())
        return self._token

    def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> requests.Response:
        """Send a request; a transient failure is repeated where the request is idempotent.

        Returns:
            An answer that is final: a success, or a refusal that a repetition would not change.

        Raises:
            Retryable: it failed at each attempt, may not be repeated, or our share of requests is used up.
            Misconfigured: a fresh token is refused as well.
        """
        kwargs.setdefault("timeout", TIMEOUT)
        attempts = ATTEMPTS if _may_repeat(str(method), str(url)) else 1
        end = self._monotonic() + LONGEST
        renewed = False
        attempt = 1
        while True:
            self._budget.spend()
            failure, pause = self._try(str(method), str(url), *args, **kwargs)
            if isinstance(failure, requests.Response):
                if not _expired(failure):
                    return failure
                self._renew(failure, renewed)
                renewed = True
                continue
            if attempt == attempts or self._monotonic() > end:
                raise Retryable(failure, retry_after=pause)
            self._sleep(self._pause(attempt, pause))
            attempt += 1

    def _try(
        self, method: str, url: str, *args: Any, **kwargs: Any
    ) -> tuple[requests.Response | str, float | None]:
        """Give the answer, or what failed in passing and for how many seconds we were asked to wait."""
        try:
            answer = super().request(method, url, *args, **kwargs)
        except requests.RequestException as error:
            return f"Salesforce: {type(error).__name__}", None
        self._budget.learn(answer.headers.get("Sforce-Limit-Info"))
        if answer.status_code == 403:
            self._refuse_over_limit(answer)
        if answer.status_code in TRANSIENT_STATUSES or not _is_api(answer):
            return f"Salesforce: answered {answer.status_code}", _retry_after(answer)
        if "charset" not in answer.headers.get("Content-Type", ""):
            answer.encoding = "utf-8"
        return answer, None

    def _refuse_over_limit(self, answer: requests.Response) -> None:
        """Pause where the org's requests are used up: to try again at once would only add to the load."""
        if any(error.code == "REQUEST_LIMIT_EXCEEDED" for error in errors_in(_json(answer))):
            self._budget.exhausted()
            raise Retryable(
                f"REQUEST_LIMIT_EXCEEDED: {FAULTS['REQUEST_LIMIT_EXCEEDED'].mend}",
                retry_after=_retry_after(answer) or 300.0,
            )

    def _renew(self, answer: requests.Response, renewed: bool) -> None:
        if renewed:
            raise Misconfigured(f"INVALID_SESSION_ID: {FAULTS['INVALID_SESSION_ID'].mend}")
        # What the request was sent with: another thread may have renewed the token since.
        stale = answer.request.headers.get("Authorization", "").removeprefix("Bearer ")
        self._token = self._login.token(instead_of=stale)

    def _authorize(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token.value if self._token else ''}"
        return request

    def _pause(self, attempt: int, asked: float | None) -> float:
        backoff = self._chance() * _FIRST_PAUSE * float(2**attempt)
        return min(_LONGEST_PAUSE, max(asked or 0.0, backoff))


class _PlainHttp(HTTPAdapter):
    """Speaks http to the emulated org on this machine, which simple-salesforce addresses by https."""

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://", "http://", 1)
        return super().send(request, *args, **kwargs)


def _may_repeat(method: str, url: str) -> bool:
    """Tell whether a request does no harm when it is sent twice.

    A composite request holds queries, upserts, updates and creations under a unique external id only. To
    create a Bulk job twice leaves one behind, and its data may be sent once.
    """
    return method.upper() in ("GET", "PATCH", "DELETE") or urlsplit(url).path.endswith("/composite")


def _expired(answer: requests.Response) -> bool:
    return answer.status_code == 401


def _is_api(answer: requests.Response) -> bool:
    """Tell whether Salesforce's API answered, and not a page that stands in for it (maintenance, proxy)."""
    if not answer.content:
        return True
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return kind == "text/csv" or (kind == "application/json" and _json(answer) is not None)


def _json(answer: requests.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _retry_after(answer: requests.Response) -> float | None:
    text = answer.headers.get("Retry-After", "")
    return float(text) if text.isdecimal() else None
