"""Routes 100,000 handoffs and holds the loads of equal reps against drawing lots and the least loaded.

    python benchmarks/routing.py --json

`load_difference`: how far the loads of equal reps of a pool lie apart at the end, where nobody was ever away.
`most_in_a_row`: how many handoffs of a pool one rep gets in a row where everybody is away one day in ten; the
least loaded one is flooded on coming back, since the others took so much meanwhile.
`same_owners` says whether a second run gave every interest the same owner.
"""

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from chalicelib.domain.model import Condition
from chalicelib.domain.routing import Colleague, Request, choose
from chalicelib.domain.routing_plan import Pool, Rep, RoutingPlan, by_user
from chalicelib.domain.turns import Turns

LINES, COUNTRIES = ("presses", "lasers", "services"), ("DE", "AT", "CH", "FR", "IT")
REPS = tuple(f"rep{number:02}@x.example" for number in range(24))
PLAN = RoutingPlan(
    reps=by_user(Rep(user, "office") for user in REPS),
    pools=(
        Pool("alps", (Condition("country", "in", ("AT", "CH")),), REPS[:6]),
        *(
            Pool(line, (Condition("product_line", "equals", line),), REPS[6 + 6 * place : 12 + 6 * place])
            for place, line in enumerate(LINES)
        ),
    ),
)
A_DAY = 200
"""Handoffs a day."""

Choose = Callable[[Pool, Sequence[str], Counter[str]], str]


def days(count: int, away: float) -> Iterator[tuple[dict[str, str], frozenset[str]]]:
    """Give interests and who is away when they come; absences last for five days."""
    chance = random.Random(7)
    absent = frozenset[str]()
    for number in range(count):
        if number % (5 * A_DAY) == 0:
            absent = frozenset(user for user in REPS if chance.random() < away)
        yield {"product_line": chance.choice(LINES), "country": chance.choice(COUNTRIES)}, absent


def ours(count: int, away: float) -> Iterator[tuple[str, str]]:
    """Route by the project's own rules; gives pool and owner."""
    turns: dict[str, Turns] = {}
    for attributes, absent in days(count, away):
        roster = {
            user: Colleague(user, user, user, absent_until="2026-01-31" if user in absent else "")
            for user in REPS
        }
        found = choose(PLAN, Request(attributes), roster, turns)
        if found.turns is not None:
            turns[found.pool] = found.turns
        yield found.pool, found.colleague.user if found.colleague else ""


def theirs(count: int, away: float, pick: Choose) -> Iterator[tuple[str, str]]:
    """Route by another rule to whoever of the pool is there."""
    loads: Counter[str] = Counter()
    for attributes, absent in days(count, away):
        alps = attributes["country"] in ("AT", "CH")
        pool = next(
            each for each in PLAN.pools if each.name == ("alps" if alps else attributes["product_line"])
        )
        there = [user for user in pool.reps if user not in absent]
        owner = pick(pool, there, loads) if there else ""
        loads[owner] += 1
        yield pool.name, owner


LOTS = random.Random(3)


def lots(pool: Pool, there: Sequence[str], _: Counter[str]) -> str:
    """Draw lots."""
    return LOTS.choice(list(there))


def least_loaded(pool: Pool, there: Sequence[str], loads: Counter[str]) -> str:
    """Take whoever has got the least so far."""
    return min(there, key=lambda user: loads[user])


def difference(owners: Sequence[tuple[str, str]]) -> int:
    """How far the loads within a pool lie apart, at the most."""
    loads = Counter(owners)
    return max(
        max(loads[pool.name, user] for user in pool.reps) - min(loads[pool.name, user] for user in pool.reps)
        for pool in PLAN.pools
    )


def longest_run(owners: Sequence[tuple[str, str]]) -> int:
    """How many handoffs of a pool in a row went to the same rep while others were there, at the most."""
    last: dict[str, tuple[str, int]] = {}
    longest = 0
    for pool, owner in owners:
        before, run = last.get(pool, ("", 0))
        run = run + 1 if owner == before else 1
        last[pool] = (owner, run)
        longest = max(longest, run)
    return longest


def measure(count: int) -> dict[str, object]:
    """Run all of it."""
    began = time.perf_counter()
    mine = list(ours(count, 0.0))
    seconds = time.perf_counter() - began
    again = hashlib.sha256(repr(list(ours(count, 0.0))).encode()).digest()
    absent = list(ours(count, 0.1))
    return {
        "handoffs": count,
        "microseconds_each": round(seconds / count * 1e6, 1),
        "same_owners": hashlib.sha256(repr(mine).encode()).digest() == again,
        "load_difference": {
            "smarketing": difference(mine),
            "least_loaded": difference(list(theirs(count, 0.0, least_loaded))),
            "lots": difference(list(theirs(count, 0.0, lots))),
        },
        "most_in_a_row": {
            "smarketing": longest_run(absent),
            "least_loaded": longest_run(list(theirs(count, 0.1, least_loaded))),
            "lots": longest_run(list(theirs(count, 0.1, lots))),
        },
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--handoffs", type=int, default=100_000, help="how many (100,000)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    arguments = parser.parse_args()
    figures = measure(arguments.handoffs)
    if arguments.json:
        print(json.dumps(figures))
        return
    for name, value in figures.items():
        print(f"{name:18} {value}")


if __name__ == "__main__":
    main()
