"""Faults by request: the next calls fail as they do on bad days, and rows that the account doesn't take."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smarketing.sandbox.marketing_cloud.answers import Answer, blocked, error, rate_limited

CALLS = (
    *("rate_limit", "blocked", "server_error", "unavailable", "no_json", "token_revoked"),
    *("slow", "drop_before", "drop_after"),
)
ROWS = ("row_refused", "row_deadlocked")


@dataclass(slots=True)
class Fault:
    """Calls that match fail, so many times.

    Attributes:
        method: of the calls; empty for any.
        path: what the call's path has to contain.
        after: how many matching calls pass before.
        seconds: how long a `slow` call takes, or what `rate_limit` asks to wait.
    """

    kind: str
    times: int = 1
    method: str = ""
    path: str = ""
    after: int = 0
    seconds: float = 1.0


@dataclass(slots=True)
class RowFault:
    """Rows with these primary keys aren't saved, so many times each (0: for good)."""

    kind: str
    keys: frozenset[str]
    times: int = 0


class Faults:
    """The faults that were asked for."""

    def __init__(self) -> None:
        """Begin without any."""
        self._calls: list[Fault] = []
        self._rows: list[RowFault] = []
        self._met: dict[tuple[int, str], int] = {}
        self._lock = threading.Lock()

    def add(self, plain: Mapping[str, Any]) -> None:
        """Ask for a fault of calls or of rows.

        Raises:
            ValueError: the kind or a key is unknown.
        """
        kind = plain.get("kind")
        with self._lock:
            if kind in CALLS and not set(plain) - set(Fault.__slots__):
                self._calls.append(Fault(**plain))
            elif kind in ROWS and not set(plain) - set(RowFault.__slots__) and plain.get("keys"):
                keys = frozenset(map(str, plain["keys"]))
                self._rows.append(RowFault(str(kind), keys, int(plain.get("times", 0))))
            else:
                raise ValueError(
                    f"kind: one of {', '.join(CALLS)} with times, method, path, after, seconds;"
                    f" or one of {', '.join(ROWS)} with keys and times"
                )

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._calls.clear()
            self._rows.clear()
            self._met.clear()

    def next(self, method: str, path: str) -> Fault | None:
        """Take the fault that this call meets, if any."""
        with self._lock:
            for fault in self._calls:
                if fault.path not in path or fault.method not in ("", method):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                fault.times -= 1
                if fault.times <= 0:
                    self._calls.remove(fault)
                return fault
        return None

    def row(self, key: str) -> str | None:
        """Say why a row with this primary key isn't saved this time; None if it is."""
        with self._lock:
            for number, fault in enumerate(self._rows):
                met = self._met.get((number, key), 0)
                if key in fault.keys and (fault.times == 0 or met < fault.times):
                    self._met[(number, key)] = met + 1
                    return _ROW_MESSAGES[fault.kind]
        return None


_ROW_MESSAGES = {
    "row_refused": "The value for column [Email] is not a valid email address."
    " Parse error [InvalidEmailAddress]",
    "row_deadlocked": "Transaction (Process ID 57) was deadlocked on lock resources with another process and"
    " has been chosen as the deadlock victim. Rerun the transaction.",
}


def answer_of(fault: Fault) -> Answer | None:
    """Give the answer of a call that fails before it does anything; None for the other kinds."""
    match fault.kind:
        case "rate_limit":
            return rate_limited(round(fault.seconds))
        case "blocked":
            return blocked()
        case "server_error":
            return error(500, "Internal Server Error", 0)
        case "unavailable":
            return error(503, "Service Unavailable", 0)
        case "no_json":
            return Answer(200, "<html><body>Down for maintenance</body></html>", {}, "text/html")
        case _:
            return None
