"""How long the asynchronous jobs take, imports and exports."""

from dataclasses import dataclass

from chalicelib.domain.instant import MINUTE, SECOND, Duration, Instant
from smarketing.sandbox.clock import SandboxClock


@dataclass(slots=True)
class Wait:
    """One job that waits for being worked off."""

    since: Instant
    looks_left: int


class Jobs:
    """The pace of the business unit's background work.

    Attributes:
        pending_looks: how many looks at a job find it unfinished.
        seconds: how long a job takes at least, by the sandbox's clock; at most it takes a minute longer,
            whether anybody looks or not.
    """

    def __init__(self, clock: SandboxClock) -> None:
        """Finish a job at the second look."""
        self.pending_looks = 1
        self.seconds = 0.0
        self._clock = clock

    def begin(self) -> Wait:
        """Let a job wait from now."""
        return Wait(self._clock(), self.pending_looks)

    def is_over(self, wait: Wait, *, looked: bool) -> bool:
        """Whether a job's time is over; `looked` says that somebody asks how far it is."""
        least = Duration(int(self.seconds * SECOND))
        now = self._clock()
        if now < wait.since + least:
            return False
        if looked:
            wait.looks_left -= 1
        return wait.looks_left < 0 or now >= wait.since + least + MINUTE
