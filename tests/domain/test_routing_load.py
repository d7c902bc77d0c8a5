"""Routing at length: many handoffs over several pools share the load fairly and repeatably."""

import hashlib
from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.model import Condition
from chalicelib.domain.routing import Choice, Colleague, Request, choose
from chalicelib.domain.routing_plan import Pool, Rep, RoutingPlan, by_user
from chalicelib.domain.turns import Turns
from tests.domain.builders import seeded

HANDOFFS = 100_000
LINES, COUNTRIES = ("presses", "lasers", "services"), ("DE", "AT", "CH", "FR", "IT")
REPS = tuple(f"rep{number:02}@x.example" for number in range(24))
PLAN = RoutingPlan(
    reps=by_user(Rep(user, "office") for user in REPS),
    pools=(
        Pool("alps", (Condition("country", "in", ("AT", "CH")),), REPS[:5]),
        *(
            Pool(line, (Condition("product_line", "equals", line),), REPS[5 + 6 * place : 11 + 6 * place])
            for place, line in enumerate(LINES)
        ),
    ),
)
ROSTER = {user: Colleague(user, f"005{user}", user) for user in REPS}


def handoffs(count: int) -> Iterator[Choice]:
    chance, turns = seeded(5), dict[str, Turns]()
    for _ in range(count):
        attributes = {"product_line": chance.choice(LINES), "country": chance.choice(COUNTRIES)}
        found = choose(PLAN, Request(attributes), ROSTER, turns)
        if found.turns is not None:
            turns[found.pool] = found.turns
        yield found


def test_loads_of_equal_reps_differ_by_at_most_one_per_pool_after_every_handoff() -> None:
    loads = {pool.name: Counter(dict.fromkeys(pool.reps, 0)) for pool in PLAN.pools}
    for found in handoffs(HANDOFFS):
        assert found.colleague is not None
        of = loads[found.pool]
        of[found.colleague.user] += 1
        # Only whoever just got one can have become one ahead of another.
        assert of[found.colleague.user] - min(of.values()) <= 1
    assert sum(sum(of.values()) for of in loads.values()) == HANDOFFS


def test_the_same_input_gives_the_same_owners() -> None:
    def owners() -> str:
        told = hashlib.sha256()
        for found in handoffs(10_000):
            told.update(f"{found.pool} {found.colleague} {found.why}".encode())
        return told.hexdigest()

    assert owners() == owners()
