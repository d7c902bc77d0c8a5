"""What Account Engagement's answers mean: the one place that turns an error code into an exception.

An error is `{"code", "message"}`; its HTTP status says little and is documented for few (Version 5 Overview,
"Errors"; codes: "Error Codes and Messages"). A code that isn't named here is judged by the status.

| code | exception |
|---|---|
| 62 conflicting update, 66 a sixth call at once, 183 internal, 202 a minute's limit, 214 | Retryable |
| 122 the day's calls, 164 the day's import batches | Retryable, later |
| 1, 15, 46, 49, 53, 76, 96, 126, 131, 181, 182, 184, 199, 201, 203 login, right, unit | Misconfigured |
| 130, 180, 224, 226, 227 a field that isn't there | Misconfigured |
| all others, such as 4 no address, 109 no such record, 154 no such value, 219 in the recycle bin | Rejected |
| no JSON: 429 and 5xx | Retryable |
| no JSON: 401, 403, and 3xx, which a wrong address gives | Misconfigured |

Messages may quote values, and with them e-mail addresses: only what tells nothing of a person is passed on.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

import requests

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.marketing_cloud.refusals import without_values

COMES_TOO_SOON = frozenset({62, 66})
"""Another update of the same record is under way, or five other calls are: nothing was done."""
DAILY_LIMIT = 122
INVALID_TOKEN = 184
NOT_FOUND = frozenset({3, 92, 109, 132, 192})
"""There is no such record, or it lies in the recycle bin."""
IN_RECYCLE_BIN = 219
ALREADY_MEMBER = 58
PAGE_TOKEN_OVER = frozenset({210, 211})

_PASSING = COMES_TOO_SOON | {183, 202, 214}
_TOMORROW = frozenset({DAILY_LIMIT, 164})
_TOMORROW_SECONDS = 900.0
_ACCESS = frozenset({1, 15, 46, 49, 53, 76, 96, 126, 131, 181, 182, INVALID_TOKEN, 199, 201, 203})
_FIELDS = frozenset({130, 180, 224, 226, 227})


def code_of(answer: requests.Response) -> int:
    """Read an answer's error code: 0 of a success, -1 of a failure that has none."""
    if answer.ok and answer.status_code < 300:
        # A failure in the body of a success is one nevertheless.
        return _code(answer) if b'"code"' in answer.content[:200] else 0
    return _code(answer) or -1


def refuse(answer: requests.Response, what: str) -> NoReturn:
    """Raise what a failure means; `what` names the call.

    Raises:
        Rejected, Retryable, Misconfigured: as the table says.
    """
    code, status = code_of(answer), answer.status_code
    told = f"Account Engagement {what}: {_told(answer, code)}"
    if code in _TOMORROW:
        raise Retryable(told, retry_after=_seconds(answer) or _TOMORROW_SECONDS)
    if code in _PASSING:
        raise Retryable(told, retry_after=_seconds(answer))
    if code in _ACCESS:
        raise Misconfigured(f"{told}; check the secret, and the role of its user in Account Engagement")
    if code in _FIELDS:
        raise Misconfigured(f"{told}; make the custom fields that playbook/sync.yaml names")
    if status == 429 or status >= 500:
        raise Retryable(told, retry_after=_seconds(answer))
    if status in (401, 403) or 300 <= status < 400:
        raise Misconfigured(f"{told}; check api_url and business_unit of the secret")
    raise Rejected(told)


def _code(answer: requests.Response) -> int:
    code = _content(answer).get("code")
    return code if isinstance(code, int) and not isinstance(code, bool) else 0


def _told(answer: requests.Response, code: int) -> str:
    if code <= 0:
        return f"answered {answer.status_code}"
    return f"{code} {without_values(_content(answer).get('message'))}".strip()


def _content(answer: requests.Response) -> Mapping[str, Any]:
    try:
        content = answer.json()
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _seconds(answer: requests.Response) -> float | None:
    header = answer.headers.get("Retry-After", "")
    return float(header) if header.isdigit() else None
