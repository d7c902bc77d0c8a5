"""Whose turn it is among several who share work by their capacities: a fair round.

Stride scheduling (C. A. Waldspurger and W. E. Weihl, "Stride Scheduling: Deterministic Proportional-Share
Resource Management", MIT/LCS/TM-528, 1995): whoever is due the least comes next, and is then due by
1/capacity more. Of equal ones the loads so never differ by more than one. Who was away begins again where the
round stands, and is not flooded with what the others took meanwhile.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who takes part; `capacity` says how many they take while one of capacity 1 takes one."""

    name: str
    capacity: int = 1


@dataclass(frozen=True, slots=True)
class Turns:
    """How far a round is.

    Attributes:
        at: where the round stands: how much whoever came last in turn was due before.
        due: by name; who is missing begins where the round stands.
        taken: how many each has taken, for people to see.
    """

    at: Fraction = ZERO
    due: Mapping[str, Fraction] = field(default_factory=dict)
    taken: Mapping[str, int] = field(default_factory=dict)

    def due_of(self, name: str) -> Fraction:
        """Tell how much somebody is due; never less than where the round stands."""
        return max(self.at, self.due.get(name, self.at))


def next_of(members: Sequence[Member], turns: Turns, available: Collection[str]) -> Member | None:
    """Find whose turn it is among those who are available; of equals the one that stands first."""
    return min(
        (each for each in members if each.name in available),
        key=lambda each: turns.due_of(each.name),
        default=None,
    )


def took(turns: Turns, member: Member, *, in_turn: bool = True) -> Turns:
    """Note that somebody took one; out of turn it counts for them, and leaves the round where it stands."""
    due = turns.due_of(member.name)
    return Turns(
        at=due if in_turn else turns.at,
        due={**turns.due, member.name: due + Fraction(1, member.capacity)},
        taken={**turns.taken, member.name: turns.taken.get(member.name, 0) + 1},
    )
