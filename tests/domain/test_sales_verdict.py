"""What sales last made of a person's interests, with reason, amount and day."""

from dataclasses import replace

import pytest

from chalicelib.domain.qualification import compile_model
from chalicelib.domain.sales_verdict import SalesVerdict, sales_verdict
from tests.domain.builders import day
from tests.domain.presses import opted_in, playbook, told
from tests.domain.test_following import LIFECYCLE, OPPORTUNITY
from tests.services.world import World, make_quick_world


@pytest.fixture
def world() -> World:
    """A person with an interest in presses that sales has accepted."""
    world = make_quick_world(compiled=compile_model(replace(playbook(), lifecycle=LIFECYCLE)))
    world.now = day(1)
    world.record(opted_in(0), told("demo_requested", 1))
    for number, stage in enumerate(("sql", "accepted"), start=2):
        step(world, number, "interest_changed", interest_id=interest(world), stage=stage)
    return world


def interest(world: World) -> str:
    return str(world.person().interests["presses"].id)


def step(world: World, on: float, kind: str, **attributes: str | float) -> None:
    world.now = day(on)
    world.record(told(kind, on, name=str(attributes), **attributes))


def verdict(world: World) -> SalesVerdict | None:
    return sales_verdict(world.compiled.model.lifecycle, world.person())


def test_nothing_was_said_before_sales_has_it() -> None:
    world = make_quick_world(compiled=compile_model(replace(playbook(), lifecycle=LIFECYCLE)))
    world.now = day(1)
    world.record(opted_in(0), told("demo_requested", 1))

    assert verdict(world) is None


def test_a_won_opportunity_tells_its_amount_and_day(world: World) -> None:
    step(world, 4, "opportunity_opened", opportunity=OPPORTUNITY, amount=80_000)
    opened = verdict(world)
    step(world, 9, "opportunity_won", opportunity=OPPORTUNITY, amount=95_500.5)

    assert opened == SalesVerdict(day(4), "presses", "opportunity", None, 80_000.0)
    assert verdict(world) == SalesVerdict(day(9), "presses", "customer", None, 95_500.5)


def test_a_lost_opportunity_tells_its_reason_and_what_it_was_worth(world: World) -> None:
    step(world, 4, "opportunity_opened", opportunity=OPPORTUNITY, amount=80_000)
    step(world, 9, "opportunity_lost", opportunity=OPPORTUNITY)

    assert verdict(world) == SalesVerdict(day(9), "presses", "rejected", "lost", 80_000.0)


def test_it_does_not_matter_in_which_order_amounts_come(world: World) -> None:
    won = told("opportunity_won", 9, name="won", opportunity=OPPORTUNITY, amount=95_000)
    opened = told("opportunity_opened", 4, name="opened", opportunity=OPPORTUNITY, amount=80_000)
    world.now = day(10)

    world.record(won)
    world.record(opened)

    assert verdict(world) == SalesVerdict(day(9), "presses", "customer", None, 95_000.0)


def test_a_rejection_tells_its_reason_and_no_amount(world: World) -> None:
    step(
        world,
        5,
        "interest_changed",
        interest_id=interest(world),
        stage="rejected",
        reason="no_budget",
        actor="0055g00000AbCdEAAV",
    )

    assert verdict(world) == SalesVerdict(day(5), "presses", "rejected", "no_budget", None)
    [row] = [each for each in world.persons.steps(world.person()) if each.target == "rejected"]
    assert (row.source, row.actor, row.reason) == ("accepted", "0055g00000AbCdEAAV", "no_budget")


def test_the_next_push_is_to_look_at_the_person_once_for_each_verdict(world: World) -> None:
    [(person, first)] = row_commands(world).items()
    step(world, 5, "page_viewed")
    unchanged = row_commands(world)
    step(world, 6, "interest_changed", interest_id=interest(world), stage="rejected", reason="no_budget")

    assert unchanged == {person: first}
    assert row_commands(world)[person] > first


def row_commands(world: World) -> dict[str, int]:
    """The commands for the next push that wait, with the version of the person that made them."""
    return {
        item["sk"]["S"].removeprefix("OUTBOX#"): int(item["version"]["N"])
        for item in world.items()
        if item["sk"]["S"].startswith("OUTBOX#row#")
    }
