"""Who was taken out of a platform and may be written to again: the platform has to be told both."""

import pytest

from tests.services.push_world import CONTACT, LEAD, PushWorld


@pytest.fixture
def world() -> PushWorld:
    """Somebody with a row."""
    world = PushWorld()
    world.customer()
    world.push()
    world.wait()
    return world


def leave(world: PushWorld) -> None:
    world.withdraw()
    world.crm.put(CONTACT, world.now)
    world.push()
    world.wait()


def come_back(world: PushWorld, name: str = CONTACT) -> None:
    world.permit(name)
    world.crm.put(name, world.now)
    world.push()
    world.wait()


def written(world: PushWorld) -> tuple[str, bool]:
    [row] = world.automation.rows.values()
    return row.record, row.silenced


def test_a_row_that_was_never_taken_away_was_not_silenced(world: PushWorld) -> None:
    assert written(world) == (CONTACT, False)


def test_a_row_comes_back_as_one_that_was_silenced(world: PushWorld) -> None:
    leave(world)

    come_back(world)

    assert written(world) == (CONTACT, True)


def test_once_it_is_back_it_is_a_row_like_any_other(world: PushWorld) -> None:
    leave(world)
    come_back(world)
    world.crm.put(CONTACT, world.now, last_name="Other")

    world.push()

    assert written(world) == (CONTACT, False)


def test_it_stays_silenced_until_it_is_written(world: PushWorld) -> None:
    leave(world)
    world.automation.refused.add(CONTACT)
    come_back(world)
    world.automation.refused.clear()
    world.crm.put(CONTACT, world.now, last_name="Other")

    world.push()

    assert written(world) == (CONTACT, True)


def test_another_record_of_the_person_takes_a_silenced_row_over(world: PushWorld) -> None:
    world.crm.delete(CONTACT, world.now)
    world.push()
    world.wait()

    come_back(world, LEAD)

    assert written(world) == (LEAD, True)
