"""Which rows of a plan are done: a break loses at most what was under way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from smarketing.cleansing import growing_file

Outcome = Literal["written", "recorded", "already", "changed", "gone", "replaced"]
"""In the org; on the queue; it was so already; changed, deleted meanwhile; another row stands."""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


@dataclass(slots=True)
class Done:
    """The outcome of each row that is done, by its number, and the file that keeps it."""

    path: Path
    outcomes: dict[int, Outcome] = field(default_factory=dict)

    def note(self, outcomes: Mapping[int, Outcome]) -> None:
        """Note what became of rows; when this returns it is on the disk."""
        if outcomes:
            growing_file.append(self.path, ({"row": row, "outcome": each} for row, each in outcomes.items()))
            self.outcomes.update(outcomes)

    def forget(self) -> None:
        """Begin anew: what was done has been undone."""
        self.path.unlink(missing_ok=True)
        self.outcomes.clear()


def read_done(path: Path) -> Done:
    """Read which rows are done.

    Raises:
        Rejected: the file can't be read.
    """
    lines = growing_file.read(path)
    return Done(path, {each["row"]: each["outcome"] for each in lines if each.get("outcome") in OUTCOMES})
