"""Who in sales takes over which interest, and by when: what both teams agreed on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from chalicelib.domain.instant import HOUR, Duration
from chalicelib.domain.working_time import WorkingHours

if TYPE_CHECKING:
    from chalicelib.domain.model import Condition

Overdue = Literal["accept", "escalate"]
"""What becomes of an interest that nobody accepted in time: it counts as accepted, or the lead gets it."""


@dataclass(frozen=True, slots=True)
class Rep:
    """Somebody in sales.

    Attributes:
        user: their user name in Salesforce, in small letters: it is compared without regard to case.
        hours: name of the hours that they work.
        capacity: how many they take while one of capacity 1 takes one.
        most_open: of interests in their hands, above which they get no more; None: no bound.
    """

    user: str
    hours: str
    capacity: int = 1
    most_open: int | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """A territory or a product line, and who shares it; the first pool whose conditions hold is meant.

    Attributes:
        where: conditions that all hold on the interest and its person (`handoff.attributes`); none: always.
        reps: user names, in small letters as all of them.
        lead: user name of whoever gets what nobody accepts in time, or nobody is there for.
    """

    name: str
    where: "tuple[Condition, ...]"
    reps: tuple[str, ...]
    lead: str | None = None


@dataclass(frozen=True, slots=True)
class RoutingPlan:
    """All of it; without pools nothing is routed, and Sales Support hands over by itself.

    Attributes:
        reps: by user name.
        account_owner_first: whether the owner of the Account gets its interests.
        fallback: developer name of the queue that gets what nobody is there for.
        accept_within: working time of whoever got it.
        overdue: what becomes of what nobody accepted by then.
    """

    reps: Mapping[str, Rep] = field(default_factory=dict)
    pools: tuple[Pool, ...] = ()
    hours: tuple[WorkingHours, ...] = ()
    account_owner_first: bool = True
    fallback: str = ""
    accept_within: Duration = field(default=Duration(8 * HOUR))
    overdue: Overdue = "escalate"

    def rep(self, user: str) -> Rep | None:
        """Find somebody by their user name."""
        return self.reps.get(user.casefold())

    def hours_of(self, user: str) -> WorkingHours:
        """Give the hours that somebody works: their own or, for who is no rep, the first ones."""
        rep = self.rep(user)
        return next((each for each in self.hours if rep and each.name == rep.hours), self.hours[0])

    def pool(self, name: str) -> Pool | None:
        """Find a pool."""
        return next((each for each in self.pools if each.name == name), None)


def by_user(reps: Iterable[Rep]) -> dict[str, Rep]:
    """Give people by their user names."""
    return {each.user: each for each in reps}
