"""Interests of the emulated org are read, filled and tied to an Account, as the integration user may."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.engagement import person_key
from chalicelib.domain.enriched_interest import Enriched
from chalicelib.domain.enrichment import ACCOUNT, Enquiry
from chalicelib.domain.outcome import Blocked, Refused, Written
from chalicelib.gateways.enrichment.domain_account import DomainAccount
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.enriched_interests import EnrichedInterests
from tests.gateways.salesforce.commands import NOON
from tests.gateways.salesforce.emulated_org import EmulatedOrg, emulated_org


@pytest.fixture(scope="module")
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


@pytest.fixture
def interests(org: EmulatedOrg) -> EnrichedInterests:
    return EnrichedInterests(org.rest())


def open_interest(org: EmulatedOrg, number: str, **whose: str) -> str:
    name = f"P{number}-presses-1"
    org.create(
        "Interest__c", Smarketing_Interest_Id__c=name, Stage__c="mql", Product_Line__c="presses", **whose
    )
    return name


def test_lead_is_read_without_what_stands_in_for_the_unknown(
    org: EmulatedOrg, interests: EnrichedInterests
) -> None:
    lead = org.create(
        "Lead", LastName="[not provided]", Company="Berger", Email="a@b.example", NumberOfEmployees=240
    )
    name = open_interest(org, "1", Lead__c=lead)

    held = interests.held([name, "P0-presses-1"])

    assert set(held) == {name}
    assert held[name].values == {"company": "Berger", "employees": "240"}
    assert (held[name].person, held[name].email) == (person_key("lead", lead), "a@b.example")


def test_lead_and_interest_are_filled_together(org: EmulatedOrg, interests: EnrichedInterests) -> None:
    lead = org.create("Lead", LastName="Weiß", Company="Berger")
    account = org.create("Account", Name="Berger GmbH")
    name = open_interest(org, "2", Lead__c=lead)
    values = {"phone": "+49 1", "employees": "240", ACCOUNT: account}

    [outcome] = interests.fill([(interests.held([name])[name], Enriched("note", "<a>x</a>", NOON, values))])

    assert isinstance(outcome, Written)
    assert {"Phone": "+49 1", "NumberOfEmployees": 240}.items() <= org.get("Lead", lead).items()
    again = interests.held([name])[name]
    assert (again.note, again.links, again.values[ACCOUNT][:15]) == ("note", "<a>x</a>", account[:15])


def test_contacts_company_stands_on_its_account_and_is_not_written(
    org: EmulatedOrg, interests: EnrichedInterests
) -> None:
    account = org.create("Account", Name="Berger GmbH", Industry="Forming")
    contact = org.create("Contact", LastName="Weiß", AccountId=account, Title="Chef")
    name = open_interest(org, "3", Contact__c=contact)

    held = interests.held([name])[name]

    assert {
        "company": "Berger GmbH",
        "industry": "Forming",
        "job_title": "Chef",
    }.items() <= held.values.items()
    assert "industry" not in held.writable


def test_nothing_is_written_when_the_org_refuses_a_value(
    org: EmulatedOrg, interests: EnrichedInterests
) -> None:
    lead = org.create("Lead", LastName="Weiß", Company="Berger")
    name = open_interest(org, "4", Lead__c=lead)
    held = interests.held([name])[name]
    org.delete("Lead", lead)

    [outcome] = interests.fill([(held, Enriched("note", "", NOON, {"phone": "+49 1"}))])

    assert not isinstance(outcome, Written | Refused | Blocked)
    assert org.find("Interest__c", "Smarketing_Interest_Id__c", name)[0].get("Enrichment_Note__c") is None


def test_one_that_is_refused_keeps_nothing_from_the_others_of_its_call(org: EmulatedOrg) -> None:
    # given six interests, the Lead of one of them gone since they were read
    leads = [org.create("Lead", LastName="Weiß", Company="Berger") for _ in range(6)]
    names = [open_interest(org, f"6{number}", Lead__c=lead) for number, lead in enumerate(leads)]
    budget = Budget(0.2, lambda: NOON)
    interests = EnrichedInterests(org.rest(budget))
    held = interests.held(names)
    org.delete("Lead", leads[2])
    before = budget.calls
    # when they are filled
    enriched = Enriched("note", "", NOON, {"phone": "+49 1"})
    outcomes = interests.fill([(held[name], enriched) for name in names])
    # then the others are, in two calls
    written = [isinstance(each, Written) for each in outcomes]
    assert written == [True, True, False, True, True, True]
    assert [org.get("Lead", each)["Phone"] for each in leads if each != leads[2]] == ["+49 1"] * 5
    assert budget.calls - before == 2


@pytest.mark.parametrize(
    ("email_domain", "found"),
    [
        ("acme.example", "Acme AG"),
        ("mail.acme.example", None),
        ("cme.example", None),
        ("only-people.example", "People KG"),
        ("two.example", None),
    ],
)
def test_customer_is_found_by_domain_when_there_is_just_one(
    org: EmulatedOrg, email_domain: str, found: str | None
) -> None:
    if not org.find("Account", "Name", "Acme AG"):
        org.create("Account", Name="Acme AG", Website="https://www.acme.example/de")
        people = org.create("Account", Name="People KG")
        org.create("Contact", LastName="Z", Email="z@only-people.example", AccountId=people)
        org.create("Account", Name="Two A", Website="two.example")
        org.create("Account", Name="Two B", Website="http://two.example")

    findings = DomainAccount(org.rest(), lambda: NOON).find(Enquiry({}, email_domain))

    names = [each.value for each in findings.found if each.field == "company"]
    assert names == ([] if found is None else [found])
    assert bool([each for each in findings.found if each.field == ACCOUNT]) == (found is not None)


def test_several_customers_are_named_and_none_is_chosen(org: EmulatedOrg) -> None:
    org.create("Account", Name="Three A", Website="three.example")
    org.create("Account", Name="Three B", Website="www.three.example")

    findings = DomainAccount(org.rest(), lambda: NOON).find(Enquiry({}, "three.example"))

    assert findings.remarks == ("several Accounts of three.example: Three A, Three B; choose one",)
