"""What becomes of commands on their way to Salesforce."""

import logging
from collections.abc import Callable, Iterable, Iterator

import pytest

from chalicelib.domain.command import Command
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.message import Review
from chalicelib.domain.outcome import Blocked, Deferred, Moved, Outcome, Refused
from chalicelib.errors import Misconfigured
from chalicelib.log import LOGGER
from tests.gateways.salesforce.commands import interest, person, person_id, touchpoint
from tests.services.delivery_world import DeliveryWorld, reference


@pytest.fixture
def world() -> DeliveryWorld:
    return DeliveryWorld()


@pytest.fixture
def alarms() -> Iterator[list[str]]:
    """The log lines that wake an operator."""
    lines: list[str] = []
    handler = logging.Handler(logging.ERROR)
    handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger(LOGGER)
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)


def answer(outcomes: dict[str, Outcome]) -> Callable[[Command], Outcome | None]:
    """An outside system that answers some commands in its own way."""
    return lambda command: outcomes.get(command.key)


def test_a_written_command_leaves_the_outbox(world: DeliveryWorld) -> None:
    contact = world.crm.new("003")
    failures = world.deliver(world.put(touchpoint(contact_id=contact.id)))
    assert failures == {}
    assert world.items == {}


def test_a_reference_whose_command_is_gone_is_done(world: DeliveryWorld) -> None:
    assert world.deliver([("PERSON#1", "OUTBOX#person#1")]) == {}
    assert world.crm.calls == 0


def test_several_references_to_one_record_are_one_write(world: DeliveryWorld) -> None:
    references = [*world.put(person(version=1)), *world.put(person(version=2, score=70.0))]
    world.deliver(references)
    [lead] = world.crm.by_external_id("00Q", person_id())
    assert lead.values["score"] == 70.0
    assert world.crm.calls == 1


def test_a_new_lead_is_told_to_its_person(world: DeliveryWorld) -> None:
    world.deliver(world.put(person()))
    [lead] = world.crm.by_external_id("00Q", person_id())
    [link] = world.links
    assert link.kind == "lead_created"
    assert link.keys == (person_key("email", "person1@example.org"), person_key("lead", lead.id))


def test_a_new_lead_without_an_address_is_told_under_another_key(world: DeliveryWorld) -> None:
    world.person_keys[person_id()] = [PersonKey("subscriber", "1:2"), PersonKey("prospect", "7")]
    world.deliver(world.put(person(email=None)))
    [link] = world.links
    assert PersonKey("prospect", "7") in link.keys


def test_a_repeated_delivery_tells_the_same_engagement(world: DeliveryWorld) -> None:
    world.deliver(world.put(person(version=1)))
    world.deliver(world.put(person(version=2)))
    first, second = world.links
    assert first == second
    assert len(world.crm.by_external_id("00Q", person_id())) == 1


def test_the_person_is_told_before_the_command_leaves_the_outbox(world: DeliveryWorld) -> None:
    references = world.put(person())

    def crash(_: Iterable[str]) -> None:
        raise RuntimeError

    world.send = crash  # type: ignore[method-assign]
    with pytest.raises(RuntimeError):
        world.deliver(references)
    assert list(world.items) == references


def test_a_transient_failure_is_its_messages_alone(world: DeliveryWorld) -> None:
    contact = world.crm.new("003").id
    first, second = touchpoint(1, contact_id=contact), touchpoint(2, contact_id=contact)
    world.crm.before = answer({first.key: Deferred("locked")})
    assert world.deliver(world.put(first, second)) == {reference(first): "locked"}
    assert list(world.items) == [reference(first)]


def test_a_permanent_failure_is_parked_with_its_reason(world: DeliveryWorld) -> None:
    command = touchpoint()
    world.crm.before = answer({command.key: Refused("STRING_TOO_LONG (Label__c): lengthen it")})
    assert world.deliver(world.put(command)) == {}
    assert world.parked == {command.key: "STRING_TOO_LONG (Label__c): lengthen it"}


