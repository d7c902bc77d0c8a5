"""From an engagement to the Sales Support queue: worker, table, delivery and org together."""

from collections.abc import Iterable, Iterator

import pytest

from chalicelib.domain.engagement import Engagement, person_key
from chalicelib.domain.message import Engagements, Review, decode
from chalicelib.domain.outcome import Written
from chalicelib.gateways.holiday_calendar import calendar_of
from chalicelib.gateways.salesforce.handed_over import HandedOverInterests
from chalicelib.gateways.salesforce.lookalikes import Lookalikes
from chalicelib.gateways.salesforce.rest import Row
from chalicelib.gateways.store.assignments import Assignments
from chalicelib.services.deliver import deliver
from chalicelib.services.hand_off import Handoffs
from chalicelib.services.review_persons import review_persons
from tests.gateways.salesforce.emulated_org import CHECKED, EmulatedOrg, emulated_org
from tests.services.with_twins import with_twins
from tests.services.world import World, opted_in, told

EMAIL = person_key("email", "a@example.com")
PAIRS = (
    "SELECT Id, Lead__c, Lead_Name__c, Lead_Company__c, Lead_Email__c, Other_Lead__c, Other_Contact__c, "
    "Other_Name__c, Other_Company__c, Other_Email__c, Why__c, Verdict__c, Decided_By__c, Decided_At__c, "
    "Needs_Decision__c FROM Possible_Duplicate__c"
)
NAMED = {"last_name": "Weiß", "company": "Maschinenbau Müller"}


@pytest.fixture
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


class Handoff:
    """Delivers what waits until nothing does; what delivery has to say is worked off in between."""

    def __init__(self, world: World, org: EmulatedOrg) -> None:
        self.world = world
        self.gateway = org.gateway()
        self.lookalikes = Lookalikes(org.rest())
        self.handoffs = Handoffs(
            lambda: world.compiled,
            HandedOverInterests(org.rest()),
            Assignments(world.client, world.table),
            world.persons,
            self,
            calendar_of,
            world.clock,
        )
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
                crm=with_twins(self.gateway, self.lookalikes, self.world.compiled, self.handoffs),
                persons=self.world.persons,
                engagements=self,
            )
            assert failures == {}


@pytest.fixture
def handoff(world: World, org: EmulatedOrg) -> Handoff:
    return Handoff(world, org)


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


def test_a_contact_of_a_customer_gets_the_interest_on_contact_and_account(
    handoff: Handoff, org: EmulatedOrg
) -> None:
    account = org.create("Account", Name="Müller")
    contact = org.create("Contact", LastName="Weiß", AccountId=account, Email="A@Example.COM")
    handoff.run(*asked_for_a_demo())
    assert org.find("Lead", "IsDeleted", False) == []
    [interest] = org.find("Interest__c", "Contact__c", contact)
    assert (interest["Account__c"], interest["Lead__c"]) == (account, None)
    assert person_key("contact", contact) in handoff.world.person(EMAIL).keys
    # From then on the Contact is named, and nobody is looked for.
    handoff.run(told("form_submitted", 99.5))
    assert org.find("Possible_Duplicate__c", "IsDeleted", False) == []


def rows(org: EmulatedOrg) -> list[Row]:
    """The review list, as the integration user reads it."""
    return list(org.rest().query(PAIRS))


def a_namesake(org: EmulatedOrg) -> str:
    account = org.create("Account", Name="Maschinenbau Mueller GmbH")
    return org.create("Contact", LastName="Weiss", AccountId=account, Email="w@else.example", Phone="+49 1")


def test_a_doubtful_lead_is_made_and_listed_with_both_records(handoff: Handoff, org: EmulatedOrg) -> None:
    contact = a_namesake(org)
    handoff.run(*asked_for_a_demo())
    [lead] = org.find("Lead", "Email", "a@example.com")
    [pair] = rows(org)
    assert (pair["Lead__c"], pair["Other_Contact__c"], pair["Verdict__c"]) == (lead["Id"], contact, "open")
    shown = [pair[f"{side}_{what}__c"] for what in ("Name", "Company", "Email") for side in ("Lead", "Other")]
    assert shown == [
        *("Weiß", "Weiss"),
        *("Maschinenbau Müller", "Maschinenbau Mueller GmbH"),
        *("a@example.com", "w@else.example"),
    ]
    assert (pair["Why__c"], pair["Needs_Decision__c"]) == ("names alike, company alike", True)


def test_a_verdict_stays_and_says_whose_it_is(handoff: Handoff, org: EmulatedOrg) -> None:
    a_namesake(org)
    handoff.world.record(*asked_for_a_demo())
    waiting = handoff.world.outbox.pending(handoff.world.keys_of_items("OUTBOX#")).values()
    [command] = [each for each in waiting if each.record == "twins"]
    handoff.run()
    [pair] = rows(org)
    org.update("Possible_Duplicate__c", pair["Id"], Verdict__c="different")
    [outcome] = with_twins(handoff.gateway, handoff.lookalikes, handoff.world.compiled).write([command])
    assert isinstance(outcome, Written)
    [after] = rows(org)
    assert (after["Verdict__c"], after["Needs_Decision__c"]) == ("different", False)
    assert (bool(after["Decided_By__c"]), bool(after["Decided_At__c"])) == (True, True)


def test_a_lead_that_only_shares_the_address_passes_the_alert(handoff: Handoff, org: EmulatedOrg) -> None:
    org.create("Lead", FirstName="Jonas", LastName="Becker", Company="Other", Email="a@example.com")
    org.find_duplicates()
    handoff.run(*asked_for_a_demo())
    assert len(org.find("Lead", "Email", "a@example.com")) == 2
    [pair] = rows(org)
    assert pair["Why__c"] == "same mail address, same mail domain"


def test_a_pair_that_was_merged_needs_no_decision(handoff: Handoff, org: EmulatedOrg) -> None:
    other = org.create("Lead", LastName="Weiss", Company="Maschinenbau Müller")
    handoff.run(*asked_for_a_demo())
    [pair] = rows(org)
    assert pair["Needs_Decision__c"]
    org.merge(pair["Lead__c"], other)
    assert not rows(org)[0]["Needs_Decision__c"]
    handoff.run(told("form_submitted", 99.5))
    assert person_key("lead", other) in handoff.world.person(EMAIL).keys
    assert len(org.find("Interest__c", "Lead__c", other)) == 1


def test_a_converted_leads_interests_go_to_contact_account_and_opportunity(
    handoff: Handoff, org: EmulatedOrg
) -> None:
    handoff.run(*asked_for_a_demo())
    [lead] = org.find("Lead", "Email", "a@example.com")
    [interest] = org.find("Interest__c", "Lead__c", lead["Id"])
    org.update("Lead", lead["Id"], Phone="+49", Title="CTO")
    org.update("Interest__c", interest["Id"], Stage__c="sql", **CHECKED)
    made = org.convert_all(lead["Id"], "Presses for Müller")
    [after] = org.find("Interest__c", "Id", interest["Id"])
    moved = {name: after[f"{name}__c"] for name in ("Contact", "Account", "Opportunity")}
    assert moved == {name: made[f"{name.lower()}Id"] for name in moved}
    assert {each["Contact__c"] for each in org.find("Touchpoint__c", "Lead__c", lead["Id"])} == {
        made["contactId"]
    }


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
    assert {each.command.record for each in parked} == {"person", "interest", "touchpoint", "twins"}
    assert not org.find("Lead", "Company", "[not provided]")
