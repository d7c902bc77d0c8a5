"""When a product line may open an interest again, by the reason that closed the last one."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.instant import DAY, Instant
from chalicelib.domain.model import Recycling
from chalicelib.domain.qualification import compile_model
from tests.domain.builders import day
from tests.domain.presses import opted_in, playbook, told
from tests.services.world import World, make_quick_world

CLOSED_ON = 3


def world_with(**rule: Any) -> World:
    """A world in which `no_budget` recycles like this; the stage itself cools off for 10 days."""
    model = playbook()
    lifecycle = replace(model.lifecycle, recycling={"no_budget": Recycling(**rule)})
    world = make_quick_world(compiled=compile_model(replace(model, lifecycle=lifecycle)))
    world.now = day(1)
    world.record(opted_in(0), told("form_submitted", 0.5), told("form_submitted", 1))
    reject(world, CLOSED_ON)
    return world


def reject(world: World, on: float) -> None:
    [interest] = [each for each in world.person().interests.values() if each.stage == "mql"]
    at(world, on, "interest_changed", interest_id=interest.id, stage="rejected", reason="no_budget")


def at(world: World, on: float, kind: str, **attributes: str) -> None:
    world.now = day(on)
    world.record(told(kind, on, name=str(on), **attributes))


def interests(world: World) -> int:
    return world.person().interests["presses"].number


def test_the_reasons_span_replaces_the_cool_off_of_the_stage() -> None:
    world = world_with(after=30 * DAY)

    at(world, CLOSED_ON + 20, "form_submitted")
    before = interests(world)
    at(world, CLOSED_ON + 31, "form_submitted")

    assert (before, interests(world)) == (1, 2)


def test_a_shorter_span_than_the_stages_opens_earlier() -> None:
    world = world_with(after=DAY)

    at(world, CLOSED_ON + 2, "page_viewed")

    assert interests(world) == 2


def test_afresh_what_sales_judged_already_does_not_count_again() -> None:
    world = world_with(after=DAY, afresh=True)

    at(world, CLOSED_ON + 2, "page_viewed")
    at(world, CLOSED_ON + 2.5, "form_submitted")
    before = interests(world)
    at(world, CLOSED_ON + 3, "form_submitted")

    assert (before, interests(world)) == (1, 2)


def test_afresh_a_hand_that_was_raised_before_the_rejection_is_answered() -> None:
    world = world_with(after=DAY, afresh=True)
    at(world, CLOSED_ON - 0.5, "demo_requested")

    at(world, CLOSED_ON + 2, "page_viewed")

    assert interests(world) == 1


def test_afresh_a_new_hand_opens_at_once() -> None:
    world = world_with(after=DAY, afresh=True)

    at(world, CLOSED_ON + 2, "demo_requested")

    assert interests(world) == 2


def test_a_reason_that_needs_an_engagement_waits_for_it() -> None:
    world = world_with(after=DAY, needs=frozenset({"demo_requested"}))

    at(world, CLOSED_ON + 2, "form_submitted")
    before = interests(world)
    at(world, CLOSED_ON + 3, "demo_requested")

    assert (before, interests(world)) == (1, 2)


@pytest.mark.parametrize("late", [False, True])
def test_it_does_not_matter_in_which_order_the_news_comes(late: bool) -> None:
    world = world_with(after=DAY, afresh=True)
    news = [told("form_submitted", CLOSED_ON + 2), told("form_submitted", CLOSED_ON + 2.5)]

    world.now = Instant(day(CLOSED_ON + 3))
    world.record(*(reversed(news) if late else news))

    assert interests(world) == 2
