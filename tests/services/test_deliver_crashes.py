"""A delivery that is broken off anywhere and delivered again ends as if nothing had happened."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from tests.gateways.salesforce.commands import interest, person, touchpoint
from tests.services.delivery_world import DeliveryWorld

CALLS = ("pending", "remove", "park", "send")


class BrokenOffError(Exception):
    """The function was broken off."""


class Saboteur:
    """Breaks off before or after the calls with the given numbers; an odd number means after."""

    def __init__(self, points: Sequence[int]) -> None:
        self._points = set(points)
        self._next = 0

    def watch(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*arguments: Any) -> Any:
            self._pass()
            result = call(*arguments)
            self._pass()
            return result

        return watched

    @property
    def passed(self) -> int:
        return self._next

    def _pass(self) -> None:
        point, self._next = self._next, self._next + 1
        if point in self._points:
            raise BrokenOffError


def run(points: Sequence[int] = ()) -> tuple[object, int]:
    """Deliver a person, what hangs on it, a converted Lead and a refusal; give the end and the points."""
    world = DeliveryWorld()
    lead, contact = world.crm.new("00Q"), world.crm.new("003")
    lead.converted_to = contact.id
    references = world.put(
        person(1),
        interest(1),
        touchpoint(1, person=1, contact_id=None),
        person(2, lead_id=lead.id),
        touchpoint(2, person=2, contact_id="003999999999999"),
    )
    saboteur = Saboteur(points)
    for name in CALLS:
        setattr(world, name, saboteur.watch(getattr(world, name)))
    world.crm.write = saboteur.watch(world.crm.write)  # type: ignore[method-assign]
    for _ in range(len(points) + 1):
        try:
            world.deliver(references)
        except BrokenOffError:
            continue
        break
    told = {each.id: each for each in world.links}
    return (world.crm.records, world.items, world.parked, told), saboteur.passed


def points() -> range:
    return range(run()[1])


@pytest.mark.parametrize("point", points())
def test_one_crash_changes_nothing(point: int) -> None:
    assert run([point])[0] == run()[0]


def test_no_two_crashes_change_anything() -> None:
    undisturbed = run()[0]
    for pair in itertools.combinations(range(2 * len(points())), 2):
        assert run(pair)[0] == undisturbed, pair
