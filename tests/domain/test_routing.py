"""Who in sales takes an interest over: each rule of the order, and the explanation that goes with it."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.model import Condition
from chalicelib.domain.routing import Choice, Colleague, Request, choose, users_of
from chalicelib.domain.routing_plan import Pool, Rep, RoutingPlan, by_user
from chalicelib.domain.turns import Turns

PLAN = RoutingPlan(
    reps=by_user((Rep("anna@x.example", "office"), Rep("ben@x.example", "office", most_open=3))),
    pools=(
        Pool("alps", (Condition("country", "in", ("AT", "CH")),), ("ben@x.example",), "lead@x.example"),
        Pool("rest", (), ("anna@x.example", "ben@x.example"), "lead@x.example"),
    ),
    fallback="Sales",
)
PEOPLE = {
    name: Colleague(f"{name}@x.example", f"005{name}", name.title())
    for name in ("anna", "ben", "lead", "zoe")
}


def roster(**changes: dict[str, Any]) -> dict[str, Colleague]:
    people = {name: replace(each, **changes.get(name, {})) for name, each in PEOPLE.items()}
    return {each.user: each for each in people.values()}


def choice(
    request: Request | None = None,
    turns: dict[str, Turns] | None = None,
    plan: RoutingPlan = PLAN,
    **changes: dict[str, Any],
) -> Choice:
    return choose(plan, request or Request({"country": "DE"}), roster(**changes), turns or {})


def name_of(found: Choice) -> str | None:
    return found.colleague.name if found.colleague else None


def test_whom_sales_support_chose_stays() -> None:
    found = choice(Request({}, owner="ben@x.example"))

    assert (found.how, name_of(found), found.why) == ("chosen", "Ben", ("Sales Support chose you.",))


def test_an_agent_who_passes_it_on_does_not_keep_it() -> None:
    assert choice(Request({}, owner="zoe@x.example")).how == "turn"


def test_the_owner_of_the_account_comes_before_any_pool() -> None:
    found = choice(Request({}, account_owner="ben@x.example", account="Berger"))

    assert (found.how, name_of(found), found.why) == ("account", "Ben", ("You own the Account Berger.",))


@pytest.mark.parametrize(
    ("owner", "changes", "said"),
    [
        ("ben@x.example", {"ben": {"absent_until": "2026-03-09"}}, "is away until 2026-03-09"),
        ("ben@x.example", {"ben": {"active": False}}, "is inactive"),
        ("ben@x.example", {"ben": {"open": 3}}, "has 3 open interests of at most 3"),
        ("zoe@x.example", {}, "is no rep of the playbook"),
    ],
)
def test_an_account_owner_who_can_not_is_passed_over_and_it_is_said_why(
    owner: str, changes: dict[str, Any], said: str
) -> None:
    found = choice(Request({}, account_owner=owner, account="Berger"), **changes)

    assert (found.how, name_of(found)) == ("turn", "Anna")
    assert found.why[0] == f"The owner of the Account Berger {said}."


def test_the_account_s_owner_is_not_asked_where_the_playbook_does_not_want_it() -> None:
    plan = replace(PLAN, account_owner_first=False)

    assert choice(Request({}, account_owner="ben@x.example"), plan=plan).how == "turn"


def test_the_first_pool_that_holds_is_meant() -> None:
    found = choice(Request({"country": "at"}))

    assert (found.pool, name_of(found)) == ("alps", "Ben")
    assert found.why[0] == "Pool alps: country at."


def test_turns_go_on_where_they_stood() -> None:
    first = choice()
    assert first.turns is not None

    second = choice(turns={"rest": first.turns})

    assert [name_of(first), name_of(second)] == ["Anna", "Ben"]
    assert second.why[1] == "It is your turn: number 1 of yours, with capacity 1."


def test_who_is_not_there_is_named_with_the_reason() -> None:
    found = choice(anna={"absent_until": "2026-03-09"})

    assert name_of(found) == "Ben"
    assert found.why[-1] == "Not there: anna@x.example (is away until 2026-03-09)."


def test_who_owns_the_account_uses_up_a_turn_of_their_pool() -> None:
    found = choice(Request({}, account_owner="Anna@x.example"))
    assert found.turns is not None

    assert name_of(choice(turns={"rest": found.turns})) == "Ben"


def test_where_nobody_of_the_pool_is_there_the_lead_gets_it() -> None:
    found = choice(Request({"country": "AT"}), ben={"active": False})

    assert (found.how, name_of(found)) == ("lead", "Lead")


def test_where_nobody_is_there_at_all_it_goes_to_the_queue() -> None:
    found = choice(Request({"country": "AT"}), ben={"active": False}, lead={"absent_until": "2026-03-09"})

    assert (found.how, found.colleague) == ("fallback", None)
    assert "Nobody of the pool is there." in found.why


def test_what_belongs_to_no_pool_goes_to_the_queue() -> None:
    found = choice(plan=replace(PLAN, pools=PLAN.pools[:1]))

    assert (found.how, found.why) == ("fallback", ("No pool's conditions hold.",))


def test_who_is_unknown_in_salesforce_gets_nothing() -> None:
    people = {"anna@x.example": PEOPLE["anna"]}

    found = choose(PLAN, Request({"country": "AT"}), people, {})

    assert found.why[1] == "Not there: ben@x.example (unknown in Salesforce)."


def test_everybody_who_may_get_something_is_asked_for_once() -> None:
    assert users_of(PLAN) == ("anna@x.example", "ben@x.example", "lead@x.example")


def test_the_load_of_equals_differs_by_at_most_one_over_many_handoffs() -> None:
    plan = replace(PLAN, reps=by_user(replace(each, most_open=None) for each in PLAN.reps.values()))
    turns: dict[str, Turns] = {}
    loads: Counter[str | None] = Counter()
    for _ in range(1_000):
        found = choice(turns=turns, plan=plan)
        assert found.turns is not None
        turns[found.pool] = found.turns
        loads[name_of(found)] += 1
        assert abs(loads["Anna"] - loads["Ben"]) <= 1
