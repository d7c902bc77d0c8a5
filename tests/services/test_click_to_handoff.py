"""From an engagement to the Sales Support queue: worker, table, delivery and org together."""

from collections.abc import Iterable, Iterator

import pytest

from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.message import Engagements, Review, decode
from chalicelib.gateways.salesforce.client import SalesforceGateway
from chalicelib.services.deliver import deliver
from chalicelib.services.review_persons import review_persons
from tests.gateways.salesforce.emulated_org import EmulatedOrg, emulated_org
from tests.services.world import World, opted_in, told

EMAIL = person_key("email", "a@example.com")
NAMED = {"last_name": "Weiß", "company": "Maschinenbau Müller"}


@pytest.fixture
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


class Handoff:
    """Delivers what waits until nothing does; what delivery has to say is worked off in between."""

    def __init__(self, world: World, gateway: SalesforceGateway) -> None:
        self.world = world
        self.gateway = gateway
        self.rounds = 0

    def send(self, bodies: Iterable[str]) -> None:
        for message in map(decode, bodies):
            if isinstance(message, Engagements):
                self.world.record(*message.engagements)
            elif isinstance(message, Review):
                review_persons(message.persons, self.world.persons, self.world.compiled, self.world.clock)

    def run(self, *engagements: Engagement) -> None:
        self.world.record(*engagements)
        while references := self.world.keys_of_items("OUTBOX#"):
            self.rounds += 1
            assert self.rounds < 10
            failures = deliver(
                references,
                outbox=self.world.outbox,
                crm=self.gateway,
                persons=self.world.persons,
                engagements=self,
            )
            assert failures == {}


@pytest.fixture
def handoff(world: World, org: EmulatedOrg) -> Handoff:
    return Handoff(world, org.gateway())


def asked_for_a_demo(on: float = 99) -> tuple[Engagement, ...]:
    return (opted_in(on - 2, profile=NAMED), told(on=on - 1), told("demo_requested", on))


def test_a_demo_request_lies_in_the_queue_with_its_lead_and_touchpoints(
    handoff: Handoff, org: EmulatedOrg
) -> None:
    handoff.run(*asked_for_a_demo())
    [lead] = org.find("Lead", "Email", "a@example.com")
    [interest] = org.find("Interest__c", "Lead__c", lead["Id"])
    [queue] = org.find("Group", "DeveloperName", "Sales_Support")
    assert interest["OwnerId"] == queue["Id"]
    assert {each["Kind__c"] for each in org.find("Touchpoint__c", "Lead__c", lead["Id"])} == {
        "page_viewed",
        "demo_requested",
    }


def test_the_new_lead_becomes_a_key_of_its_person(handoff: Handoff, org: EmulatedOrg) -> None:
    handoff.run(*asked_for_a_demo())
    [lead] = org.find("Lead", "Email", "a@example.com")
    assert person_key("lead", lead["Id"]) in handoff.world.person(EMAIL).keys


def test_later_engagements_change_the_score_but_not_what_sales_wrote(
    handoff: Handoff, org: EmulatedOrg
) -> None:
    handoff.run(*asked_for_a_demo())
    [before] = org.find("Lead", "Email", "a@example.com")
    org.update("Lead", before["Id"], LastName="Weiß-Groß")
    handoff.run(told("form_submitted", 99.5))
    [after] = org.find("Lead", "Email", "a@example.com")
    assert after["Smarketing_Score__c"] > before["Smarketing_Score__c"]
    assert after["LastName"] == "Weiß-Groß"


def test_an_existing_lead_is_taken_instead_of_a_second_one(handoff: Handoff, org: EmulatedOrg) -> None:
    existing = org.create("Lead", LastName="Weiss", Company="Müller", Email="a@example.com")
    org.find_duplicates()
    handoff.run(*asked_for_a_demo())
    assert len(org.find("Lead", "Email", "a@example.com")) == 1
    assert len(org.find("Interest__c", "Lead__c", existing)) == 1
    assert person_key("lead", existing) in handoff.world.person(EMAIL).keys


def test_a_lead_that_sales_converted_goes_on_as_a_contact(handoff: Handoff, org: EmulatedOrg) -> None:
    handoff.run(*asked_for_a_demo())
    [lead] = org.find("Lead", "Email", "a@example.com")
    contact = org.convert(lead["Id"])
    handoff.run(told("form_submitted", 99.5))
    assert org.get("Contact", contact)["Smarketing_Score__c"] > lead["Smarketing_Score__c"]
    assert person_key("contact", contact) in handoff.world.person(EMAIL).keys
    # From then on the Contact is named at once.
    before = handoff.gateway.calls
    handoff.run(told("form_submitted", 99.6))
    assert handoff.gateway.calls == before + 1


def test_a_refused_lead_is_parked_with_all_that_hangs_on_it(handoff: Handoff, org: EmulatedOrg) -> None:
    unusable = told("demo_requested", 99, keys=(person_key("email", "no address"),))
    handoff.run(opted_in(97, keys=unusable.keys), unusable)
    parked = list(handoff.world.outbox.parked())
    assert {each.command.record for each in parked} == {"person", "interest", "touchpoint"}
    assert not org.find("Lead", "Company", "[not provided]")
