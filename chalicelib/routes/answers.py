"""What every route shares: the body as it came, and the one mapping of failures to HTTP answers.

| failure | answer |
|---|---|
| Rejected | 400 |
| Unsigned | 401 |
| TooLarge | 413 |
| Retryable, Misconfigured | 503 with Retry-After: nothing was promised, the sender keeps the event |

Each is one line: `{"Code": "...", "Message": "..."}`, as Chalice itself answers 404, 405 and 415.
"""

import functools
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, ParamSpec

from chalice.app import Request, Response

from chalicelib.domain.arrival import Arrival
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.log import log_line
from chalicelib.services.hand_on import Receipt

RETRY_AFTER_SECONDS = 10

Path = ParamSpec("Path")


class Unsigned(Rejected):
    """Nothing proves that the request is from its sender."""


class TooLarge(Rejected):
    """The body is longer than this system takes."""


def answering(view: Callable[Path, Response]) -> Callable[Path, Response]:
    """Wrap a view, so that a failure becomes its answer and never a traceback."""

    @functools.wraps(view)
    def answer(*args: Path.args, **path: Path.kwargs) -> Response:
        try:
            return view(*args, **path)
        except Unsigned as error:
            return _refusal(401, "Unauthorized", str(error))
        except TooLarge as error:
            return _refusal(413, "ContentTooLarge", str(error))
        except Rejected as error:
            return _refusal(400, "BadRequest", str(error))
        except (Retryable, Misconfigured) as error:
            log_line("not_kept", level=logging.ERROR, kind=type(error).__name__, reason=str(error))
            seconds = {"Retry-After": str(RETRY_AFTER_SECONDS)}
            return _refusal(503, "ServiceUnavailable", "nothing was kept: send it again later", seconds)

    return answer


def body_of(request: Request, most: int) -> bytes:
    """Give the body byte for byte, as signatures are over it.

    Raises:
        TooLarge: it has more than `most` bytes.
        Rejected: what the gateway handed over can't be turned into bytes.
    """
    try:
        raw = request.raw_body
        body = raw.encode() if isinstance(raw, str) else raw
    except ValueError:
        # UnicodeError and binascii.Error are ValueErrors.
        raise Rejected("body: send it in UTF-8") from None
    if len(body) > most:
        raise TooLarge(f"body: send at most {most} bytes")
    return body


def query_of(request: Request, name: str) -> str:
    """Give a parameter of the query; "" where there is none."""
    parameters = request.query_params
    return str(parameters[name]) if parameters is not None and name in parameters else ""


def require_something(arrival: Arrival) -> Arrival:
    """Refuse a request of which no part can be read: its sender still has it and is told what to mend.

    Raises:
        Rejected: as the first of its parts.
    """
    if arrival.unreadable and not (arrival.engagements or arrival.ignored):
        raise Rejected(arrival.unreadable[0].reason)
    return arrival


def received(receipt: Receipt) -> Response:
    """Tell the sender what was kept."""
    return json_answer(
        200,
        {
            "accepted": receipt.accepted,
            "refused": receipt.refused,
            "ignored": receipt.ignored,
            "problems": list(receipt.problems),
        },
    )


def json_answer(
    status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """Answer with a JSON object."""
    return Response(
        body=json.dumps(content, separators=(",", ":")),
        status_code=status,
        headers={"Content-Type": "application/json", **(headers or {})},
    )


def _refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return json_answer(status, {"Code": code, "Message": message}, headers)
