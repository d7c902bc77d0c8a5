"""What speaks against a merge that nobody has looked at: open opportunities, different owners, consents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

from smarketing.cleansing.proposal import Record

Guard = Literal["open_opportunity", "different_owners"]
"""Holds a merge back until a person lets it pass. Consents hold nothing back: the stricter one wins."""

GUARDS: tuple[Guard, ...] = get_args(Guard)
OBJECTIONS = ("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall")
OWNER = "OwnerId"

_BY_ROLE = (
    "SELECT ContactId FROM OpportunityContactRole"
    " WHERE Opportunity.IsClosed = false AND ContactId IN {values}"
)
_WITH_OPPORTUNITY: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Account": (
        ("AccountId", "SELECT AccountId FROM Opportunity WHERE IsClosed = false AND AccountId IN {values}"),
    ),
    "Contact": (
        (
            "ContactId",
            _BY_ROLE,
        ),
        ("ContactId", "SELECT ContactId FROM Opportunity WHERE IsClosed = false AND ContactId IN {values}"),
    ),
}


class Rest(Protocol):
    """The calls that are needed."""

    def rows(self, soql: str, values: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""


@dataclass(frozen=True, slots=True)
class Raised:
    """A guard that was raised by a group, and why, for people."""

    guard: Guard
    why: str


def in_open_opportunities(rest: Rest, name: str, ids: Sequence[str]) -> frozenset[str]:
    """Give those of an object's records that an open opportunity hangs on; Leads have none."""
    found: set[str] = set()
    for field, soql in _WITH_OPPORTUNITY.get(name, ()):
        found |= {str(row[field]) for row in rest.rows(soql, ids)}
    return frozenset(found)


def raised(main: Record, others: Sequence[Record], in_opportunity: frozenset[str]) -> tuple[Raised, ...]:
    """Give the guards that a group raises."""
    found = []
    busy = [each.id for each in others if each.id in in_opportunity]
    if busy:
        found.append(Raised("open_opportunity", f"an open opportunity hangs on {', '.join(busy)}"))
    owners = {each.get(OWNER)[:15] for each in (main, *others) if each.get(OWNER)}
    if len(owners) > 1:
        found.append(Raised("different_owners", f"{len(owners)} owners; {main.get(OWNER)} would keep it"))
    return tuple(found)


def objections(main: Record, others: Sequence[Record]) -> tuple[str, ...]:
    """Name the objections that the main record takes over."""
    return tuple(
        name
        for name in OBJECTIONS
        if main.get(name) != "true" and any(each.get(name) == "true" for each in others)
    )
