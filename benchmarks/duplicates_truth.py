"""How well the pairs that were found agree with those that there are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Counts of pairs."""

    found: int
    right: int
    existing: int

    @property
    def precision(self) -> float:
        """Share of those found that are right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """Share of those that there are that were found."""
        return self.right / self.existing

    @property
    def f1(self) -> float:
        """Harmonic mean of the two."""
        return 2 * self.right / (self.found + self.existing)


Group = tuple[object, int]
"""A group's key and how many records of one kind it holds."""


def of_pairs(found: set[tuple[str, str]], existing: set[tuple[str, str]]) -> Agreement:
    """Compare pairs, each with its smaller id first."""
    return Agreement(len(found), len(found & existing), len(existing))


def pair(left: str, right: str) -> tuple[str, str]:
    """Bring a pair into the order in which pairs are compared."""
    return (left, right) if left < right else (right, left)