def test_what_hangs_on_a_refused_lead_is_parked_with_it(world: DeliveryWorld) -> None:
    world.crm.before = answer({person().key: Refused("REQUIRED_FIELD_MISSING")})
    world.deliver(world.put(person(), interest(), touchpoint(contact_id=None)))
    assert set(world.parked) == {person().key, interest().key, touchpoint().key}


def test_a_matter_of_configuration_keeps_its_commands_and_raises_the_alarm(
    world: DeliveryWorld, alarms: list[str]
) -> None:
    contact = world.crm.new("003").id
    blocked, fine = touchpoint(1, contact_id=contact), touchpoint(2, contact_id=contact)
    world.crm.before = answer({blocked.key: Blocked("INSUFFICIENT_ACCESS: give the right")})
    with pytest.raises(Misconfigured, match="give the right"):
        world.deliver(world.put(blocked, fine))
    assert list(world.items) == [reference(blocked)]
    assert alarms == ['{"what":"delivery blocked","reason":"INSUFFICIENT_ACCESS: give the right"}']


def test_a_converted_leads_commands_go_to_its_contact(world: DeliveryWorld) -> None:
    lead, contact = world.crm.new("00Q"), world.crm.new("003")
    lead.converted_to = contact.id
    commands = [person(lead_id=lead.id), touchpoint(lead_id=lead.id, contact_id=None)]
    assert world.deliver(world.put(*commands)) == {}
    assert contact.values["score"] == 61.25
    assert world.items == {}
    [link] = world.links
    assert link.kind == "lead_converted"
    assert link.keys == (person_key("lead", lead.id), person_key("contact", contact.id))


def test_what_waits_for_a_lead_that_exists_already_goes_there(world: DeliveryWorld) -> None:
    existing = world.crm.new("00Q")
    duplicate = Moved(person_key("lead", existing.id), "record_changed")
    world.crm.before = lambda each: (
        duplicate if each.record == "person" and not each.fields["lead_id"] else None
    )
    failures = world.deliver(world.put(person(), interest(), touchpoint(contact_id=None)))
    assert failures == {}
    [opened] = world.crm.by_external_id("a01", interest().external_id)
    assert opened.values["lead_id"] == existing.id


def test_what_was_said_before_the_person_was_linked_goes_to_the_linked_record(world: DeliveryWorld) -> None:
    existing = world.crm.new("00Q")
    world.person_keys[person_id()] = [PersonKey("prospect", "7"), person_key("lead", existing.id)]
    assert world.deliver(world.put(interest())) == {}
    [opened] = world.crm.by_external_id("a01", interest().external_id)
    assert opened.values["lead_id"] == existing.id


def test_what_comes_before_its_lead_waits_for_it(world: DeliveryWorld) -> None:
    assert list(world.deliver(world.put(interest()))) == [reference(interest())]
    world.deliver(world.put(person()))
    assert world.deliver([reference(interest())]) == {}


def test_records_that_point_to_each_other_without_end_are_tried_later(world: DeliveryWorld) -> None:
    one, other = world.crm.new("00Q"), world.crm.new("00Q")
    one.successor, other.successor = other.id, one.id
    command = person(lead_id=one.id)
    assert list(world.deliver(world.put(command))) == [reference(command)]


def test_a_newer_state_that_came_meanwhile_stays_in_the_outbox(world: DeliveryWorld) -> None:
    newer = person(version=2)

    def overtake(_: Command) -> None:
        world.put(newer)

    references = world.put(person(version=1))
    world.crm.before = overtake
    world.deliver(references)
    assert list(world.items.values()) == [newer]
    assert world.reviews == []


def test_a_state_that_a_parallel_delivery_overtook_is_said_once_more(world: DeliveryWorld) -> None:
    def overtake(_: Command) -> None:
        world.items.clear()

    references = world.put(person(version=1))
    world.crm.before = overtake
    world.deliver(references)
    assert world.reviews == [Review((person_id(),))]


def test_a_fact_that_a_parallel_delivery_wrote_too_needs_nothing(world: DeliveryWorld) -> None:
    contact = world.crm.new("003").id

    def overtake(_: Command) -> None:
        world.items.clear()

    references = world.put(touchpoint(contact_id=contact))
    world.crm.before = overtake
    assert world.deliver(references) == {}
    assert world.bodies == []
