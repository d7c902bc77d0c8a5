"""How often and how many at once the business unit may be called.

Source: Account Engagement API, "Overview", "Rate Limits": five calls at once; 25,000, 50,000 or 100,000 a day
by edition, until the day begins in the account's time zone, which is UTC here. "Version 5 Overview": the
header `x-api-usage` for who asks for it by `X-Return-Api-Usage`.
"""

from chalicelib.domain.instant import DAY
from smarketing.sandbox.account_engagement.answers import DAILY_LIMIT, TOO_MANY_CALLS_AT_ONCE, Refused
from smarketing.sandbox.clock import SandboxClock

AT_ONCE = 5
DAILY = 50_000


class Limits:
    """Counts calls.

    Attributes:
        daily: calls a day.
        at_once: calls at once.
        at_work: calls that are under way.
        seconds: how long each call takes.
    """

    def __init__(self, clock: SandboxClock) -> None:
        """Begin a day without calls."""
        self.daily = DAILY
        self.at_once = AT_ONCE
        self.at_work = 0
        self.most_at_work = 0
        self.seconds = 0.0
        self._clock = clock
        self._day = -1
        self._used = 0

    @property
    def used(self) -> int:
        """Calls of this day."""
        day = self._clock() // DAY
        if day != self._day:
            self._day, self._used = day, 0
        return self._used

    @used.setter
    def used(self, calls: int) -> None:
        self._day, self._used = self._clock() // DAY, calls

    @property
    def header(self) -> dict[str, str]:
        """What is left, for who asks for it."""
        return {"x-api-usage": f"{self.used}/{self.daily}"}

    def count(self) -> None:
        """Count a call.

        Raises:
            Refused: it is one too many, now or today.
        """
        if self.at_work > self.at_once:
            raise Refused(TOO_MANY_CALLS_AT_ONCE)
        if self.used >= self.daily:
            raise Refused(DAILY_LIMIT)
        self.used += 1
