"""Decides who in sales takes an interest over, and says why: the same input always gives the same owner.

In this order: whom Sales Support chose; the owner of the Account; whose turn it is in the first pool whose
conditions hold; the pool's lead; the fallback queue. Nobody gets anything who is away, inactive or full.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from chalicelib.domain.conditions import Predicate, compile_conditions
from chalicelib.domain.engagement import Value
from chalicelib.domain.model import Condition
from chalicelib.domain.routing_plan import Pool, RoutingPlan
from chalicelib.domain.turns import Member, Turns, next_of, took

How = Literal["chosen", "account", "turn", "lead", "fallback"]


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in sales as Salesforce has them at the moment.

    Attributes:
        id: of the user, 18 characters.
        active: whether they can log in; nobody else can own anything.
        absent_until: the last day of the absence that has begun, as `2026-01-31`; empty: they are there.
        open: interests in their hands.
    """

    user: str
    id: str
    name: str
    active: bool = True
    absent_until: str = ""
    open: int = 0


Roster = Mapping[str, Colleague]
"""By user name, in small letters."""


@dataclass(frozen=True, slots=True)
class Request:
    """An interest that looks for its owner.

    Attributes:
        attributes: what the pools' conditions look at.
        owner: user name of whoever has it; empty where that is a queue.
        account_owner: user name of the Account's owner; empty where it has none.
        account: name of the Account.
    """

    attributes: Mapping[str, Value]
    owner: str = ""
    account_owner: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """Who gets it.

    Attributes:
        colleague: None: the fallback queue.
        pool: by which it was found; empty where none was asked or none holds.
        turns: of the pool, as they are then; None where they stay.
        why: for whoever gets it, line by line.
    """

    how: How
    colleague: Colleague | None
    pool: str
    why: tuple[str, ...]
    turns: Turns | None = None


def choose(plan: RoutingPlan, request: Request, roster: Roster, turns: Mapping[str, Turns]) -> Choice:
    """Decide who takes an interest over.

    Args:
        plan: what the teams agreed on.
        request: the interest.
        roster: the reps and leads that Salesforce knows; who is missing can't own anything.
        turns: of each pool; one that is missing has just begun.
    """
    pool = pool_of(plan, request.attributes)
    said: list[str] = []
    chosen = _rep_among(plan, roster, request.owner)
    if chosen is not None and chosen.active:
        return _out_of_turn("chosen", plan, chosen, pool, turns, ("Sales Support chose you.",))
    if plan.account_owner_first and request.account_owner:
        owner = _rep_among(plan, roster, request.account_owner)
        hindrance = "is no rep of the playbook" if owner is None else _hindrance(plan, owner)
        if owner is not None and hindrance is None:
            why = (f"You own the Account {request.account}.",)
            return _out_of_turn("account", plan, owner, pool, turns, why)
        said.append(f"The owner of the Account {request.account} {hindrance}.")
    if pool is None:
        return Choice("fallback", None, "", (*said, "No pool's conditions hold."))
    return _by_turn(plan, pool, request, roster, turns.get(pool.name, Turns()), said)


def pool_of(plan: RoutingPlan, attributes: Mapping[str, Value]) -> Pool | None:
    """Find the first pool whose conditions hold."""
    return next((each for each in plan.pools if _holds(each, attributes)), None)


def users_of(plan: RoutingPlan) -> tuple[str, ...]:
    """Name everybody who may get something, each once: what a roster is asked for."""
    leads = (each.lead for each in plan.pools if each.lead)
    return tuple(dict.fromkeys([*plan.reps, *leads]))


def _by_turn(
    plan: RoutingPlan, pool: Pool, request: Request, roster: Roster, turns: Turns, said: Sequence[str]
) -> Choice:
    members, away = _members(plan, pool), _away(plan, pool, roster)
    there = [each.name for each in members if each.name not in away]
    member = next_of(members, turns, there)
    said = [*said, f"Pool {pool.name}: {_because(pool, request.attributes)}."]
    missing = [f"Not there: {name} ({why})." for name, why in away.items()]
    if member is not None:
        after = took(turns, member)
        colleague = roster[member.name]
        count = after.taken[member.name]
        turn = f"It is your turn: number {count} of yours, with capacity {member.capacity}."
        return Choice("turn", colleague, pool.name, (*said, turn, *missing), after)
    said = [*said, *missing, "Nobody of the pool is there."]
    lead = roster.get(pool.lead or "")
    if lead is not None and lead.active and not lead.absent_until:
        return Choice("lead", lead, pool.name, (*said, "You lead the pool."))
    return Choice("fallback", None, pool.name, tuple(said))


def _out_of_turn(
    how: How,
    plan: RoutingPlan,
    colleague: Colleague,
    pool: Pool | None,
    turns: Mapping[str, Turns],
    why: tuple[str, ...],
) -> Choice:
    """Give it to somebody whose turn it need not be; in their own pool it counts as one of theirs."""
    name = colleague.user.casefold()
    member = next((each for each in _members(plan, pool) if each.name == name), None) if pool else None
    if pool is None or member is None:
        return Choice(how, colleague, "", why)
    after = took(turns.get(pool.name, Turns()), member, in_turn=False)
    return Choice(how, colleague, pool.name, why, after)


def _rep_among(plan: RoutingPlan, roster: Roster, user: str) -> Colleague | None:
    rep = plan.rep(user)
    return None if rep is None else roster.get(rep.user)


def _members(plan: RoutingPlan, pool: Pool) -> list[Member]:
    return [Member(user, plan.reps[user].capacity) for user in pool.reps if user in plan.reps]


def _away(plan: RoutingPlan, pool: Pool, roster: Roster) -> dict[str, str]:
    away: dict[str, str] = {}
    for user in pool.reps:
        colleague = roster.get(user)
        hindrance = "unknown in Salesforce" if colleague is None else _hindrance(plan, colleague)
        if hindrance is not None:
            away[user] = hindrance
    return away


def _hindrance(plan: RoutingPlan, colleague: Colleague) -> str | None:
    """Say why somebody gets nothing at the moment; None where they may."""
    rep = plan.rep(colleague.user)
    if not colleague.active:
        return "is inactive"
    if colleague.absent_until:
        return f"is away until {colleague.absent_until}"
    if rep is not None and rep.most_open is not None and colleague.open >= rep.most_open:
        return f"has {colleague.open} open interests of at most {rep.most_open}"
    return None


def _because(pool: Pool, attributes: Mapping[str, Value]) -> str:
    return ", ".join(_said(pool, attributes)) or "takes whatever is left"


def _said(pool: Pool, attributes: Mapping[str, Value]) -> Iterator[str]:
    for name in dict.fromkeys(each.field for each in pool.where):
        yield f"{name.replace('_', ' ')} {attributes.get(name, 'unknown')}"


def _holds(pool: Pool, attributes: Mapping[str, Value]) -> bool:
    predicate = _predicate(pool.where)
    return predicate is None or predicate(attributes)


@cache
def _predicate(where: tuple[Condition, ...]) -> Predicate | None:
    return compile_conditions(where)
