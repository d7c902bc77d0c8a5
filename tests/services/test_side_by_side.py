"""Workers that record at the same time lose nothing and count nothing twice."""

import random
import threading
from collections.abc import Callable, Sequence

import pytest

from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.interest import PersonId
from chalicelib.errors import Retryable
from chalicelib.services.record_engagements import by_person, record_engagements
from tests.services.test_any_order import KEYS, people, recorded
from tests.services.world import World, make_quick_world, opted_in, told

WORKERS = 6
LATENCY = 0.001
"""Seconds that a call to the table takes, so that workers really meet."""


def at_the_same_time(work: Callable[[int], None]) -> None:
    barrier = threading.Barrier(WORKERS)

    def begin(number: int) -> None:
        barrier.wait()
        work(number)

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def until_recorded(world: World, message: Sequence[Engagement]) -> None:
    """Let a message come again as often as it takes, as the queue does."""
    for _ in range(20):
        try:
            record_engagements(message, world.recording())
        except Retryable:
            continue
        return
    pytest.fail("a message never got through")


def test_workers_on_one_person_lose_nothing() -> None:
    world = make_quick_world(LATENCY)
    parts = [[told("page_viewed", at, name=f"{number}") for at in range(8)] for number in range(WORKERS)]
    at_the_same_time(lambda number: until_recorded(world, parts[number]))
    assert world.person().engagements == 8 * WORKERS
    assert people(world) == people(recorded(parts))


def test_workers_that_have_the_same_message_record_it_once() -> None:
    world = make_quick_world(LATENCY)
    message = [told("form_submitted", at, keys=[KEYS[at % 3]]) for at in range(9)]
    at_the_same_time(lambda _: until_recorded(world, message))
    assert people(world) == people(recorded([message]))


def test_workers_that_meet_an_unknown_person_make_one() -> None:
    world = make_quick_world(LATENCY)
    at_the_same_time(lambda number: until_recorded(world, [told(name=str(number))]))
    assert len(list(world.persons.everyone())) == 1
    assert world.person().engagements == WORKERS


def test_workers_open_one_interest() -> None:
    world = make_quick_world(LATENCY)
    world.record(opted_in(98))
    at_the_same_time(lambda number: until_recorded(world, [told("demo_requested", 99, name=str(number))]))
    assert len(world.persons.interests(world.person())) == 1


@pytest.mark.parametrize("seed", range(10))
def test_workers_that_merge_persons_criss_cross_end_with_one(seed: int) -> None:
    chance = random.Random(seed)
    messages = [
        [told("page_viewed", at, keys=chance.sample(KEYS, 2), name=f"{number}") for at in range(4)]
        for number in range(WORKERS)
    ]
    messages[0].append(told(on=50, keys=KEYS))
    world = make_quick_world(LATENCY)
    at_the_same_time(lambda number: until_recorded(world, messages[number]))
    assert people(world) == people(recorded(messages))
    assert len(list(world.persons.everyone())) == 1


def test_engagements_of_one_person_are_one_workers_even_if_only_the_last_says_so() -> None:
    subscriber, stranger = person_key("subscriber", "7:41"), person_key("lead", "00Q1")
    one = [told(on=1, keys=[KEYS[0]]), told(on=2, keys=[subscriber]), told(on=3, keys=[KEYS[0], subscriber])]
    another = [told(on=2, keys=[stranger])]
    assert by_person([one[0], another[0], *one[1:]], lambda _: None) == [one, another]


def test_engagements_under_two_keys_of_a_known_person_are_one_workers() -> None:
    message = [told(on=1, keys=[KEYS[0]]), told(on=2, keys=[KEYS[1]])]
    assert by_person(message, lambda _: PersonId("known")) == [message]
