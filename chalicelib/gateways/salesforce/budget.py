"""How many of the org's daily API requests are ours to use."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from chalicelib.domain.instant import MINUTE, Instant
from chalicelib.errors import Retryable

_USAGE = re.compile(r"\bapi-usage=(\d+)/(\d+)")
_LOOK_AGAIN = 5 * MINUTE
"""The allowance is over a rolling 24 hours: after this long one request may find out how much is free."""


@dataclass(slots=True)
class Budget:
    """Leaves a share of the org's requests to people and other integrations.

    Salesforce tells the usage in each answer (`Sforce-Limit-Info: api-usage=10018/100000`, REST API Developer
    Guide, "Limit Info Header"); until the first answer nothing is known and requests are free.
    """

    share_for_people: float
    clock: Callable[[], Instant]
    calls: int = 0
    """Requests sent."""
    used: int = 0
    allowed: int | None = None
    as_of: Instant = field(default=Instant(0))

    def spend(self) -> None:
        """Count a request that is about to be sent.

        Raises:
            Retryable: our share is used up.
        """
        if self.allowed is not None and self.clock() - self.as_of < _LOOK_AGAIN:
            ours = int(self.allowed * (1 - self.share_for_people))
            if self.used >= ours:
                raise Retryable(
                    f"Salesforce API requests: {self.used} of {self.allowed} used today, the rest is kept "
                    "for people; delivery goes on when some are free again",
                    retry_after=_LOOK_AGAIN / 1000,
                )
        self.calls += 1

    def learn(self, limit_info: str | None) -> None:
        """Read the usage from an answer's Sforce-Limit-Info header."""
        if found := _USAGE.search(limit_info or ""):
            self.used, self.allowed, self.as_of = int(found[1]), int(found[2]), self.clock()

    def exhausted(self) -> None:
        """Note that Salesforce itself refused a request because the org's limit is reached."""
        self.allowed = self.allowed or 1
        self.used, self.as_of = self.allowed, self.clock()
