"""What Marketing Cloud's answers mean: the one place that turns a status or an error code into an exception.

| answer | exception | page of the developer guide |
|---|---|---|
| 429, code 50100 with `retryAfter` or `Retry-After`; 50200 without | Retryable | Rate Limiting Errors |
| 500, 502, 503, 504, no JSON | Retryable | REST API Error Handling |
| 401 also with a new token, 403 | Misconfigured | REST API Error Handling |
| 404 | Rejected | REST API Error Handling |
| other 4xx, such as 400 with code 10006, a row that can't be saved | Rejected | POST .../rowset |
| `resultMessages` with `CustomObjectNotFound` in a 200 | Misconfigured | POST .../dataextensions/{id}/rows |
| other `resultMessages` of class Error in a 200 | Rejected | GET /data/v1/async/{requestId}/status |
| `errors` in a 202 | told by contact, in `journeys` | POST /interaction/v1/interactions/contactexit |

The platform's own messages quote values, and with them e-mail addresses: only what tells nothing of a person
is passed on.
"""

import re
from collections.abc import Mapping
from typing import Any

import requests

from chalicelib.errors import Misconfigured, Rejected, Retryable

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\([^)]*\)")
_ADDRESS = re.compile(r"\S*@\S*")
_MOST = 300


def check(answer: requests.Response, what: str) -> None:
    """Raise what an answer means, unless it is a success; `what` names the call.

    Raises:
        Rejected, Retryable, Misconfigured: as the table says.
    """
    status = answer.status_code
    if status < 300 or status == 304:
        return
    if status in (401, 403):
        raise Misconfigured(f"Marketing Cloud {what}: {status}; give the installed package its permissions")
    if status == 429 or status >= 500:
        raise Retryable(f"Marketing Cloud {what}: {status}", retry_after=_seconds(answer))
    raise Rejected(f"Marketing Cloud {what}: {status}{_explained(answer)}")


def check_results(content: Mapping[str, Any], what: str) -> None:
    """Raise what a success tells in its body: the Async API answers 200 to a data extension it can't find.

    Raises:
        Rejected: there is a message of class Error.
        Misconfigured: it says that there is no such data extension.
    """
    for message in content.get("resultMessages") or ():
        told = message.get("resultMessage", message)
        if told.get("resultCode") == "CustomObjectNotFound":
            raise Misconfigured("Marketing Cloud: set data_extension to the external key of a data extension")
        if told.get("resultClass") == "Error":
            raise Rejected(f"Marketing Cloud {what}: {told.get('resultCode')}")


def without_values(message: object) -> str:
    """Write a message of the platform's without what it quotes: values, and with them personal data."""
    plain = _ADDRESS.sub("...", _QUOTED.sub("...", str(message or "")))
    return " ".join(plain.split())[:_MOST]


def _explained(answer: requests.Response) -> str:
    """Name an error's code and message, and those of its parts."""
    try:
        content = answer.json()
    except ValueError:
        return ""
    if not isinstance(content, dict):
        return ""
    parts = [content, *(each for each in content.get("additionalErrors") or () if isinstance(each, dict))]
    written = [f"{each.get('errorcode', '')} {without_values(each.get('message'))}".strip() for each in parts]
    return "".join(f"; {each}" for each in written if each)[:_MOST]


def _seconds(answer: requests.Response) -> float | None:
    """How long the platform asks to wait: the header, or `retryAfter` of the body."""
    header = answer.headers.get("Retry-After", "")
    if header.isdigit():
        return float(header)
    try:
        asked = answer.json()["retryAfter"]
    except (ValueError, KeyError, TypeError):
        return None
    return float(asked) if isinstance(asked, int | float) and not isinstance(asked, bool) else None
