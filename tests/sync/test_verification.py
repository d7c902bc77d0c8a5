"""`smarketing sync verify` compares the store with the emulated org, field by field."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pytest
import requests

from chalicelib.domain.instant import DAY, Instant
from chalicelib.services.review_persons import ask_for_reviews
from smarketing.org_rest import rest_of
from smarketing.sandbox.org.seed import ADMIN
from smarketing.sync.expected import expected_of
from smarketing.sync.verification import Comparison, compare
from tests.gateways.salesforce.emulated_org import EmulatedOrg, emulated_org
from tests.services.test_click_to_handoff import Handoff, asked_for_a_demo
from tests.services.world import World, told


@dataclass(frozen=True)
class LoggedIn:
    """An admin who is logged in."""

    url: str
    access_token: str


@pytest.fixture
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


@pytest.fixture
def handoff(world: World, org: EmulatedOrg) -> Handoff:
    delivered = Handoff(world, org)
    delivered.run(*asked_for_a_demo())
    return delivered


def logged_in(org: EmulatedOrg) -> LoggedIn:
    answer = requests.post(f"{org.org.url}/sandbox/token", params={"username": ADMIN}, timeout=10)
    return LoggedIn(org.org.url, answer.json()["access_token"])


def compared(world: World, org: EmulatedOrg) -> Comparison:
    return compare(world.persons, world.outbox, rest_of(logged_in(org)), world.compiled)


def the_lead(org: EmulatedOrg) -> str:
    [lead] = org.find("Lead", "Email", "a@example.com")
    return str(lead["Id"])


def test_what_was_delivered_is_found_as_it_should_be(handoff: Handoff, org: EmulatedOrg) -> None:
    comparison = compared(handoff.world, org)

    assert comparison.found == []
    assert (comparison.persons, comparison.records, comparison.differences) == (1, 2, 0)
    assert comparison.expected == comparison.held


def test_a_score_that_has_faded_since_it_was_told_is_no_difference(
    handoff: Handoff, org: EmulatedOrg
) -> None:
    handoff.world.now = Instant(handoff.world.now + 30 * DAY)

    assert compared(handoff.world, org).found == []


def test_of_a_person_told_before_the_time_was_noted_what_fades_is_left_out(handoff: Handoff) -> None:
    person = replace(handoff.world.person(), told_at=None)

    [record] = expected_of(handoff.world.compiled, person, [])

    assert "Smarketing_Grade__c" in record.values
    assert "Smarketing_Score__c" not in record.values


def test_an_engagement_that_tells_salesforce_nothing_makes_no_difference(
    handoff: Handoff, org: EmulatedOrg
) -> None:
    handoff.world.now = Instant(handoff.world.now + 10 * DAY)
    handoff.run(told("email_sent", 105))

    assert compared(handoff.world, org).found == []


def test_a_converted_lead_is_looked_for_as_its_contact(handoff: Handoff, org: EmulatedOrg) -> None:
    org.convert(the_lead(org))
    handoff.run(told("form_submitted", 99.5))

    assert compared(handoff.world, org).found == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("Smarketing_Score__c", 1.0),
        ("Smarketing_Grade__c", "F"),
        ("Smarketing_Explanation__c", "<p>Because</p>"),
        ("Smarketing_Last_Touchpoint__c", "2020-01-01T00:00:00.000+0000"),
        ("Smarketing_Opt_In_Contact_Request__c", False),
    ],
)
def test_each_field_of_a_person_that_differs_is_named(
    handoff: Handoff, org: EmulatedOrg, field: str, value: object
) -> None:
    org.update("Lead", the_lead(org), **{field: value})

    comparison = compared(handoff.world, org)

    assert comparison.by_field() == {f"Lead.{field}": 1}
    assert comparison.found[0].record == f"Lead {the_lead(org)[:15]}"


def test_a_review_of_whom_differs_mends_it(handoff: Handoff, org: EmulatedOrg) -> None:
    org.update("Lead", the_lead(org), Smarketing_Score__c=1.0)
    bodies: list[str] = []

    class Queue:
        def send(self, sent: Iterable[str]) -> None:
            bodies.extend(sent)

    ask_for_reviews(compared(handoff.world, org).to_tell_again, Queue())
    handoff.send(bodies)
    handoff.run()

    assert compared(handoff.world, org).found == []


def test_an_interest_whose_stage_did_not_reach_the_store_is_a_difference(
    handoff: Handoff, org: EmulatedOrg
) -> None:
    [interest] = org.find("Interest__c", "Lead__c", the_lead(org))
    org.update("Interest__c", interest["Id"], Stage__c="qualifying")

    assert compared(handoff.world, org).by_field() == {"Interest__c.Stage__c": 1}


def test_a_record_that_is_not_there_is_a_difference(handoff: Handoff, org: EmulatedOrg) -> None:
    [interest] = org.find("Interest__c", "Lead__c", the_lead(org))
    org.delete("Interest__c", interest["Id"])

    assert compared(handoff.world, org).by_field() == {"Interest__c, missing": 1}


def test_a_command_that_waits_is_a_difference(handoff: Handoff, org: EmulatedOrg) -> None:
    handoff.world.record(told("form_submitted", 99.5))

    comparison = compared(handoff.world, org)

    assert comparison.waiting > 0
    assert comparison.differences >= comparison.waiting


def test_a_parked_command_is_a_difference(world: World, org: EmulatedOrg) -> None:
    handoff = Handoff(world, org)
    handoff.world.record(*asked_for_a_demo())
    commands = world.outbox.pending(world.keys_of_items("OUTBOX#"))
    for each in commands.values():
        world.outbox.park(each, "refused")

    comparison = compared(world, org)

    assert comparison.parked == len(commands)
    assert comparison.waiting == 0


def test_a_person_whom_salesforce_is_not_to_know_is_not_looked_for(world: World, org: EmulatedOrg) -> None:
    world.record(told(on=99))

    comparison = compared(world, org)

    assert (comparison.persons, comparison.records, comparison.differences) == (1, 0, 0)
