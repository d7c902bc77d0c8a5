"""In whatever order engagements come, however often and in whatever messages, they make the same persons."""

import itertools
import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import Engagement, PersonKey, person_key
from chalicelib.domain.ledger import broken_links, folded
from chalicelib.domain.person import Person
from tests.domain.builders import day
from tests.domain.consents import permit, request
from tests.services.world import World, make_quick_world, opted_in, told

KEYS = tuple(person_key("email", f"{name}@example.com") for name in "abcdef")
KINDS = ("page_viewed", "form_submitted", "email_bounced", "email_sent", "demo_requested", "unheard_of")

key_sets = st.one_of(
    *[st.sampled_from(KEYS).map(lambda key: (key,))] * 3,
    st.tuples(st.sampled_from(KEYS), st.sampled_from(KEYS)),
)


CONSENTS = (permit("newsletter"), request("newsletter"), withdrawal(purpose="newsletter"), withdrawal())


@st.composite
def engagements(draw: st.DrawFn, number: int) -> Engagement:
    return told(
        draw(st.sampled_from(KINDS)),
        draw(st.integers(0, 40)),
        keys=draw(key_sets),
        name=str(number),
        # Nobody becomes contactable: when an interest opens is a matter of what is known at that moment.
        consents=draw(st.lists(st.sampled_from(CONSENTS), max_size=2, unique_by=id)),
        profile=draw(st.dictionaries(st.sampled_from(["city", "company"]), st.sampled_from("xyz"))),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Engagement]:
    return [draw(engagements(number)) for number in range(draw(st.integers(1, 14)))]


def shuffled(history: Sequence[Engagement], seed: int) -> list[list[Engagement]]:
    """Messages of some engagements each, in any order, some of them twice."""
    chance = random.Random(seed)
    told_again = [*history, *chance.choices(history, k=len(history) // 3)]
    chance.shuffle(told_again)
    messages: list[list[Engagement]] = []
    while told_again:
        size = chance.randint(1, 5)
        messages.append(told_again[:size])
        del told_again[:size]
    return messages


def timeless(person: Person) -> Person:
    """A person without what tells how they came to be."""
    return replace(person, id=person.id[:0], version=0, absorbed=(), ledger=None)


def people(world: World) -> dict[PersonKey, Person]:
    owners = world.persons.find(KEYS)
    loaded = world.persons.load(set(owners.values()))
    return {key: timeless(loaded[owner]) for key, owner in owners.items()}


def recorded(messages: Sequence[Sequence[Engagement]]) -> World:
    world = make_quick_world()
    for message in messages:
        world.record(*message)
    return world


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 1_000_000))
def test_order_and_repetition_make_no_difference(history: list[Engagement], seed: int) -> None:
    in_order = sorted(history, key=lambda each: each.position)
    assert people(recorded(shuffled(history, seed))) == people(recorded([[each] for each in in_order]))


@settings(max_examples=50, deadline=None)
@given(histories(), st.integers(0, 1_000_000))
def test_the_consent_ledger_adds_up_to_the_state_and_its_chains_hold(
    history: list[Engagement], seed: int
) -> None:
    world = recorded(shuffled(history, seed))
    for person in world.persons.load(world.persons.everyone()).values():
        for each in world.persons.chains(person):
            assert not list(broken_links(each.entries, each.head))
        assert folded(world.persons.consents(person)) == person.consents


@settings(max_examples=50, deadline=None)
@given(histories(), st.integers(0, 1_000_000))
def test_every_engagement_is_kept_exactly_once(history: list[Engagement], seed: int) -> None:
    world = recorded(shuffled(history, seed))
    persons = {person.id: person for person in world.persons.load(world.persons.everyone()).values()}
    kept = [each.id for person in persons.values() for each in world.persons.history(person)]
    assert sorted(kept) == sorted(each.id for each in history)
    assert sum(person.engagements for person in persons.values()) == len(history)


@pytest.mark.parametrize("order", [*itertools.permutations(range(3))])
def test_persons_become_the_same_one_in_whatever_order_they_are_merged(order: tuple[int, ...]) -> None:
    # given three persons, the second of whom asked first
    world = make_quick_world()
    for key, asked in zip(KEYS, (day(98), day(97), day(99)), strict=False):
        world.now = asked
        on = (asked - day(0)) / (day(1) - day(0))
        world.record(opted_in(on, keys=[key]), told("demo_requested", on, keys=[key]))
    world.now = day(100)
    stays = world.person(KEYS[1]).interests["presses"].id
    # when pair after pair turns out to be one
    pairs = list(itertools.combinations(KEYS[:3], 2))
    for number in order:
        world.record(told("email_sent", 99.5, keys=pairs[number], name=str(number)))
    # then they are one person, with the interest that opened first
    person = world.person(KEYS[0])
    assert (person, person) == (world.person(KEYS[1]), world.person(KEYS[2]))
    assert person.engagements == 9
    assert person.interests["presses"].id == stays
    stages = {each.id: each.stage for each in world.persons.interests(person)}
    assert stages.pop(stays) == "mql"
    assert set(stages.values()) == {"rejected"}
