"""Asks a company-data service over HTTPS, as the playbook describes it."""

from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.domain.enrichment import Enquiry, Findings, Found
from chalicelib.domain.enrichment_plan import BASE_URL, EMAIL_DOMAIN, OF_COMPANY, Provider, filled_url
from chalicelib.domain.instant import MINUTE, Instant
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.enrichment.json_pointer import value_at

if TYPE_CHECKING:
    import requests

LONGEST_VALUE = 255
MOST_BYTES = 1_000_000
_LOOPBACK = ("127.0.0.1", "localhost")


class HttpProvider:
    """One provider; keeps to its rate limit within this process.

    Secret: `{"base_url": "https://api.example.com", "key": "..."}`.
    """

    def __init__(
        self,
        provider: Provider,
        secret: Callable[[], Mapping[str, Any]],
        *,
        clock: Callable[[], Instant],
    ) -> None:
        """Make a source; nothing is asked before it is used.

        Args:
            provider: of the playbook.
            secret: gives its `base_url` and `key`; empty: it is not asked.
            clock: dates what is found, and keeps the rate.
        """
        self.name = provider.name
        self._provider = provider
        self._secret = secret
        self._clock = clock
        self._sent: deque[Instant] = deque()

    def find(self, enquiry: Enquiry) -> Findings:
        """Ask of a company; nothing where too little is known to ask, or where the provider knows nothing.

        Raises:
            Misconfigured: the provider refuses our key, or the secret lacks something.
            Retryable: it is busy or out of reach, or our rate limit is reached.
            Rejected: it refuses the question, or answers something else than JSON.
        """
        secret = self._secret()
        if not secret:
            return Findings()
        base_url, key = self._access(secret)
        known = {word: enquiry.values.get(word, "") for word in OF_COMPANY}
        known |= {EMAIL_DOMAIN: enquiry.email_domain or "", BASE_URL: base_url}
        url = filled_url(self._provider.url, known)
        if url is None:
            return Findings()
        self._keep_rate()
        answer = self._ask(url, key)
        return Findings() if answer is None else Findings(found=tuple(self._values(answer)))

    def _access(self, secret: Mapping[str, Any]) -> tuple[str, str]:
        base_url, key = secret.get("base_url"), secret.get("key")
        if not isinstance(base_url, str) or not isinstance(key, str) or not key:
            raise Misconfigured(f"enrichment secret: {self.name}: give it base_url and key")
        parts = urlsplit(base_url)
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise Misconfigured(f"enrichment secret: {self.name}.base_url: make it begin with https://")
        return base_url, key

    def _keep_rate(self) -> None:
        now = self._clock()
        while self._sent and now - self._sent[0] >= MINUTE:
            self._sent.popleft()
        if len(self._sent) >= self._provider.per_minute:
            wait = (MINUTE - (now - self._sent[0])) / 1_000
            raise Retryable(f"{self.name}: {self._provider.per_minute} requests a minute", retry_after=wait)
        self._sent.append(now)

    def _ask(self, url: str, key: str) -> Any:
        import requests

        headers = {self._provider.header: key, "Accept": "application/json"}
        try:
            # A redirect would carry the key to whoever it names.
            answer = requests.get(url, headers=headers, timeout=self._provider.timeout, allow_redirects=False)
        except requests.RequestException as error:
            # The error's own text holds the address, and with it whom we asked about.
            raise Retryable(f"{self.name}: not reached ({type(error).__name__})") from None
        return self._answered(answer)

    def _answered(self, answer: "requests.Response") -> Any:
        status = answer.status_code
        if status in (204, 404):
            return None
        if status in (401, 403):
            raise Misconfigured(
                f"{self.name}: refuses the key (HTTP {status}); put a valid one in the secret"
            )
        if status in (408, 425, 429) or status >= 500:
            raise Retryable(f"{self.name}: HTTP {status}", retry_after=_wait(answer))
        if status != 200:
            raise Rejected(f"{self.name}: HTTP {status}; see the provider's documentation")
        if len(answer.content) > MOST_BYTES:
            raise Rejected(f"{self.name}: answered more than {MOST_BYTES} bytes")
        try:
            return answer.json()
        except ValueError:
            raise Rejected(f"{self.name}: answered no JSON") from None

    def _values(self, answer: Any) -> list[Found]:
        at = self._clock()
        read = ((name, _text(value_at(answer, place))) for name, place in self._provider.values)
        return [Found(name, value, self.name, at) for name, value in read if value]


def _text(value: Any) -> str:
    """Write a value as text; what is neither text nor number tells nothing."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return " ".join(text.split())[:LONGEST_VALUE]


def _wait(answer: "requests.Response") -> float | None:
    """Read `Retry-After` where it is seconds (RFC 9110, 10.2.3)."""
    said = answer.headers.get("Retry-After", "").strip()
    return float(said) if said.isascii() and said.isdigit() else None
