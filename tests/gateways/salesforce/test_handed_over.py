"""Interests of the emulated org get their owners in sales, as the integration user may."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.assignment import ESCALATED, Assignment
from chalicelib.domain.engagement import person_key
from chalicelib.domain.handed_over import Handover, to_stage
from chalicelib.domain.instant import HOUR, Instant
from chalicelib.domain.interest import InterestId
from chalicelib.domain.outcome import Blocked, Written
from chalicelib.errors import Misconfigured
from chalicelib.gateways.salesforce.handed_over import HandedOverInterests
from smarketing.sandbox.org.seed import user_id
from tests.gateways.salesforce.commands import NOON
from tests.gateways.salesforce.emulated_org import CHECKED, EmulatedOrg, emulated_org

REPS = ("rep1@smarketing.example", "Rep2@Smarketing.example", "nobody@smarketing.example")


@pytest.fixture(scope="module")
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


@pytest.fixture
def interests(org: EmulatedOrg) -> HandedOverInterests:
    return HandedOverInterests(org.rest())


def today(_: str) -> date:
    return date(2026, 3, 2)


def waiting(org: EmulatedOrg, number: int, stage: str = "sql", **values: Any) -> InterestId:
    """An interest that Sales Support passed on."""
    name = InterestId(f"P{number}-presses-1")
    org.create(
        "Interest__c",
        Smarketing_Interest_Id__c=name,
        Stage__c=stage,
        Product_Line__c="presses",
        **CHECKED,
        **values,
    )
    return name


def lead(org: EmulatedOrg, **values: Any) -> str:
    known = {"LastName": "Weiß", "Company": "Berger", "Phone": "+49 1", "Title": "CEO"}
    return org.create("Lead", **known, **values)


def of_rep(org: EmulatedOrg, interest: InterestId, owner: str = REPS[0]) -> Assignment:
    why = ("Pool rest.", "It is your turn.")
    by = Instant(NOON + 8 * HOUR)
    return Assignment(interest, NOON, user_id(org.org.database, owner), "turn", "rest", why, NOON, by)


def test_what_routing_looks_at_is_read_from_the_lead(
    org: EmulatedOrg, interests: HandedOverInterests
) -> None:
    whose = lead(org, Country="Germany", PostalCode="78050", NumberOfEmployees=240)
    name = waiting(org, 1, Lead__c=whose)

    held = interests.held([name, "P0-presses-1"])

    assert set(held) == {name}
    found = held[name]
    assert (found.person, found.stage, found.account) == (person_key("lead", whose), "sql", "")
    assert {
        "product_line": "presses",
        "country": "Germany",
        "postal_code": "78050",
        "employees": 240,
    }.items() <= (found.attributes.items())
    assert found.attributes["customer"] is False


def test_a_customer_belongs_where_their_account_does(
    org: EmulatedOrg, interests: HandedOverInterests
) -> None:
    owner = user_id(org.org.database, REPS[0])
    account = org.create("Account", Name="Berger GmbH", BillingCountry="Austria", OwnerId=owner)
    contact = org.create(
        "Contact", LastName="Weiß", AccountId=account, MailingCountry="Germany", Phone="1", Title="CEO"
    )
    name = waiting(org, 2, Contact__c=contact, Account__c=account)

    found = interests.held([name])[name]

    assert (found.account, found.account_owner) == ("Berger GmbH", owner)
    assert found.attributes["country"] == "Austria"
    assert found.attributes["customer"] is True


def test_people_are_read_with_absences_and_what_they_have_in_hand(
    org: EmulatedOrg, interests: HandedOverInterests
) -> None:
    rep = user_id(org.org.database, REPS[0])
    before = interests.roster(REPS, today, count_open=True)[REPS[0]].open
    waiting(org, 3, Lead__c=lead(org), OwnerId=rep)
    org.create("Absence__c", User__c=rep, First_Day__c="2026-02-27", Last_Day__c="2026-03-03")
    org.create("Absence__c", User__c=rep, First_Day__c="2026-03-04", Last_Day__c="2026-03-06")

    people = interests.roster(REPS, today, count_open=True)

    assert set(people) == {REPS[0], REPS[1].casefold()}
    assert (people[REPS[0]].absent_until, people[REPS[0]].open) == ("2026-03-06", before + 1)
    assert (people[REPS[1].casefold()].absent_until, people[REPS[1].casefold()].active) == ("", True)


def test_an_owner_is_written_with_the_reason_and_the_deadline(
    org: EmulatedOrg, interests: HandedOverInterests
) -> None:
    name = waiting(org, 4, Lead__c=lead(org))
    held = interests.held([name])[name]
    decided = of_rep(org, name)

    [outcome] = interests.write([Handover(held.record_id, decided.told(held.person), assignment=decided)])

    assert isinstance(outcome, Written)
    record = org.get("Interest__c", held.record_id)
    assert record["OwnerId"] == decided.owner
    assert record["Assignment_Explanation__c"] == "Pool rest.\nIt is your turn."
    again = interests.held([name])[name]
    assert (again.owner, again.accept_by) == (decided.owner, decided.accept_by)
    assert record.get("Escalated_At__c") is None


def test_an_escalation_is_marked(org: EmulatedOrg, interests: HandedOverInterests) -> None:
    name = waiting(org, 5, Lead__c=lead(org))
    held = interests.held([name])[name]
    decided = replace(of_rep(org, name), how=ESCALATED, accept_by=None)

    interests.write([Handover(held.record_id, decided.told(held.person), assignment=decided)])

    record = org.get("Interest__c", held.record_id)
    assert record["Escalated_At__c"]
    assert record.get("Accept_By__c") is None


def test_owners_and_stages_are_written_together_and_each_has_its_outcome(
    org: EmulatedOrg, interests: HandedOverInterests
) -> None:
    first, second = waiting(org, 6, Lead__c=lead(org)), waiting(org, 7, Lead__c=lead(org))
    held = interests.held([first, second])
    impossible = replace(of_rep(org, first), owner="005000000000000AAA")

    blocked, written = interests.write(
        [
            Handover(held[first].record_id, impossible.told(held[first].person), assignment=impossible),
            to_stage(held[second], "rejected", "not_now", NOON, "test"),
        ]
    )

    assert isinstance(blocked, Blocked)
    assert isinstance(written, Written)
    assert org.get("Interest__c", held[second].record_id)["Stage__c"] == "rejected"


def test_a_queue_that_is_not_there_is_for_an_operator_to_make(
    org: EmulatedOrg, interests: HandedOverInterests
) -> None:
    assert interests.queue("Sales").startswith("00G")
    with pytest.raises(Misconfigured, match="Nowhere"):
        interests.queue("Nowhere")
