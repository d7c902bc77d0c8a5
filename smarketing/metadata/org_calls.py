"""HTTP calls of the Metadata API as the person at the command line: time-outs, patience, refusals."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import requests

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.salesforce.change_event import CLIENT
from chalicelib.gateways.salesforce.errors import TRANSIENT_STATUSES, ApiError, errors_in
from smarketing.org_login import Org

TIMEOUT = (10, 120)
"""Seconds to connect and to wait for an answer; a package of megabytes takes its time."""
ATTEMPTS = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 30.0
_NOT_TAKEN = frozenset({429, 503})
"""Answers after which a request has certainly not been done."""
_SOAP_FAULT = 500
"""SOAP 1.1 answers a fault with it, which says nothing about how the org is."""


class OrgCalls:
    """The calls of one org in one version of its API."""

    def __init__(self, org: Org, api_version: str, sleep: Callable[[float], None] = time.sleep) -> None:
        """Nothing is called before it is asked for; `sleep` takes seconds."""
        self.org = org
        self.api_version = api_version
        self._sleep = sleep
        self._session = requests.Session()
        # A proxy is for what lies outside, and .netrc has no say here.
        self._session.trust_env = not org.is_on_this_machine
        self._session.headers["Sforce-Call-Options"] = f"client={CLIENT}"

    def rest(self, method: str, path: str, *, repeat: bool = True, **request: Any) -> dict[str, Any]:
        """Call a resource below `/services/data/vXX.X/` and give its JSON.

        Args:
            repeat: whether the call does no harm when it is done twice.
            request: what `requests` takes.

        Raises:
            Rejected: the org refuses the call.
            Misconfigured: the login has expired, or is not for the Metadata API.
            Retryable: the org was not reached, or is busy.
        """
        return self._json(method, f"services/data/v{self.api_version}/{path}", repeat=repeat, **request)

    def user_name(self) -> str:
        """Tell who is logged in (Salesforce Help, User Information URL); raises as `rest` does."""
        return str(self._json("GET", "services/oauth2/userinfo", repeat=True)["preferred_username"])

    def _json(self, method: str, path: str, *, repeat: bool, **request: Any) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.org.access_token}"}
        url = f"{self.org.url}/{quote(path)}"
        answer = self._send(method, url, repeat=repeat, headers=headers, **request)
        try:
            plain = answer.json()
        except ValueError:
            raise Retryable(f"{self.org.name}: answered {answer.status_code} without JSON") from None
        if answer.ok and isinstance(plain, dict):
            return plain
        first = next(iter(errors_in(plain)), ApiError(f"HTTP {answer.status_code}"))
        raise self.refusal(first.code, first.message)

    def soap(self, envelope: bytes, *, api: str = "m", repeat: bool = True) -> bytes:
        """Send a SOAP envelope and give the answer, which may be a fault.

        Args:
            api: `m` of metadata, `u` of records with the partner WSDL.
            repeat: whether the call does no harm when it is done twice.

        Raises:
            Retryable: the org was not reached, or is busy.
        """
        url = f"{self.org.url}/services/Soap/{api}/{self.api_version}"
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        return self._send("POST", url, repeat=repeat, headers=headers, data=envelope).content

    def refusal(self, code: str, message: str) -> Exception:
        """Turn a refusal of the org's into what a caller can do about it."""
        where = f"{self.org.name}: {code}"
        if code == "INVALID_SESSION_ID":
            return Misconfigured(f"{where}: the login is not taken (any more); log in to the org again")
        if code in ("INSUFFICIENT_ACCESS", "API_DISABLED_FOR_ORG"):
            return Misconfigured(
                f"{where}: {message}; the Metadata API needs Modify Metadata Through Metadata API Functions"
            )
        if code in ("REQUEST_LIMIT_EXCEEDED", "SERVER_UNAVAILABLE", "UNABLE_TO_LOCK_ROW"):
            return Retryable(f"{where}: {message}")
        return Rejected(f"{where}: {message}")

    def _send(self, method: str, url: str, *, repeat: bool, **request: Any) -> requests.Response:
        for attempt in range(1, ATTEMPTS + 1):
            answer, failure, may_repeat = self._try(method, url, repeat, request)
            if answer is not None:
                return answer
            if attempt == ATTEMPTS or not may_repeat:
                break
            self._sleep(min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0 ** (attempt - 1)))
        raise Retryable(f"{self.org.name}: {failure}")

    def _try(
        self, method: str, url: str, repeat: bool, request: dict[str, Any]
    ) -> tuple[requests.Response | None, str, bool]:
        """Give the answer, or what failed in passing and whether the call may be made again."""
        try:
            answer = self._session.request(method, url, timeout=TIMEOUT, allow_redirects=False, **request)
        except requests.ConnectTimeout:
            return None, "cannot be reached", True
        except requests.RequestException as error:
            return None, type(error).__name__, repeat
        soap_fault = answer.status_code == _SOAP_FAULT and "xml" in answer.headers.get("Content-Type", "")
        if answer.status_code not in TRANSIENT_STATUSES or soap_fault:
            return answer, "", False
        return None, f"answered {answer.status_code}", repeat or answer.status_code in _NOT_TAKEN
