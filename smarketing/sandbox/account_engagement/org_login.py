"""Whether an access token is the org's: Account Engagement has no login of its own.

Source: Account Engagement API, "Authentication": tokens come of Salesforce OAuth and are the org's to judge.
"""

import hmac
import threading
import time
from collections.abc import Callable

import requests

_TRUSTED_SECONDS = 60.0
_TIMEOUT = 10


class OrgLogin:
    """Asks the org about tokens, each once a minute at most."""

    def __init__(self, access_token: str, org_url: Callable[[], str] | None = None) -> None:
        """Take one token that always is valid (none where it is empty), and those that the org gave."""
        self._access_token = access_token
        self._org_url = org_url
        self._trusted: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_valid(self, token: str) -> bool:
        """Whether a token may call."""
        if not token:
            return False
        if self._access_token and hmac.compare_digest(token.encode(), self._access_token.encode()):
            return True
        with self._lock:
            if self._trusted.get(token, 0.0) > time.monotonic():
                return True
        return self._ask(token)

    def forget(self) -> None:
        """Ask about every token anew."""
        with self._lock:
            self._trusted.clear()

    def _ask(self, token: str) -> bool:
        if self._org_url is None:
            return False
        url = f"{self._org_url()}/services/oauth2/userinfo"
        answer = requests.get(url, headers={"Authorization": f"Bearer {token}"}, timeout=_TIMEOUT)
        if answer.ok:
            with self._lock:
                self._trusted[token] = time.monotonic() + _TRUSTED_SECONDS
        return answer.ok
