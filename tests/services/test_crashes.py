"""Wherever a function is broken off, when its work comes again it ends as if nothing had happened."""

from collections import Counter
from collections.abc import Collection, Sequence

import pytest

from chalicelib.domain.engagement import person_key
from tests.domain.builders import day
from tests.services.whole_way import Saboteur, WholeWay
from tests.services.world import opted_in, told

EMAIL = person_key("email", "a@example.com")
OTHER = person_key("email", "b@example.com")
SUBSCRIBER = person_key("subscriber", "7:41")
LEAD = person_key("lead", "00Q000000000001")
NAMED = {"first_name": "Anna", "last_name": "Müller", "company": "Weber GmbH"}


def click_to_handoff(points: Collection[int] = ()) -> WholeWay:
    """Somebody whom Salesforce doesn't know asks for a demo: interest, Lead, touchpoints, the Lead's id."""
    way = WholeWay(Saboteur(points))
    way.tell(opted_in(97), told(on=98), told("demo_requested", 99))
    return way


def merge_and_verdict(points: Collection[int] = ()) -> WholeWay:
    """Two persons ask for a demo, turn out to be one, and sales takes the interest over."""
    way = WholeWay(Saboteur(points))
    for on, key in ((97, EMAIL), (98, OTHER)):
        way.tell(opted_in(on, keys=[key]), told("demo_requested", on, keys=[key]))
    way.world.now = day(101)
    way.tell(told(on=99, keys=[EMAIL, OTHER]))
    interest = way.world.person(OTHER).interests["presses"].id
    way.tell(told("interest_changed", 101, keys=[LEAD], interest_id=interest, stage="sql"))
    return way


def a_namesake(points: Collection[int] = ()) -> WholeWay:
    """Somebody asks for a demo who is like a Contact: a Lead all the same, and a pair to decide on."""
    way = WholeWay(Saboteur(points))
    way.crm.new("003").values |= NAMED | {"email": "b@elsewhere.example"}
    way.tell(opted_in(97, profile=NAMED), told("demo_requested", 99))
    return way


def a_customer(points: Collection[int] = ()) -> WholeWay:
    """Somebody asks for a demo who is a Contact already, under the same address."""
    way = WholeWay(Saboteur(points))
    way.crm.new("003").values |= NAMED | {"email": "A@Example.com"}
    way.tell(opted_in(97, profile=NAMED), told("demo_requested", 99))
    return way


CLICK = click_to_handoff()
NAMESAKE = a_namesake()
CUSTOMER = a_customer()
MERGE = merge_and_verdict()


def kinds(way: WholeWay) -> Counter[str]:
    """Count the records of each object in Salesforce."""
    return Counter(each[:3] for each in way.crm.records)


def test_the_undisturbed_click_ends_in_the_sales_support_queue() -> None:
    [lead] = [each for each in CLICK.crm.records.values() if each.id.startswith("00Q")]
    [interest] = [each for each in CLICK.crm.records.values() if each.id.startswith("a01")]
    assert (lead.values["email"], interest.values["stage"]) == ("a@example.com", "mql")
    assert person_key("lead", lead.id) in CLICK.world.person(EMAIL).keys
    assert CLICK.world.keys_of_items("OUTBOX#") == []


def test_the_undisturbed_merge_leaves_one_interest_with_sales() -> None:
    stages = sorted(
        str(each.values["stage"]) for each in MERGE.crm.records.values() if each.id.startswith("a01")
    )
    assert stages == ["mql", "rejected"]  # what sales did itself is not written back
    assert MERGE.world.person(EMAIL).interests["presses"].stage == "sql"


def test_the_undisturbed_namesake_ends_with_a_lead_and_a_pair() -> None:
    assert kinds(NAMESAKE) == {"003": 1, "00Q": 1, "a01": 1, "a02": 1, "a03": 1}


def test_the_undisturbed_customer_ends_with_an_interest_of_the_contact() -> None:
    assert kinds(CUSTOMER) == {"003": 1, "a01": 1, "a02": 1}
    [contact] = [each for each in CUSTOMER.crm.records if each.startswith("003")]
    assert person_key("contact", contact) in CUSTOMER.world.person(EMAIL).keys


@pytest.mark.parametrize("point", range(NAMESAKE.saboteur.passed))
def test_one_crash_around_a_namesake_loses_neither_lead_nor_pair(point: int) -> None:
    assert a_namesake([point]).end() == NAMESAKE.end()


@pytest.mark.parametrize("point", range(CUSTOMER.saboteur.passed))
def test_one_crash_around_a_customer_makes_no_lead(point: int) -> None:
    assert a_customer([point]).end() == CUSTOMER.end()


@pytest.mark.parametrize("point", range(CLICK.saboteur.passed))
def test_one_crash_on_the_way_of_a_click_changes_nothing(point: int) -> None:
    assert click_to_handoff([point]).end() == CLICK.end()


@pytest.mark.parametrize("first", range(CLICK.saboteur.passed))
def test_no_second_crash_on_the_way_of_a_click_changes_anything(first: int) -> None:
    # A crash makes the way longer: the second one may come at any point of what is left of it.
    second = first + 1
    while second < (way := click_to_handoff([first, second])).saboteur.passed:
        assert way.end() == CLICK.end(), (first, second)
        second += 1


@pytest.mark.parametrize("point", range(MERGE.saboteur.passed))
def test_one_crash_around_a_merge_changes_nothing(point: int) -> None:
    assert merge_and_verdict([point]).end() == MERGE.end()


@pytest.mark.parametrize("points", [range(0, 400, 7), range(3, 400, 11), range(5, 400, 13)])
def test_a_crash_every_few_moments_changes_nothing(points: Sequence[int]) -> None:
    assert click_to_handoff(points).end() == CLICK.end()
