"""How many of the business unit's daily API calls are ours to use."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain.instant import MINUTE, Instant
from chalicelib.errors import Retryable

_USAGE = re.compile(r"\b(\d+)\s*/\s*(\d+)\b")
_LOOK_AGAIN = 15 * MINUTE
"""The count begins anew at midnight in the account's time zone, which nobody tells us: after this long one
call may find out."""


@dataclass(slots=True)
class Budget:
    """Leaves a share of the calls to people and other integrations.

    The platform tells the usage where it is asked to by `X-Return-Api-Usage: 1`: the calls of the day over
    the most that it allows (Version 5 Overview, "API Usage"). The guide gives no form of the header but these
    two numbers; the account tells them, too (Account, `apiCallsUsed`, `maximumDailyApiCalls`).
    """

    share_for_people: float
    clock: Callable[[], Instant]
    used: int = 0
    allowed: int | None = None
    as_of: Instant = field(default=Instant(0))
    unheard: int = 0
    """Calls since the usage was last told."""

    @property
    def left(self) -> int | None:
        """Calls that are still ours; None where nobody has told the limit yet."""
        if self.allowed is None:
            return None
        return max(0, int(self.allowed * (1 - self.share_for_people)) - self.used)

    def spend(self) -> None:
        """Count a call that is about to be made.

        Raises:
            Retryable: our share is used up.
        """
        if self.left == 0 and self.clock() - self.as_of < _LOOK_AGAIN:
            raise Retryable(
                f"Account Engagement API calls: {self.used} of {self.allowed} used today, the rest is kept "
                "for people; it goes on when the day is over",
                retry_after=_LOOK_AGAIN / 1000,
            )
        self.used += 1
        self.unheard += 1

    def learn(self, usage: str | None) -> None:
        """Read the usage from an answer's `x-api-usage` header."""
        if found := _USAGE.search(usage or ""):
            self.told(int(found[1]), int(found[2]))

    def told(self, used: int, allowed: int) -> None:
        """Take the usage as the platform tells it."""
        self.used, self.allowed, self.as_of, self.unheard = used, allowed, self.clock(), 0

    def exhausted(self) -> None:
        """Note that the platform itself refused a call because the day's limit is reached."""
        allowed = self.allowed or 1
        self.told(allowed, allowed)
