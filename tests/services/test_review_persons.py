"""Time passes, or a new playbook comes: persons are asked for and reviewed."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.engagement import person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Review, decode
from chalicelib.domain.qualification import compile_model
from chalicelib.errors import Retryable
from chalicelib.gateways.store.persons import Outcome
from chalicelib.services.review_persons import (
    MOST_PERSONS,
    TRIES,
    ask_for_reviews,
    review_due,
    review_persons,
)
from tests.domain.builders import day
from tests.domain.presses import opted_in, playbook, told
from tests.services.world import World, make_quick_world

EMAIL = person_key("email", "a@example.com")
OTHER = person_key("email", "b@example.com")


@pytest.fixture
def world() -> World:
    return make_quick_world()


class Queue:
    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, bodies: Iterable[str]) -> None:
        self.bodies += bodies

    @property
    def asked(self) -> list[tuple[PersonId, ...]]:
        return [message.persons for message in map(decode, self.bodies) if isinstance(message, Review)]


def warm(world: World, key: str = "a@example.com") -> PersonId:
    """Somebody whose score will fall under a gate."""
    keys = [person_key("email", key)]
    world.record(told("form_submitted", 99, keys=keys), told("form_submitted", 99.5, keys=keys))
    return world.person(keys[0]).id


def test_only_those_are_asked_for_whose_time_has_come(world: World) -> None:
    person = warm(world)
    world.record(told(on=99, keys=[OTHER]))
    queue = Queue()
    review_due(world.due, queue, world.clock)
    assert queue.asked == []
    world.now = day(150)
    review_due(world.due, queue, world.clock)
    assert queue.asked == [(person,)]


def test_nobody_is_due_twice_for_the_same_fall(world: World) -> None:
    person = warm(world)
    world.now = day(150)
    review_persons([person], world.persons, world.compiled, world.clock)
    assert list(world.due.until(world.now)) == []


def test_everyone_may_be_asked_for_in_messages_of_a_hundred() -> None:
    queue = Queue()
    ask_for_reviews((PersonId(f"P{number}") for number in range(MOST_PERSONS + 1)), queue)
    assert [len(each) for each in queue.asked] == [MOST_PERSONS, 1]


def test_a_new_playbook_opens_what_its_gates_let_through(world: World) -> None:
    # given somebody who does not reach the gate
    world.record(opted_in(98), told("form_submitted", 99.9))
    # when a new playbook gives twice the points and everyone is reviewed
    rules = tuple(replace(rule, points=2 * rule.points) for rule in playbook().rules)
    world.compiled = compile_model(replace(playbook(), version="next", rules=rules))
    review_persons(list(world.persons.everyone()), world.persons, world.compiled, world.clock)
    # then
    assert world.person().playbook == "next"
    assert [each.gate for each in world.persons.interests(world.person())] == ["strong_interest"]


def test_somebody_who_was_absorbed_since_is_reviewed_as_the_survivor_once(world: World) -> None:
    for key in (EMAIL, OTHER):
        world.record(told(on=98, keys=[key]))
    ids = [world.person(EMAIL).id, world.person(OTHER).id]
    world.record(told(on=99, keys=[EMAIL, OTHER]))
    before = world.person().version
    review_persons(ids, world.persons, world.compiled, world.clock)
    assert world.person().version == before + 1


def test_somebody_who_is_gone_is_passed_over(world: World) -> None:
    review_persons([PersonId("01ARYZ6S410000000000000000")], world.persons, world.compiled, world.clock)
    assert world.items() == []


class Busy:
    """A store in which one person keeps being changed by others."""

    def __init__(self, world: World, person: PersonId, times: int) -> None:
        self._persons = world.persons
        self._person = person
        self.times = times
        self.load, self.history = world.persons.load, world.persons.history
        self.interest = world.persons.interest

    def commit(self, change: Change) -> Outcome:
        if change.person.id == self._person and self.times > 0:
            self.times -= 1
            return "conflict"
        return self._persons.commit(change)


def test_a_person_whom_others_changed_is_read_and_reviewed_again(world: World) -> None:
    person = warm(world)
    review_persons([person], Busy(world, person, 2), world.compiled, world.clock)
    assert world.person().version == 3


def test_a_person_who_keeps_changing_comes_again_and_the_others_are_reviewed(world: World) -> None:
    first, second = warm(world), warm(world, OTHER.value)
    with pytest.raises(Retryable, match="others keep changing it"):
        review_persons([first, second], Busy(world, first, TRIES), world.compiled, world.clock)
    assert (world.person(EMAIL).version, world.person(OTHER).version) == (2, 3)
