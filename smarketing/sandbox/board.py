"""Where the sandbox's processes write how far they are, for the others to read."""

import os
import struct
import time
from dataclasses import astuple, dataclass
from pathlib import Path

_FORM = struct.Struct("<QQQQdQ")
"""A count, the progress, the count again: a reader that meets two different ones reads again.

Written in place: renaming a file over another one waits for the disk (19 ms), at every invocation.
"""


@dataclass(slots=True)
class Progress:
    """How far one event source is.

    Attributes:
        invocations: calls of its function.
        records: what those calls took in.
        failures: records that came back, each time they did.
        caught_up: real time (s) at which the latest read began that found nothing new; 0 before the first.
    """

    invocations: int = 0
    records: int = 0
    failures: int = 0
    caught_up: float = 0.0


class Board:
    """A folder with a small file per event source."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made if need be."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def read(self) -> dict[str, Progress]:
        """Give the progress of every source, by its name."""
        return {path.stem: _read(path) for path in self.folder.glob("*.progress")}


class Reporter:
    """Keeps one source's progress and posts it; idle reads some times a second at most."""

    def __init__(self, board: Board, source: str) -> None:
        """Begin with nothing done."""
        self.progress = Progress()
        self._file = os.open(board.folder / f"{source}.progress", os.O_CREAT | os.O_WRONLY, 0o600)
        self._count = 0
        self._posted = 0.0
        self._post()

    def worked(self, records: int, failures: int = 0) -> None:
        """Count an invocation."""
        self.progress.invocations += 1
        self.progress.records += records
        self.progress.failures += failures
        self._post()

    def caught_up(self, began: float) -> None:
        """Note a read that found nothing; `began` is the `time.time()` of its start."""
        self.progress.caught_up = began
        if time.time() - self._posted > 0.02:
            self._post()

    def _post(self) -> None:
        self._count += 1
        os.pwrite(self._file, _FORM.pack(self._count, *astuple(self.progress), self._count), 0)
        self._posted = time.time()


def _read(path: Path) -> Progress:
    while True:
        written = path.read_bytes()
        if len(written) == _FORM.size:
            count, invocations, records, failures, caught_up, again = _FORM.unpack(written)
            if count == again:
                return Progress(invocations, records, failures, caught_up)
        time.sleep(0)
