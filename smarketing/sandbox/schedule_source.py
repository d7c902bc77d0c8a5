"""Calls a function on its schedule, by the sandbox's clock."""

import logging
import re
import threading
import time
import uuid
from typing import Any

from chalicelib.domain.instant import DAY, HOUR, MINUTE, Duration, Instant, iso
from chalicelib.errors import Misconfigured
from smarketing.sandbox.board import Reporter
from smarketing.sandbox.clock import SandboxClock
from smarketing.sandbox.invocation import LambdaContext

_UNITS = {"minute": MINUTE, "hour": HOUR, "day": DAY}
_IDLE_SECONDS = 0.1
_LEAST_SECONDS = 1.0
"""Real time between two calls, however fast the sandbox's time runs."""

_log = logging.getLogger(__name__)


class ScheduleSource:
    """One schedule with its function."""

    def __init__(self, handler: Any, clock: SandboxClock, reporter: Reporter, expression: str) -> None:
        """Call `handler` at the rate of `expression`, first after one span of it."""
        self._handler = handler
        self._clock = clock
        self._reporter = reporter
        self._span = span_of(expression)
        self._last = clock()

    def run(self, stop: threading.Event) -> None:
        """Watch the clock until told to stop."""
        while not stop.is_set():
            stop.wait(_LEAST_SECONDS if self.poll() else _IDLE_SECONDS)

    def poll(self) -> int:
        """Call the function once if its time has come, however far the clock jumped; give 1 if so."""
        began, now = time.time(), self._clock()
        self._last = min(self._last, now)
        if now < self._last + self._span:
            self._reporter.caught_up(began)
            return 0
        self._last = now
        self.invoke(now)
        return 1

    def invoke(self, now: Instant) -> None:
        """Call the function with the event of a schedule."""
        try:
            self._handler(scheduled_event(now), LambdaContext("schedule"))
        except Exception:  # a function may fail in any way; its next time comes
            _log.exception("the function failed")
            self._reporter.worked(0, 1)
        else:
            self._reporter.worked(1)


def scheduled_event(now: Instant) -> dict[str, Any]:
    """Build the event that EventBridge sends at a schedule's time."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "123456789012",
        "time": iso(now),
        "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/sandbox"],
        "detail": {},
    }


def expression_of(configuration: Any) -> str:
    """Give the expression of a schedule in `app.py`, written as text or as Chalice's `Rate`."""
    expression = configuration.schedule_expression
    return expression if isinstance(expression, str) else str(expression.to_string())


def span_of(expression: str) -> Duration:
    """Read `rate(15 minutes)`.

    Raises:
        Misconfigured: it is another kind of expression.
    """
    match = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", expression)
    if match is None:
        raise Misconfigured(f"schedule {expression}: the sandbox knows rates such as rate(15 minutes)")
    return Duration(int(match[1]) * _UNITS[match[2]])
