"""The sandbox's own processes: started, found ready, ended."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from chalicelib.errors import Misconfigured, Retryable

_START_SECONDS = 60.0
_STOP_SECONDS = 15.0
_LOG_LINES = 5


class Child:
    """One process of the sandbox; it writes to `<name>.log` and says that it is ready in `<name>.ready`."""

    def __init__(
        self, name: str, command: Sequence[str], run: Path, env: Mapping[str, str], files: Sequence[int] = ()
    ) -> None:
        """Start it with the open `files`. It leads a session of its own: Ctrl-C reaches the parent alone."""
        self.name = name
        self._ready = run / f"{name}.ready"
        self._log = run / f"{name}.log"
        self._ready.unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - the sandbox's own start lines
                command,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "PYTHONUNBUFFERED": "1", **env},
                start_new_session=True,
                pass_fds=files,
            )

    @property
    def running(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait_ready(self) -> dict[str, Any]:
        """Wait until it has announced itself; give what it announced.

        Raises:
            Misconfigured: it ended; the message quotes the last lines of its log.
            Retryable: it said nothing for a minute.
        """
        until = time.monotonic() + _START_SECONDS
        while time.monotonic() < until:
            if self._ready.exists():
                announced: dict[str, Any] = json.loads(self._ready.read_text())
                return announced
            self.check()
            time.sleep(0.02)
        raise Retryable(f"sandbox: {self.name} did not start in {_START_SECONDS:.0f} s; see {self._log}")

    def check(self) -> None:
        """See that it still runs.

        Raises:
            Misconfigured: it ended by itself; the message quotes the last lines of its log.
        """
        if not self.running:
            lines = self._log.read_text(errors="replace").strip().splitlines()[-_LOG_LINES:]
            raise Misconfigured(f"sandbox: {self.name} ended; its log says: {' | '.join(lines) or 'nothing'}")

    def ask_to_stop(self) -> None:
        """Let go of it; it ends by itself."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()

    def stop(self) -> None:
        """Ask it to end and see to it that it does."""
        self.ask_to_stop()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def python(module: str, *arguments: str) -> list[str]:
    """Give the command line of a module under this interpreter."""
    return [sys.executable, "-m", module, *arguments]


def announce(run: Path, name: str, **facts: Any) -> None:
    """Tell the parent, from within the child, that it is ready."""
    part = run / f"{name}.ready.part"
    part.write_text(json.dumps(facts))
    part.replace(run / f"{name}.ready")


def listen(port: int = 0) -> socket.socket:
    """Open a listening socket on the loopback interface; port 0 takes a free one.

    Raises:
        Misconfigured: another program listens there.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise Misconfigured(f"--port {port}: {error.strerror}; choose another one") from None
    listener.listen(128)
    return listener


def free_port() -> int:
    """Find a port for a program that can't be handed a socket."""
    with listen() as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_until_listening(port: int, child: Child) -> None:
    """Wait until a program that announces nothing takes connections.

    Raises:
        Misconfigured: it ended.
        Retryable: it took none for a minute.
    """
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            child.check()
            time.sleep(0.05)
        else:
            return
    raise Retryable(f"sandbox: {child.name} took no connection in {_START_SECONDS:.0f} s")
