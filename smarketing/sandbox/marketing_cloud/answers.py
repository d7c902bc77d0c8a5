"""Calls and answers of the emulated account, and the platform's forms of an error.

Source: Marketing Cloud Engagement developer guide, "REST API Error Handling" and "Rate Limiting Errors".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DOCUMENTATION = "https://developer.salesforce.com/docs/marketing/marketing-cloud/guide/error-handling.html"

INVALID_PARAMETER = 10001
UNSAVED_ROWS = 10006
EVENT_FAILED = 30003
RATE_LIMIT = 50100
BLOCKED = 50200


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the path's parameters, the query's, and the body (JSON as it is read; None for none)."""

    method: str
    path: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    raw: bytes
    base_url: str

    def object(self) -> dict[str, Any]:
        """Give the body as an object; empty where it is none."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a call is answered; text content goes as it is, the rest as JSON."""

    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/json"


def error(status: int, message: str, code: int = 0, **more: Any) -> Answer:
    """Write an error of the REST API."""
    return Answer(status, {"message": message, "errorcode": code, "documentation": DOCUMENTATION, **more})


def invalid(parameter: str) -> Answer:
    """Answer a call whose parameter makes no sense."""
    return error(400, f"Parameter {{{parameter}}} is invalid.", INVALID_PARAMETER)


def not_authorised() -> Answer:
    """Answer a call without a token that is valid."""
    return error(401, "Not Authorized")


def not_found() -> Answer:
    """Answer a call of a path that isn't there."""
    return error(404, "Not Found")


def rate_limited(seconds: int) -> Answer:
    """Answer a call too many, and when to come again."""
    answer = error(429, "Rate limit exceeded", RATE_LIMIT, retryAfter=seconds)
    return Answer(429, answer.content, {"Retry-After": str(seconds)})


def blocked() -> Answer:
    """Answer somebody who is blocked for a while, which isn't told."""
    return error(429, "Your requests are temporarily blocked.", BLOCKED)


def operational_error(request: str, code: str, message: str) -> Answer:
    """Write an error of the Async API, which comes with status 200."""
    told = {"resultType": "Operational", "resultClass": "Error", "resultCode": code, "message": message}
    return Answer(200, {"requestId": request, "resultMessages": [told]})
