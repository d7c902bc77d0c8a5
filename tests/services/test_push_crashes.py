"""Wherever a push is broken off, the runs after it end as if nothing had happened."""

from collections.abc import Callable, Collection

import pytest

from tests.services.fake_automation import FakeAutomation
from tests.services.push_world import CONTACT, LEAD, OTHER_CONTACT, OTHER_LEAD, PushWorld
from tests.services.whole_way import BrokenOff, Saboteur

MOST_RUNS = 50


def world_of(saboteur: Saboteur) -> PushWorld:
    automations = (
        FakeAutomation("account_engagement", most_rows=2),
        FakeAutomation("marketing_cloud", most_rows=2),
    )
    return PushWorld(automations, saboteur.watch)


def push(world: PushWorld) -> None:
    """Run until one gets through."""
    for _ in range(MOST_RUNS):
        try:
            world.push()
        except BrokenOff:
            continue
        return
    raise AssertionError("no run gets through")


def first_rows(points: Collection[int]) -> tuple[object, Saboteur]:
    """Four people, one of whom only asked; one row is refused, one is not processed at first."""
    saboteur = Saboteur(points)
    world = world_of(saboteur)
    for number, name in enumerate((CONTACT, OTHER_CONTACT, LEAD)):
        world.customer(name, f"p{number}@example.com")
    world.tell(OTHER_LEAD, email="p9@example.com")
    world.crm.put(OTHER_LEAD, world.now, "p9@example.com")
    for each in world.automations:
        each.refused.add(OTHER_CONTACT)
        each.skipped[LEAD] = 1
    push(world)
    world.wait()
    push(world)
    return world.end(), saboteur


def changes(points: Collection[int]) -> tuple[object, Saboteur]:
    """Somebody withdraws, a Lead is converted, a Contact is merged away, another one changes."""
    saboteur = Saboteur()
    world = world_of(saboteur)
    world.customer(LEAD)
    world.customer(OTHER_LEAD, "b@example.com")
    third, fourth = "contact:003000000000003", "contact:003000000000004"
    world.customer(third, "c@example.com")
    world.customer(fourth, "d@example.com")
    push(world)
    world.wait(60)
    world.tell(LEAD, CONTACT, kind="lead_converted")
    world.crm.convert(LEAD, CONTACT, world.now)
    world.withdraw("b@example.com")
    world.crm.put(OTHER_LEAD, world.now, "b@example.com")
    world.tell(third, fourth, email="d@example.com", kind="record_changed")
    world.crm.put(fourth, world.now, "d@example.com", last_name="Schwarz")
    world.crm.delete(third, world.now, merged_into=fourth)
    saboteur._points, saboteur.passed = points, 0
    push(world)
    world.wait()
    push(world)
    return world.end(), saboteur


Way = Callable[[Collection[int]], tuple[object, Saboteur]]
WAYS: dict[str, Way] = {"first rows": first_rows, "changes": changes}
UNDISTURBED = {name: way(()) for name, way in WAYS.items()}
POINTS = [(name, point) for name, (_, saboteur) in UNDISTURBED.items() for point in range(saboteur.passed)]


@pytest.mark.parametrize(("name", "point"), POINTS)
def test_one_break_changes_nothing(name: str, point: int) -> None:
    assert WAYS[name]([point])[0] == UNDISTURBED[name][0]


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("step", [5, 7, 11, 17])
def test_a_break_every_few_moments_changes_nothing(name: str, step: int) -> None:
    assert WAYS[name](range(step, 40 * step, 4 * step + 1))[0] == UNDISTURBED[name][0]


def test_the_undisturbed_ways_end_with_one_row_for_each_who_may_be_written_to() -> None:
    ends = {name: [[row[0] for row in rows] for rows in end[1]] for name, (end, _) in UNDISTURBED.items()}  # type: ignore[index]
    fourth = "contact:003000000000004"
    assert ends == {"first rows": [[CONTACT, LEAD]] * 2, "changes": [[CONTACT, fourth]] * 2}
