"""The playbook in force, compiled, and read again once a minute, so that a new one needs no deployment."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Retryable

KEPT_SECONDS = 60.0


class Playbooks(Protocol):
    """The published playbooks."""

    def current_version(self) -> str | None:
        """Tell which version is in force."""

    def current(self) -> str:
        """Read the playbook in force, or raise Misconfigured."""


class CurrentPlaybook:
    """Gives the playbook in force, at most a minute late; an outage of the store leaves the last one."""

    def __init__(
        self,
        playbooks: Playbooks,
        compile_playbook: Callable[[str], Compiled],
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`seconds` counts real time: how long one is kept has nothing to do with a rehearsal's clock."""
        self._playbooks = playbooks
        self._compile = compile_playbook
        self._seconds = seconds
        self._compiled: Compiled | None = None
        self._version: str | None = None
        self._until = 0.0
        self._reading = threading.Lock()

    def __call__(self) -> Compiled:
        """Give the compiled playbook.

        Raises:
            Misconfigured: none was published.
            Retryable: none was read yet, and the store is busy.
        """
        with self._reading:
            if self._compiled is None:
                self._compiled = self._read()
            elif self._seconds() >= self._until:
                self._compiled = self._read_again(self._compiled)
            return self._compiled

    def _read(self) -> Compiled:
        self._version = self._playbooks.current_version()
        compiled = self._compile(self._playbooks.current())
        self._until = self._seconds() + KEPT_SECONDS
        return compiled

    def _read_again(self, kept: Compiled) -> Compiled:
        self._until = self._seconds() + KEPT_SECONDS
        try:
            # Most of the time nothing changed, and to compile takes a while.
            return kept if self._playbooks.current_version() == self._version else self._read()
        except Retryable:
            return kept
