"""A mistake in the project, and how its message is worded."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

Kind = Literal["xml", "schema", "incomplete", "reference", "value", "formula", "duplicate", "unchecked"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A mistake that an org would refuse, or that would not do what it says.

    Attributes:
        line: in the file, from 1.
        message: names the thing and the mend.
    """

    path: Path
    line: int
    message: str
    kind: Kind


def missing(what: str, name: str, known: Iterable[str], of: str | None = None) -> str:
    """Word that something is not there, with the nearest name that is.

    Args:
        what: kind of thing, such as `field` or `custom permission`.
        of: what should have it, such as an object.
    """
    close = get_close_matches(name, list(known), n=1, cutoff=0.7)
    mend = f"did you mean {close[0]}?" if close else "correct the name or add it"
    subject = "there is" if of is None else f"{of} has"
    return f"{subject} no {what} {name}; {mend}"
