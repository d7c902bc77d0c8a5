"""What activities and cases tell is recorded once, whichever way, and however often, they come."""

from dataclasses import replace

import pytest

from chalicelib.domain.activity import Activity
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.may_send import paused_purposes
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.domain.scoring import score_at
from chalicelib.domain.support_case import SupportCase
from chalicelib.playbook.compiler import compile_playbook
from chalicelib.services.tell_facts import Fact, Telling
from smarketing.playbook_files import read_playbook
from tests.domain.builders import day
from tests.services.world import World, make_quick_world

CONTACT = person_key("contact", "0035g00000AbCdE")
CALL = Activity("task", "00T5g00000AbCdE", CONTACT, day(1), day(1), "call")


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(compile_playbook(read_playbook()))


@pytest.fixture
def world(compiled: Compiled) -> World:
    return make_quick_world(compiled=compiled, now=day(1))


def tell(world: World, *facts: Fact, on: float) -> None:
    world.now = day(on)
    telling = Telling(lambda: world.compiled.model.activities, world.persons, world.clock)
    world.record(*telling(facts))


def kinds(world: World, key: PersonKey = CONTACT) -> list[str]:
    history = sorted(world.persons.history(world.person(key)), key=lambda each: each.position)
    return [each.kind for each in history]


def is_paused(world: World, purpose: str = "newsletter") -> bool:
    mailing = world.person(CONTACT).mailing
    return purpose in paused_purposes(world.compiled, mailing, world.now)


def test_a_call_is_recorded_once_and_scores(world: World) -> None:
    tell(world, CALL, on=1)
    tell(world, CALL, replace(CALL, subject="Corrected"), on=2)

    person = world.person(CONTACT)
    assert kinds(world) == ["sales_called"]
    assert score_at(world.compiled.scoring, person.score, world.now).total == 5


def test_sales_does_not_read_its_own_call_as_a_touchpoint(world: World) -> None:
    tell(world, CALL, on=1)

    assert not [key for key in world.commands() if key.startswith("touchpoint#")]
    assert world.person(CONTACT).last_touchpoint is None


def test_a_case_pauses_what_the_playbook_names_until_it_is_closed(world: World) -> None:
    opened = SupportCase("5005g00000AbCdE", CONTACT, day(1), day(1))
    tell(world, opened, on=1)
    running = is_paused(world)
    tell(world, replace(opened, changed_at=day(3), closed_at=day(3)), on=3)

    assert (running, is_paused(world)) == (True, False)


def test_a_case_that_is_opened_again_pauses_again(world: World) -> None:
    opened = SupportCase("5005g00000AbCdE", CONTACT, day(1), day(1))
    tell(world, opened, on=1)
    tell(world, replace(opened, changed_at=day(3), closed_at=day(3)), on=3)
    for on in (5, 6, 7):
        tell(world, replace(opened, changed_at=day(on)), on=on)

    assert kinds(world) == ["support_case_opened", "support_case_closed", "support_case_opened"]
    assert is_paused(world)


def test_a_case_of_somebody_unknown_makes_them_known(world: World) -> None:
    tell(world, SupportCase("5005g00000AbCdE", CONTACT, day(1), day(2)), on=2)

    assert kinds(world) == ["support_case_opened"]
