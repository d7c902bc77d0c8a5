"""Faults by request: the next calls fail as they do on bad days.

Codes and statuses: REST API Developer Guide, Status Codes and Error Responses.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from smarketing.sandbox.org.answers import Answer, Call
from smarketing.sandbox.org.refusals import Refusal

Kind = Literal[
    "unavailable",
    "server_error",
    "no_json",
    "request_limit",
    "session_expired",
    "lock_row",
    "slow",
    "drop_before",
    "drop_after",
]
KINDS = (
    *("unavailable", "server_error", "no_json", "request_limit", "session_expired", "lock_row"),
    *("slow", "drop_before", "drop_after"),
)

_REQUEST_LIMIT = Refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", 403)
_SESSION = Refusal("INVALID_SESSION_ID", "Session expired or invalid", 401)


@dataclass(slots=True)
class Fault:
    """Calls that match fail, so many times.

    Attributes:
        path: what the call's path has to contain.
        after: how many matching calls pass before.
        seconds: how long a `slow` call takes.
    """

    kind: Kind
    times: int = 1
    path: str = ""
    after: int = 0
    seconds: float = 1.0


class Faults:
    """The faults that were asked for."""

    def __init__(self) -> None:
        """Begin without any."""
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, plain: Mapping[str, Any]) -> None:
        """Ask for a fault.

        Raises:
            ValueError: the kind or a key is unknown.
        """
        if plain.get("kind") not in KINDS or set(plain) - set(Fault.__slots__):
            raise ValueError(f"kind: one of {', '.join(KINDS)}; besides times, path, after, seconds")
        with self._lock:
            self._faults.append(Fault(**plain))

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._faults.clear()

    def next(self, call: Call) -> Fault | None:
        """Take the fault that this call meets, if any."""
        with self._lock:
            for fault in self._faults:
                if fault.path in call.path:
                    if fault.after > 0:
                        fault.after -= 1
                        continue
                    fault.times -= 1
                    if fault.times <= 0:
                        self._faults.remove(fault)
                    return fault
        return None


def answer_of(fault: Fault) -> Answer | None:
    """Give the answer of a call that fails before it does anything; None for the other kinds."""
    match fault.kind:
        case "unavailable":
            return Answer(503, [{"errorCode": "SERVER_UNAVAILABLE", "message": "busy"}])
        case "server_error":
            return Answer(
                500, [{"errorCode": "UNKNOWN_EXCEPTION", "message": "An unexpected error occurred."}]
            )
        case "no_json":
            return Answer(200, "<html><body>Down for maintenance</body></html>", {}, "text/html")
        case "request_limit":
            return Answer(403, [_REQUEST_LIMIT.in_rest()])
        case "session_expired":
            return Answer(401, [_SESSION.in_rest()])
        case _:
            return None


def locked(call: Call) -> Answer:
    """Answer that every record of a call is locked by somebody else."""
    error = Refusal("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record or 1 records")
    body = call.body if isinstance(call.body, dict) else {}
    if call.path == "composite":
        return Answer(
            200,
            {
                "compositeResponse": [
                    {
                        "body": _rows(each.get("body") or {}, error),
                        "httpHeaders": {},
                        "httpStatusCode": 200,
                        "referenceId": each.get("referenceId"),
                    }
                    for each in body.get("compositeRequest", [])
                ]
            },
        )
    if call.path.startswith("composite/sobjects"):
        return Answer(200, _rows(body, error))
    return Answer(400, [error.in_rest()])


def _rows(body: Mapping[str, Any], error: Refusal) -> list[dict[str, Any]]:
    return [{"success": False, "errors": [error.in_collection()]} for _ in body.get("records", [])]
