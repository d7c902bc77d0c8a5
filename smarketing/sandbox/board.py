"""Where the sandbox's processes write how far they are, for the others to read."""

import json
import time
from dataclasses import asdict, dataclass
from pathlib import Path


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
    """A folder with a file per event source."""

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made if need be."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def post(self, source: str, progress: Progress) -> None:
        """Replace what is known of a source."""
        part = self._folder / f"{source}.part"
        part.write_text(json.dumps(asdict(progress)))
        part.replace(self._folder / f"{source}.json")

    def read(self) -> dict[str, Progress]:
        """Give the progress of every source, by its name."""
        return {path.stem: Progress(**json.loads(path.read_text())) for path in self._folder.glob("*.json")}


class Reporter:
    """Keeps one source's progress and posts it, idle reads at most some times a second."""

    def __init__(self, board: Board, source: str) -> None:
        """Begin with nothing done."""
        self.progress = Progress()
        self._board = board
        self._source = source
        self._posted = 0.0

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
        self._board.post(self._source, self.progress)
        self._posted = time.time()
