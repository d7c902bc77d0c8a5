"""Faults by request: the next calls fail as they do on bad days, and prospects that are not taken."""

import threading
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from smarketing.sandbox.account_engagement.answers import (
    CONFLICTING_UPDATE,
    DAILY_LIMIT,
    INTERNAL,
    MINUTE_LIMIT,
    NOT_SAVED,
    TOO_MANY_CALLS_AT_ONCE,
    Answer,
    Refused,
    text_of,
)

CALLS = (
    *("concurrent_calls", "daily_limit", "minute_limit", "internal_error", "unavailable", "no_json"),
    *("token_revoked", "slow", "drop_before", "drop_after"),
)
ROWS = ("row_refused", "row_conflicting", "row_skipped")
"""Refused: the same row fails again. Conflicting: somebody else writes it just now, so later it may go.
Skipped: an import leaves it out and doesn't say so."""

_WHOLE = 1 << 32


@dataclass(slots=True)
class Fault:
    """Calls that match fail, so many times.

    Attributes:
        method: of the calls; empty for any.
        path: what the call's path has to contain.
        after: how many matching calls pass before.
        seconds: how long a `slow` call takes.
    """

    kind: str
    times: int = 1
    method: str = ""
    path: str = ""
    after: int = 0
    seconds: float = 1.0


@dataclass(slots=True)
class RowFault:
    """Prospects aren't taken: those with these addresses or a share of all, so many times each (0: for good).

    Attributes:
        begin: of the share of all addresses that meets this fault; each has its place from 0 to 1.
    """

    kind: str
    keys: frozenset[str]
    share: float
    begin: float
    times: int

    def meets(self, key: str) -> bool:
        """Whether it is about this address."""
        return key in self.keys or self.begin <= zlib.crc32(key.encode()) / _WHOLE < self.begin + self.share


class Faults:
    """The faults that were asked for.

    Attributes:
        met: how many rows met a fault, by its kind.
    """

    def __init__(self) -> None:
        """Begin without any."""
        self.met: Counter[str] = Counter()
        self._calls: list[Fault] = []
        self._rows: list[RowFault] = []
        self._times: Counter[tuple[int, str]] = Counter()
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
            elif kind in ROWS and not set(plain) - {"kind", "keys", "share", "times"}:
                keys = frozenset(str(each).lower() for each in plain.get("keys", ()))
                share, begin = float(plain.get("share", 0)), sum(each.share for each in self._rows)
                if not (keys or share) or not 0 <= share <= 1 - begin:
                    raise ValueError(
                        "keys or share: say which rows; the shares of all are at most 1 together"
                    )
                self._rows.append(RowFault(str(kind), keys, share, begin, int(plain.get("times", 0))))
            else:
                raise ValueError(
                    f"kind: one of {', '.join(CALLS)} with times, method, path, after, seconds;"
                    f" or one of {', '.join(ROWS)} with keys or share, and times"
                )

    def clear(self) -> None:
        """Forget all faults."""
        with self._lock:
            self._calls.clear()
            self._rows.clear()
            self._times.clear()
            self.met.clear()

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

    def row(self, address: str) -> str | None:
        """Say which fault the prospect with this address meets this time; None for none."""
        if not self._rows:
            return None
        key = address.lower()
        with self._lock:
            for number, fault in enumerate(self._rows):
                if fault.meets(key) and (fault.times == 0 or self._times[number, key] < fault.times):
                    self._times[number, key] += 1
                    self.met[fault.kind] += 1
                    return fault.kind
        return None

    def refuse_row(self, address: str) -> None:
        """Refuse a prospect that is written by itself, if it meets a fault.

        Raises:
            Refused: it does.
        """
        kind = self.row(address)
        if kind is not None:
            raise Refused(NOT_SAVED if kind == "row_refused" else CONFLICTING_UPDATE)


def answer_of(fault: Fault) -> Answer | None:
    """Give the answer of a call that fails before it does anything; None for the other kinds."""
    match fault.kind:
        case "concurrent_calls":
            return Refused(TOO_MANY_CALLS_AT_ONCE).answer
        case "daily_limit":
            return Refused(DAILY_LIMIT).answer
        case "minute_limit":
            return Refused(MINUTE_LIMIT).answer
        case "internal_error":
            return Refused(INTERNAL).answer
        case "unavailable":
            return Answer(503, "<html><body>Service Unavailable</body></html>", {}, "text/html")
        case "no_json":
            return Answer(200, "<html><body>Down for maintenance</body></html>", {}, "text/html")
        case _:
            return None


def told_in_errors(kind: str, address: str) -> tuple[str, str] | None:
    """Say how an import's error file tells of a row that met a fault; None where it doesn't."""
    match kind:
        case "row_refused":
            return "Invalid Email", f'No Email Address Found or Invalid Email Address - "{address}"'
        case "row_conflicting":
            return text_of(CONFLICTING_UPDATE), "Another update is occurring at the same time."
        case _:
            return None
