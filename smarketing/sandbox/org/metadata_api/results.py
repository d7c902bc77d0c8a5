"""What a deploy says of each component: DeployMessage of the Metadata API."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Something for which a component is refused; `line` and `column` in its file, from 1."""

    type: str
    full_name: str
    file_name: str
    text: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A component that was created, changed, left as it was, or deleted; a warning tells why it was not."""

    id: str
    type: str
    full_name: str
    file_name: str
    created: bool = False
    changed: bool = False
    deleted: bool = False
    warning: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a deploy came to.

    Attributes:
        total: components that it was asked for, deletions too.
        kept: whether the org has changed.
    """

    total: int
    done: tuple[Done, ...]
    problems: tuple[Problem, ...]
    kept: bool
