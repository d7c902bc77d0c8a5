"""What is wrong with a playbook: where, and how to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

Path = tuple[str | int, ...]
"""From the section down, as `("scoring", "rules", 3, "category")`."""


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake."""

    path: Path
    message: str

    @property
    def where(self) -> str:
        """The file and the key, as `scoring.yaml: rules[3].category`."""
        section, *rest = self.path
        key = "".join(_step(part) for part in rest).removeprefix(".")
        return f"{section}.yaml: {key}" if key else f"{section}.yaml"

    def __str__(self) -> str:
        """Write the mistake as one line."""
        return f"{self.where}: {self.message}"


def _step(part: str | int) -> str:
    return f".{part}" if isinstance(part, str) and part.isidentifier() else f"[{part!r}]"


def unknown(what: str, name: str, known: Sequence[str]) -> str:
    """Say that a name is none of the known ones, with the likely one or all of them."""
    # A known name may itself be a mistake, and is told on one line all the same.
    known = [each if each.isprintable() else repr(each) for each in known]
    close = get_close_matches(name, known, n=1)
    mend = f"did you mean {close[0]!r}?" if close else f"use one of {', '.join(known)}"
    return f"{name!r} is no {what}; {mend}"
