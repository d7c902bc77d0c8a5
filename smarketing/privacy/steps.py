"""What the steps of an erasure have in common: each looks after one store."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from smarketing.privacy.subject import Subject

Counts = Mapping[str, int]
"""By what it is, how many: `engagements: 12`."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What a step did.

    Attributes:
        counts: what was deleted, or changed.
        waiting_for: ids of deletions that the platform does in its own time.
        left: what a person has to do by hand; no personal data.
    """

    counts: Counts = field(default_factory=dict)
    waiting_for: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


class Step(Protocol):
    """One store."""

    @property
    def name(self) -> str:
        """What the store is called in the plan and the journal."""

    def holds(self, subject: Subject) -> Counts:
        """Count what the store holds of somebody; changes nothing. What is 0 may be left out.

        Raises:
            Retryable, Misconfigured: it could not be asked.
        """

    def read(self, subject: Subject) -> Mapping[str, Sequence[Any]]:
        """Read all that the store holds of somebody, by what it is, as JSON values.

        Raises:
            Retryable, Misconfigured: it could not be asked.
        """

    def erase(self, subject: Subject) -> Erased:
        """Delete all of it; doing it again does no harm.

        Raises:
            Retryable, Misconfigured, Rejected: it could not; the same call may be made again.
        """
