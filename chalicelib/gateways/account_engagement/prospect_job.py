"""A job of the sync: which rows were written at once, and by which imports the others go.

A job's id tells all of it: a job can be asked for again after a crash, without the values of its rows.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.sync import Row, RowResult
from chalicelib.errors import Rejected

Match = Literal["matchId", "matchEmail"]


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a row that was written at once: the prospect's id, or why it was refused."""

    prospect: str | None
    reason: str = ""

    def result(self, row: Row) -> RowResult:
        """Give it as the sync takes it."""
        if self.reason:
            return RowResult(row.person, "failed", row.remote_id, self.reason)
        return RowResult(row.person, "written", self.prospect)


@dataclass(frozen=True, slots=True)
class ProspectJob:
    """How rows were handed over.

    Attributes:
        rows: how many there are.
        now: what became of rows that were written at once, by their position.
        imports: ids of the imports of the others, by what their rows are matched by.
    """

    rows: int
    now: Mapping[int, Written] = field(default_factory=dict)
    imports: Mapping[Match, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Write it as a text."""
        now = {place: [each.prospect, each.reason] for place, each in self.now.items()}
        return json.dumps({"rows": self.rows, "now": now, **self.imports}, separators=(",", ":"))

    @classmethod
    def of(cls, text: str) -> "ProspectJob":
        """Read it from its id.

        Raises:
            Rejected: it is not one of ours.
        """
        try:
            plain = json.loads(text)
            rows = int(plain["rows"])
            now = {range(rows).index(int(place)): Written(*each) for place, each in plain["now"].items()}
            imports: dict[Match, str] = {}
            for match in ("matchId", "matchEmail"):
                if match in plain:
                    imports[match] = str(plain[match])
            return cls(rows, now, imports)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise Rejected("job: not one of ours") from None


def match_of(row: Row) -> Match:
    """Say what a row is matched by: the prospect's id, where it is known."""
    return "matchId" if row.remote_id else "matchEmail"


def key_of(row: Row) -> str:
    """Give what a row is matched by, as it stands in an import's errors, too."""
    return row.remote_id or row.email


def by_match(rows: Sequence[Row]) -> dict[Match, list[int]]:
    """Part rows by what they are matched by; gives their positions."""
    parts: dict[Match, list[int]] = {}
    for place, row in enumerate(rows):
        parts.setdefault(match_of(row), []).append(place)
    return parts
