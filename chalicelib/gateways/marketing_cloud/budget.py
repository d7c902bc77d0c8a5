"""How many of the account's calls are ours to make in a minute.

Marketing Cloud tells nobody how many calls are used. Salesforce Help, "API Limits and Guidelines", knows a
soft limit of a year, by edition; whoever burdens the platform is throttled. Its support advises 2,500 calls a
minute at most.
"""

import threading
from collections import deque
from collections.abc import Callable

from chalicelib.errors import Retryable

CALLS_A_MINUTE = 2_500
_MINUTE = 60.0


class Budget:
    """Leaves a share of a minute's calls to people and other integrations; counts this process's own."""

    def __init__(self, share_for_people: float, seconds: Callable[[], float]) -> None:
        """Begin with nothing spent.

        Args:
            share_for_people: of the minute's calls; 0.2 is a fifth.
            seconds: counts real time.
        """
        self._ours = round(CALLS_A_MINUTE * (1 - share_for_people))
        self._seconds = seconds
        self._spent: deque[float] = deque()
        self._counting = threading.Lock()

    def spend(self) -> None:
        """Count a call that is about to be made.

        Raises:
            Retryable: our share of the last minute is used up.
        """
        with self._counting:
            now = self._seconds()
            while self._spent and now - self._spent[0] >= _MINUTE:
                self._spent.popleft()
            if len(self._spent) >= self._ours:
                raise Retryable(
                    f"Marketing Cloud API calls: {len(self._spent)} within a minute, the rest is kept for "
                    "people; it goes on when the minute is over",
                    retry_after=_MINUTE - (now - self._spent[0]) if self._spent else _MINUTE,
                )
            self._spent.append(now)
