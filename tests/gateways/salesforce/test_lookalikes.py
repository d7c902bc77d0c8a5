"""Leads and Contacts of the emulated org whom somebody new may be, as the integration user finds them."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.interest import PersonId
from chalicelib.domain.likeness import Traits
from chalicelib.domain.twins import Seen, Sought
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.salesforce import lookalikes
from chalicelib.gateways.salesforce.budget import Budget
from chalicelib.gateways.salesforce.lookalikes import Lookalikes
from tests.gateways.salesforce.commands import NOON, person_id
from tests.gateways.salesforce.emulated_org import EmulatedOrg, emulated_org

FREE = frozenset({"gmx.de"})
ANNA = Traits(
    first_name="Anna",
    last_name="Müller",
    company="Weber Pressen GmbH",
    email="anna@weber.example",
    phone="0711 1234567",
)


@pytest.fixture
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


def look(org: EmulatedOrg, *wanted: Traits) -> Seen:
    sought = [Sought(person_id(number), each) for number, each in enumerate(wanted, start=1)]
    return Lookalikes(org.rest()).look(sought, FREE)


def records(seen: Seen) -> set[str]:
    return {each.record for each in seen.candidates}


def contact(org: EmulatedOrg, account: str = "Weber Pressen AG", website: str = "", **values: object) -> str:
    of = org.create("Account", Name=account, **({"Website": website} if website else {}))
    return org.create("Contact", **{"LastName": "Müller", "FirstName": "Anna", "AccountId": of, **values})


def test_the_mail_address_is_found_in_any_spelling(org: EmulatedOrg) -> None:
    anna = contact(org, "Other", LastName="Schulz", Email="Anna@WEBER.example")

    found = look(org, Traits(email="anna@weber.example"))

    assert [(each.record, each.company) for each in found.candidates] == [(f"contact:{anna}", "Other")]


@pytest.mark.parametrize("name", ["Müller", "Mueller", "MÜLLER", "Mülller"])
def test_a_contact_of_the_company_is_found_by_a_name_that_begins_alike(org: EmulatedOrg, name: str) -> None:
    anna = contact(org, LastName=name)
    contact(org, LastName="Becker", FirstName="Jonas")
    contact(org, "Quite another company", LastName=name)

    assert records(look(org, ANNA)) == {f"contact:{anna}"}


def test_first_and_last_name_may_be_swapped(org: EmulatedOrg) -> None:
    anna = contact(org, LastName="Anna", FirstName="Müller")

    assert records(look(org, ANNA)) == {f"contact:{anna}"}


@pytest.mark.parametrize("number", ["+49 (711) 123-4567", "07111234567", "0049/711/1234567"])
@pytest.mark.parametrize("field", ["Phone", "MobilePhone"])
def test_the_telephone_is_found_in_any_notation(org: EmulatedOrg, field: str, number: str) -> None:
    anna = org.create("Lead", LastName="Müller", Company="Home", **{field: number})

    [found] = look(org, ANNA).candidates

    assert (found.record, found.phone) == (f"lead:{anna}", number)


def test_the_website_of_the_account_counts_as_its_domain(org: EmulatedOrg) -> None:
    anna = contact(org, "WP Holding", "https://www.weber.example/")

    assert records(look(org, ANNA)) == {f"contact:{anna}"}


def test_free_mail_brings_no_candidates(org: EmulatedOrg) -> None:
    org.create("Lead", LastName="Müller", Company="Somewhere", Email="m@gmx.de")

    assert look(org, Traits(last_name="Müller", email="anna@gmx.de")).candidates == []


def test_a_converted_lead_is_followed_to_its_contact(org: EmulatedOrg) -> None:
    lead = org.create("Lead", LastName="Müller", Company="Weber", Email="anna@weber.example")
    became = org.convert(lead)
    org.update("Contact", became, Email="new@weber.example")

    found = look(org, Traits(email="anna@weber.example"))

    assert [(each.record, each.email) for each in found.candidates] == [
        (f"contact:{became}", "anna@weber.example")
    ]


def test_a_converted_lead_whose_contact_is_gone_is_nobody(org: EmulatedOrg) -> None:
    lead = org.create("Lead", LastName="Müller", Company="Weber", Email="anna@weber.example")
    org.delete("Contact", org.convert(lead))

    assert look(org, Traits(email="anna@weber.example")).candidates == []


def test_the_lead_that_was_made_of_the_person_is_told_apart(org: EmulatedOrg) -> None:
    own = org.create("Lead", LastName="M", Company="W", Smarketing_Person_Id__c=person_id(1))

    assert look(org, ANNA).own == {person_id(1): f"lead:{own}"}


def test_what_stands_in_for_an_unknown_name_tells_nothing(org: EmulatedOrg) -> None:
    org.create("Lead", LastName="[not provided]", Company="[not provided]", Email="anna@weber.example")

    [found] = look(org, ANNA).candidates

    assert (found.last_name, found.company) == ("", "")


def test_many_persons_are_looked_for_in_few_calls(org: EmulatedOrg) -> None:
    anna = contact(org, Email="a@weber.example")
    many = [
        Sought(
            PersonId(f"P{number}"),
            Traits("", "Eva", f"Name{number}", f"Firm {number}", f"e{number}@firm{number}.example"),
        )
        for number in range(100)
    ]
    budget = Budget(0.2, lambda: NOON)

    found = Lookalikes(org.rest(budget)).look([*many, Sought(PersonId("A"), ANNA)], FREE)

    assert records(found) == {f"contact:{anna}"}
    assert budget.calls == 2  # 4 queries an object, each as long as an address may be, five to a call


def test_a_block_that_is_too_large_leaves_it_to_the_mail_address(
    org: EmulatedOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookalikes, "MOST", 3)
    known = contact(org, "Far", LastName="Schulz", Email="anna@weber.example")
    for number in range(7):
        org.create("Lead", LastName=f"Müller {number}", Company="Weber Pressen")
    eva = org.create("Lead", LastName="Eva", Company="Firm", Phone="0711 7654321")

    found = look(org, ANNA, Traits(last_name="Eva", phone="0711 7654321"))

    assert records(found) == {f"contact:{known}", f"lead:{eva}"}


def test_names_cannot_break_out_of_the_query(org: EmulatedOrg) -> None:
    anna = contact(org, "O'Neil %_ {x}", LastName="O'Hara")

    found = look(org, Traits(last_name="O'Hara", company="O'Neil %_ {x}", email="a'b@c.example"))

    assert records(found) == {f"contact:{anna}"}


def test_an_org_that_is_busy_is_asked_again_later(org: EmulatedOrg) -> None:
    budget = Budget(0.2, lambda: NOON, used=10, allowed=10, as_of=NOON)

    with pytest.raises(Retryable):
        Lookalikes(org.rest(budget)).look([Sought(person_id(), ANNA)], FREE)


def test_a_field_that_may_not_be_read_is_a_matter_of_configuration(org: EmulatedOrg) -> None:
    [right] = [
        each
        for each in org.find("FieldPermissions", "Field", "Lead.Smarketing_Person_Id__c")
        if org.get("PermissionSet", each["ParentId"])["Name"] == "Smarketing_Integration"
    ]
    org.delete("FieldPermissions", right["Id"])

    with pytest.raises(Misconfigured, match="metadata/"):
        look(org, ANNA)
