"""Before somebody gets a Lead, they are looked for; whom a new Lead may be, people get to see."""

from typing import Any

import pytest

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import person_key
from chalicelib.domain.outcome import Blocked, Deferred, Outcome, Refused
from chalicelib.domain.twins import Seen
from chalicelib.errors import Misconfigured, Retryable
from tests.gateways.salesforce.commands import interest, person, person_id, touchpoint
from tests.services.delivery_world import DeliveryWorld, reference
from tests.services.fake_crm import FakeRecord

ANNA = {
    "first_name": "Anna",
    "last_name": "Müller",
    "company": "Weber GmbH",
    "email": "anna@weber.example",
    "phone": "0711 123456",
}
NAMESAKE = {**ANNA, "email": "am@else.example", "phone": ""}
"""Of the same name at the same company, and nothing else in common."""


@pytest.fixture
def world() -> DeliveryWorld:
    return DeliveryWorld()


def there(world: DeliveryWorld, prefix: str, values: dict[str, str]) -> FakeRecord:
    record = world.crm.new(prefix)
    record.values |= values
    return record


def twins(number: int = 1, **fields: Any) -> Command:
    whole = {"person_id": person_id(number), "lead_id": None, "contact_id": None, **ANNA, **fields}
    return Command("twins", person_id(number), person_id(number), 1, whole)


def new(number: int = 1, **fields: Any) -> tuple[Command, ...]:
    """All that waits for somebody whose first interest opens."""
    told = {**ANNA, **fields}
    return person(number, **told), interest(number), twins(number, **fields)


def leads(world: DeliveryWorld) -> list[FakeRecord]:
    return [each for each in world.crm.records.values() if each.id.startswith("00Q")]


def listed(world: DeliveryWorld) -> list[FakeRecord]:
    return [each for each in world.crm.records.values() if each.id.startswith("a03")]


def test_a_contact_of_a_customer_gets_the_interest_and_no_lead_is_made(world: DeliveryWorld) -> None:
    contact = there(world, "003", {**ANNA, "email": "Anna@WEBER.example"})

    assert world.deliver(world.put(*new())) == {}

    assert (leads(world), world.items, listed(world)) == ([], {}, [])
    [opened] = world.crm.by_external_id("a01", interest().external_id)
    assert opened.values["contact_id"] == contact.id
    [link] = world.links
    assert (link.kind, link.keys[1]) == ("record_changed", person_key("contact", contact.id))


def test_the_same_name_and_telephone_are_certain_under_another_address(world: DeliveryWorld) -> None:
    there(world, "00Q", {**ANNA, "email": "a.mueller@weber.example", "phone": "+49 711/123456"})

    world.deliver(world.put(*new()))

    [lead] = leads(world)
    assert lead.values["score"] == person().fields["score"]


def test_whoever_is_merely_like_somebody_gets_a_lead_and_people_decide(world: DeliveryWorld) -> None:
    contact = there(world, "003", NAMESAKE)

    assert world.deliver(world.put(*new())) == {}

    [lead] = leads(world)
    [pair] = listed(world)
    assert {name: pair.values[name] for name in ("lead", "other_contact", "why", "likeness")} == {
        "lead": lead.id,
        "other_contact": contact.id,
        "why": "names alike, company alike",
        "likeness": 100.0,
    }
    [opened] = world.crm.by_external_id("a01", interest().external_id)
    assert opened.values["lead_id"] is None  # it hangs on the Lead by the person's id


def test_a_lead_that_is_merely_like_another_passes_the_duplicate_rule(world: DeliveryWorld) -> None:
    there(world, "00Q", {"first_name": "Jonas", "last_name": "Becker", "email": ANNA["email"]})
    world.crm.find_duplicates = True

    world.deliver(world.put(*new()))

    assert (len(leads(world)), len(listed(world))) == (2, 1)


def test_two_contacts_that_are_both_certain_are_listed(world: DeliveryWorld) -> None:
    for _ in range(2):
        there(world, "003", ANNA)

    world.deliver(world.put(*new()))

    assert (len(leads(world)), len(listed(world))) == (1, 2)


def test_a_repeated_delivery_lists_a_pair_once_and_leaves_its_verdict(world: DeliveryWorld) -> None:
    there(world, "003", NAMESAKE)
    world.deliver(world.put(*new()))
    [pair] = listed(world)
    pair.values["verdict"] = "different"

    world.deliver(world.put(*new()))

    assert (len(leads(world)), [each.values["verdict"] for each in listed(world)]) == (1, ["different"])


