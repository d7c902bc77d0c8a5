"""A service for company data, emulated: what the playbook's provider `company_data` asks.

It stands for no vendor's product: `GET /v1/companies?domain=...` with the key in `X-Api-Key` answers a
company as JSON, 400 without a domain, 401 without the key, 404 for a company that it doesn't know, and 429
with `Retry-After` above its limit. Pages below `/sandbox` are for whoever rehearses it.
"""

import hmac
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

COMPANIES: Mapping[str, Mapping[str, Any]] = {
    "pressteile-berger.example": {
        "name": "Pressteile Berger GmbH",
        "website": "https://www.pressteile-berger.example",
        "phone": "+49 7721 555 0",
        "industry": "Metal forming",
        "employees": 240,
        "address": {"city": "Villingen-Schwenningen", "country": "Germany"},
    },
}
"""What it knows before anything is loaded: the company of the examples."""

FAULTS: Mapping[str, tuple[int, str]] = {
    "server_error": (500, "internal error"),
    "unavailable": (503, "down for maintenance"),
    "rate_limit": (429, "too many requests"),
    "forbidden": (403, "the contract has ended"),
    "refused": (422, "the domain is not valid"),
}
_SLOW, _NO_JSON = "slow", "no_json"
_MINUTE = 60.0


class CompanyData:
    """One customer's access to the service."""

    def __init__(
        self, key: str, per_minute: int = 600, seconds: Callable[[], float] = time.monotonic
    ) -> None:
        """Let in whoever has the key, so many times a minute."""
        self._key = key
        self._per_minute = per_minute
        self._seconds = seconds
        self._companies: dict[str, Mapping[str, Any]] = dict(COMPANIES)
        self._faults: list[dict[str, Any]] = []
        self._calls: list[str] = []
        self._recent: deque[float] = deque()
        self._lock = threading.Lock()

    def routes(self) -> list[BaseRoute]:
        """Serve the service and the pages of a rehearsal."""
        return [
            Route("/v1/companies", self.find, methods=["GET"]),
            Route("/sandbox/companies", self.load, methods=["POST"]),
            Route("/sandbox/faults", self.fail, methods=["POST"]),
            Route("/sandbox/calls", self.calls, methods=["GET"]),
            Route("/{path:path}", _nowhere),
        ]

    async def find(self, request: Request) -> Response:
        """Give the company of a domain."""
        domain = request.query_params.get("domain", "").strip().lower()
        if not hmac.compare_digest(request.headers.get("X-Api-Key", "").encode(), self._key.encode()):
            return _error(401, "the key is not valid")
        fault = self._next(domain)
        if fault is not None and fault["kind"] == _SLOW:
            await run_in_threadpool(time.sleep, float(fault.get("seconds", 1)))
        elif fault is not None:
            return _failed(fault)
        if not domain:
            return _error(400, "domain: name one")
        company = self._companies.get(domain)
        return _error(404, "no such company") if company is None else JSONResponse({"company": company})

    async def load(self, request: Request) -> Response:
        """Know more companies: a JSON object of them by domain."""
        given = await request.json()
        if not isinstance(given, dict) or not all(isinstance(each, dict) for each in given.values()):
            return _error(400, "send companies as JSON objects by domain")
        with self._lock:
            self._companies.update({domain.lower(): each for domain, each in given.items()})
        return Response(status_code=204)

    async def fail(self, request: Request) -> Response:
        """Fail the next calls: `{"kind": "rate_limit", "times": 2, "seconds": 1}`."""
        given = await request.json()
        kinds = (*FAULTS, _SLOW, _NO_JSON)
        if not isinstance(given, dict) or given.get("kind") not in kinds:
            return _error(400, f"kind: one of {', '.join(kinds)}, with times and seconds")
        with self._lock:
            self._faults += [given] * int(given.get("times", 1))
        return Response(status_code=204)

    async def calls(self, request: Request) -> Response:
        """Show whom the service was asked about, in order."""
        return JSONResponse(self._calls)

    def _next(self, domain: str) -> Mapping[str, Any] | None:
        """Note a call; gives the fault that it meets, if any."""
        now = self._seconds()
        with self._lock:
            self._calls.append(domain)
            while self._recent and now - self._recent[0] >= _MINUTE:
                self._recent.popleft()
            if len(self._recent) >= self._per_minute:
                return {"kind": "rate_limit", "seconds": _MINUTE}
            self._recent.append(now)
            return self._faults.pop(0) if self._faults else None


def _failed(fault: Mapping[str, Any]) -> Response:
    if fault["kind"] == _NO_JSON:
        return Response("<html><body>Down for maintenance</body></html>", media_type="text/html")
    status, message = FAULTS[fault["kind"]]
    headers = {"Retry-After": str(int(fault.get("seconds", 1)))} if status == 429 else {}
    return _error(status, message, headers)


async def _nowhere(request: Request) -> Response:
    return _error(404, "no such resource")


def _error(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": message}, status_code=status, headers=dict(headers or {}))
