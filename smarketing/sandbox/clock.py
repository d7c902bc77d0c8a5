"""The sandbox's time: real, speeded up or stepped by hand; one file tells it to all processes."""

import os
import struct
import time
from pathlib import Path

from chalicelib.domain.instant import Duration, Instant

_FORM = struct.Struct("<QqqdQ")
"""A count; what the machine's and the sandbox's clock showed when last set (ms); the speed; the count again.

A reader that meets two different counts has met a write half done and reads again.
"""


class SandboxClock:
    """A clock that several processes share through a small file.

    Calling it gives the time as `Instant`. `speed` 1 is real time, 60 lets a minute pass in a second, 0
    stands still until `advance` or `set` moves it.
    """

    def __init__(self, path: Path) -> None:
        """Open the clock that `start` made at `path`."""
        self.path = path
        self._file = os.open(path, os.O_RDWR)

    @classmethod
    def start(cls, path: Path, *, at: Instant | None = None, speed: float = 1.0) -> "SandboxClock":
        """Make the file and start the clock at an instant (now, if none is given)."""
        path.touch()
        clock = cls(path)
        clock._write(1, at if at is not None else _machine_time(), speed)
        return clock

    def __call__(self) -> Instant:
        """Tell the sandbox's time."""
        _, machine, sandbox, speed = self._read()
        return Instant(int(sandbox + (_machine_time() - machine) * speed))

    @property
    def speed(self) -> float:
        """How many seconds pass in the sandbox in one real second."""
        return self._read()[3]

    def set(self, instant: Instant) -> None:
        """Move to an instant, forwards or backwards, and go on at the same speed."""
        count, _, _, speed = self._read()
        self._write(count + 1, instant, speed)

    def advance(self, duration: Duration) -> None:
        """Move forwards by a span and go on at the same speed."""
        self.set(Instant(self() + duration))

    def run(self, speed: float) -> None:
        """Go on from this moment at another speed; 0 stops."""
        self._write(self._read()[0] + 1, self(), speed)

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)

    def _read(self) -> tuple[int, int, int, float]:
        while True:
            count, machine, sandbox, speed, again = _FORM.unpack(os.pread(self._file, _FORM.size, 0))
            if count == again:
                return count, machine, sandbox, speed
            time.sleep(0)

    def _write(self, count: int, sandbox: Instant, speed: float) -> None:
        os.pwrite(self._file, _FORM.pack(count, _machine_time(), sandbox, speed, count), 0)


def _machine_time() -> Instant:
    return Instant(time.time_ns() // 1_000_000)
