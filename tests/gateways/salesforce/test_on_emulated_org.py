"""The gateway over real HTTP against the emulated org: faults, the API budget, large deliveries."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.engagement import person_key
from chalicelib.domain.outcome import Deferred, Refused, Written
from chalicelib.gateways.salesforce.bulk import MORE_THAN
from chalicelib.gateways.salesforce.client import least_calls
from tests.gateways.salesforce.commands import NOON, interest, person, touchpoint
from tests.gateways.salesforce.emulated_org import CHECKED, EmulatedOrg, emulated_org


@pytest.fixture
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


@pytest.mark.parametrize(
    "fault",
    ["unavailable", "server_error", "no_json", "session_expired", "drop_before", "drop_after", "lock_row"],
)
def test_each_passing_fault_is_borne_and_nothing_is_written_twice(org: EmulatedOrg, fault: str) -> None:
    gateway = org.gateway()
    gateway.write([person(9)])
    org.fail(fault, path="composite")
    outcomes = gateway.write([person(), interest(), touchpoint(contact_id=None)])
    assert [type(outcome) for outcome in outcomes] == [Written] * 3
    assert len(org.find("Lead", "LastName", "Weiß 1")) == 1
    assert len(org.find("Interest__c", "Stage__c", "mql")) == 1
    assert len(org.find("Touchpoint__c", "Kind__c", "email_clicked")) == 1


def test_a_limit_that_is_reached_defers_everything(org: EmulatedOrg) -> None:
    org.fail("request_limit")
    [outcome] = org.gateway().write([person()])
    assert isinstance(outcome, Deferred)
    assert outcome.reason.startswith("REQUEST_LIMIT_EXCEEDED")


def test_people_keep_their_share_of_the_calls() -> None:
    with emulated_org(daily_calls=10) as org:
        gateway = org.gateway(share_for_people=0.5)
        outcomes = [gateway.write([person(number)])[0] for number in range(8)]
        assert [type(outcome) for outcome in outcomes] == [Written] * 5 + [Deferred] * 3
        assert org.org.limits.used == 5


def test_a_thousand_commands_are_one_call_and_all_there(org: EmulatedOrg) -> None:
    gateway = org.gateway()
    outcomes = gateway.write([person(number) for number in range(1_000)])
    assert {type(outcome) for outcome in outcomes} == {Written}
    assert gateway.calls == least_calls(1_000, 1_000_000) == 1
    assert len(org.find("Lead", "Smarketing_Grade__c", "B+")) == 1_000


def test_a_large_delivery_is_one_job_with_every_record_right(org: EmulatedOrg) -> None:
    gateway = org.gateway()
    gateway.write([person()])
    before = gateway.calls
    many = [
        touchpoint(number, contact_id=None, subject=f'Ölpumpe "{number}", groß\nzweite Zeile')
        for number in range(MORE_THAN)
    ]
    many.append(touchpoint(99_999, contact_id=None, person=2))
    outcomes = gateway.write(many)
    assert [type(outcome) for outcome in outcomes] == [Written] * MORE_THAN + [Deferred]
    [seventh] = org.find("Touchpoint__c", "Smarketing_Engagement_Id__c", touchpoint(7).external_id)
    assert seventh["Subject__c"] == 'Ölpumpe "7", groß\nzweite Zeile'
    # The job; the record without its Lead is looked at twice more.
    assert gateway.calls - before <= 7 + 2


def test_many_openings_leave_in_one_job_what_is_there_already(org: EmulatedOrg) -> None:
    gateway = org.gateway()
    people = [person(number) for number in range(MORE_THAN + 1)]
    openings = [interest(number) for number in range(MORE_THAN + 1)]
    gateway.write([*people, openings[0]])
    [first] = org.find("Interest__c", "Smarketing_Interest_Id__c", openings[0].external_id)
    org.update("Lead", first["Lead__c"], Phone="+49", Title="CTO")
    org.update("Interest__c", first["Id"], Stage__c="sql", **CHECKED)
    outcomes = gateway.write(openings)
    assert {type(outcome) for outcome in outcomes} == {Written}
    assert len(org.find("Interest__c", "Stage__c", "mql")) == MORE_THAN
    assert len(org.find("Interest__c", "Stage__c", "sql")) == 1


def test_a_value_that_the_org_refuses_is_its_commands_alone(org: EmulatedOrg) -> None:
    good, bad = person(1), person(2, email="nobody at all")
    first, second = org.gateway().write([good, bad])
    assert isinstance(first, Written)
    assert isinstance(second, Refused)
    assert "Email" in second.reason


@pytest.mark.parametrize("entity", ["Lead", "Contact", "Opportunity", "Interest__c"])
def test_every_object_can_be_read_again_by_id_and_by_time(org: EmulatedOrg, entity: str) -> None:
    contact = org.create("Contact", LastName="Weiß", Email="anna@example.org")
    values: dict[str, dict[str, object]] = {
        "Lead": {"LastName": "Weiß", "Company": "Werk"},
        "Contact": {"LastName": "Groß", "Email": "berta@example.org"},
        "Opportunity": {
            "Name": "Presse",
            "StageName": "Open",
            "CloseDate": "2026-04-01",
            "ContactId": contact,
        },
        "Interest__c": {"Smarketing_Interest_Id__c": "p-presses-1", "Contact__c": contact, "Stage__c": "mql"},
    }
    record = org.create(entity, **values[entity])
    [told] = org.gateway().read_again(entity, [record], NOON)
    assert told in list(org.gateway().read_again(entity, [], NOON))


def test_a_merger_that_an_event_could_not_tell_is_read_from_the_records(org: EmulatedOrg) -> None:
    loser, master = (org.create("Contact", LastName=name) for name in ("Weiß", "Weiss"))
    org.merge(loser, master)
    [told] = org.gateway().read_again("Contact", [loser], NOON)
    assert told.keys == (person_key("contact", master), person_key("contact", loser))