def test_leads_that_were_made_side_by_side_for_one_person_are_listed_once(world: DeliveryWorld) -> None:
    """Both searched before either was there."""
    for number in (1, 2):
        world.person_keys[person_id(number)] = []
        there(world, "00Q", ANNA).external_id = person_id(number)

    world.deliver(world.put(twins(1), twins(2)))

    [pair] = listed(world)
    assert {pair.values["lead"], pair.values["other_lead"]} == {each.id for each in leads(world)}


def test_many_new_persons_are_looked_for_at_once_before_and_after(world: DeliveryWorld) -> None:
    numbers = range(1, 40)
    world.person_keys |= {person_id(number): [] for number in numbers}
    commands = [each for number in numbers for each in new(number, email=f"{number}@a.example")]

    world.deliver(world.put(*commands))

    assert world.crm.searches == 2


def test_nobody_who_has_a_record_is_looked_for(world: DeliveryWorld) -> None:
    lead, contact = world.crm.new("00Q"), world.crm.new("003")

    world.deliver(world.put(person(1, lead_id=lead.id), touchpoint(contact_id=contact.id)))

    assert world.crm.searches == 0


def test_somebody_without_address_and_name_is_not_looked_for(world: DeliveryWorld) -> None:
    world.person_keys[person_id()] = [person_key("prospect", "7")]

    world.deliver(world.put(person(email=None, last_name=None)))

    assert (world.crm.searches, len(leads(world))) == (0, 1)


class Away:
    """An org that can't be searched."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __call__(self, wanted: object, free_mail: object) -> Seen:
        raise self.error


def test_while_the_org_is_busy_new_leads_wait_and_the_others_are_written(world: DeliveryWorld) -> None:
    contact = world.crm.new("003")
    world.crm.look = Away(Retryable("busy"))  # type: ignore[method-assign]
    shown = touchpoint(contact_id=contact.id)

    failures = world.deliver(world.put(*new(), shown))

    assert failures[reference(person())] == "busy"
    assert leads(world) == []
    assert reference(shown) not in world.items


def test_a_right_that_is_missing_blocks_new_leads_and_tells_the_mend(world: DeliveryWorld) -> None:
    world.crm.look = Away(Misconfigured("INVALID_FIELD: deploy metadata/"))  # type: ignore[method-assign]

    with pytest.raises(Misconfigured, match="metadata/"):
        world.deliver(world.put(*new()))

    assert reference(person()) in world.items


@pytest.mark.parametrize(
    ("outcome", "where"),
    [(Deferred("locked"), "items"), (Refused("a rule"), "parked")],
    ids=["later", "parked"],
)
def test_a_pair_that_is_not_taken_keeps_nothing_from_the_lead(
    world: DeliveryWorld, outcome: Outcome, where: str
) -> None:
    there(world, "003", NAMESAKE)
    world.crm.before = lambda each: outcome if each.record == "possible_duplicate" else None

    world.deliver(world.put(*new()))

    assert len(leads(world)) == 1
    waiting = [each.key for each in world.items.values()] if where == "items" else list(world.parked)
    assert waiting == [twins().key]


def test_a_list_that_is_not_deployed_blocks_the_review_alone(world: DeliveryWorld) -> None:
    there(world, "003", NAMESAKE)
    missing = Blocked("NOT_FOUND: deploy metadata/")
    world.crm.before = lambda each: missing if each.record == "possible_duplicate" else None

    with pytest.raises(Misconfigured, match="metadata/"):
        world.deliver(world.put(*new()))

    assert [each.key for each in world.items.values()] == [twins().key]


def test_a_review_that_comes_before_its_lead_waits(world: DeliveryWorld) -> None:
    assert list(world.deliver(world.put(twins()))) == [reference(twins())]


def test_a_review_is_done_once_the_person_has_another_record(world: DeliveryWorld) -> None:
    world.person_keys[person_id()] = [person_key("contact", "003000000000009")]

    assert world.deliver(world.put(twins())) == {}


def test_two_new_persons_in_one_delivery_who_are_one_are_listed(world: DeliveryWorld) -> None:
    world.person_keys[person_id(2)] = []
    one, other = new(1, email="am@one.example"), new(2, email="am@two.example", phone="")

    world.deliver(world.put(*one, *other))

    assert (len(leads(world)), len(listed(world))) == (2, 1)
