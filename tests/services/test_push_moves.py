"""One person, one row: Leads that are converted, records that are merged, several records of somebody."""

import pytest

from chalicelib.domain.sync import Platform
from tests.services.fake_automation import FakeAutomation
from tests.services.push_world import CONTACT, LEAD, OTHER_CONTACT, OTHER_LEAD, PushWorld

PLATFORMS: tuple[Platform, ...] = ("account_engagement", "marketing_cloud")


@pytest.fixture(params=PLATFORMS)
def world(request: pytest.FixtureRequest) -> PushWorld:
    return PushWorld((FakeAutomation(request.param),))


def test_a_contact_has_the_row_before_a_lead(world: PushWorld) -> None:
    world.permit(LEAD, CONTACT)
    for name in (LEAD, CONTACT):
        world.crm.put(name, world.now)

    world.push()

    assert world.automation.records == {CONTACT}
    assert world.state(LEAD).stands_back_for == CONTACT


def test_of_two_contacts_the_lowest_id_has_the_row(world: PushWorld) -> None:
    world.permit(OTHER_CONTACT, CONTACT)
    for name in (OTHER_CONTACT, CONTACT):
        world.crm.put(name, world.now)

    world.push()

    assert world.automation.records == {CONTACT}


def test_a_converted_lead_gives_its_row_to_the_contact(world: PushWorld) -> None:
    world.customer(LEAD)
    world.push()
    world.wait()
    world.tell(LEAD, CONTACT, kind="lead_converted")
    world.crm.convert(LEAD, CONTACT, world.now)

    world.push()

    assert world.automation.records == {CONTACT}
    assert (world.state(LEAD).held, world.state(LEAD).verdict.gone) == (False, True)


def test_a_conversion_makes_no_second_prospect() -> None:
    world = PushWorld((FakeAutomation("account_engagement"),))
    world.customer(LEAD)
    world.push()
    before = set(world.automation.rows)
    world.wait()
    world.tell(LEAD, CONTACT, kind="lead_converted")
    world.crm.convert(LEAD, CONTACT, world.now)
    world.crm.put(CONTACT, world.now, "new@example.com")
    world.tell(CONTACT, email="new@example.com")

    world.push()

    assert (set(world.automation.rows), world.automation.made) == (before, 1)
    assert "withdraw" not in world.automation.calls


def test_a_conversion_is_followed_before_the_store_learns_of_it(world: PushWorld) -> None:
    world.customer(LEAD)
    world.push()
    world.wait()
    world.crm.convert(LEAD, CONTACT, world.now)

    world.push()

    assert world.automation.records == {CONTACT}


def test_a_contact_that_did_not_change_itself_takes_over_from_a_converted_lead(world: PushWorld) -> None:
    world.permit(LEAD, CONTACT)
    world.crm.put(LEAD, world.now)
    world.push()
    world.wait(60)
    world.crm.put(CONTACT, world.now)
    world.crm.convert(LEAD, CONTACT, world.now)
    contact = world.crm.held.pop(CONTACT)
    world.crm.records = lambda names: iter([contact] if CONTACT in names else [])  # type: ignore[method-assign]

    world.push()

    assert world.automation.records == {CONTACT}


def test_a_merged_contact_gives_its_row_to_the_survivor(world: PushWorld) -> None:
    world.customer(CONTACT)
    world.push()
    world.wait()
    world.tell(CONTACT, OTHER_CONTACT, kind="record_changed")
    world.crm.put(OTHER_CONTACT, world.now)
    world.crm.delete(CONTACT, world.now, merged_into=OTHER_CONTACT)

    world.push()

    assert (world.automation.records, world.state(CONTACT).held) == ({OTHER_CONTACT}, False)


def test_a_merged_contact_whose_survivor_has_a_row_leaves_one(world: PushWorld) -> None:
    world.customer(CONTACT)
    world.customer(OTHER_CONTACT, "b@example.com")
    world.push()
    world.wait()
    world.tell(CONTACT, OTHER_CONTACT, kind="record_changed")
    world.crm.put(OTHER_CONTACT, world.now, "b@example.com", last_name="Schwarz")
    world.crm.delete(CONTACT, world.now, merged_into=OTHER_CONTACT)

    world.push()

    assert world.automation.records == {OTHER_CONTACT}
    assert len(world.automation.rows) == 1


def test_when_the_record_with_the_row_is_deleted_the_next_one_gets_it(world: PushWorld) -> None:
    world.permit(LEAD, CONTACT)
    for name in (LEAD, CONTACT):
        world.crm.put(name, world.now)
    world.wait(60)
    world.push()
    world.crm.delete(CONTACT, world.now)

    world.push()

    assert world.automation.records == {LEAD}


def test_two_persons_that_turn_out_to_be_one_keep_one_row(world: PushWorld) -> None:
    world.customer(LEAD)
    world.customer(OTHER_LEAD, "b@example.com")
    world.push()
    world.wait()
    world.tell(LEAD, OTHER_LEAD, kind="record_changed")
    world.crm.put(OTHER_LEAD, world.now, "b@example.com")

    world.push()

    assert (world.automation.records, len(world.automation.rows)) == ({LEAD}, 1)


def test_of_several_rows_one_goes_over_and_the_others_are_taken_away(world: PushWorld) -> None:
    for number, name in enumerate((LEAD, OTHER_LEAD, OTHER_CONTACT)):
        world.customer(name, f"p{number}@example.com")
    world.push()
    world.wait()
    world.tell(LEAD, OTHER_LEAD, OTHER_CONTACT, CONTACT, email="p0@example.com", kind="record_changed")
    world.crm.put(CONTACT, world.now, "p0@example.com")

    world.push()

    assert (world.automation.records, len(world.automation.rows)) == ({CONTACT}, 1)


def test_a_change_of_the_lead_does_not_touch_the_contacts_row(world: PushWorld) -> None:
    world.permit(LEAD, CONTACT)
    for name in (LEAD, CONTACT):
        world.crm.put(name, world.now)
    world.push()
    calls = dict(world.automation.calls)
    world.wait()
    world.crm.put(LEAD, world.now, last_name="Schwarz")

    world.push()

    assert world.automation.calls == calls


def test_a_withdrawal_is_followed_though_only_the_lead_changed(world: PushWorld) -> None:
    world.permit(LEAD, CONTACT)
    for name in (LEAD, CONTACT):
        world.crm.put(name, world.now)
    world.push()
    world.wait()
    world.withdraw()
    world.crm.put(LEAD, world.now)

    world.push()

    assert (world.automation.rows, world.state(CONTACT).outcome) == ({}, "withdrawn")
