"""How our words become Salesforce's fields."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from chalicelib.gateways.salesforce.mapping import INTEREST, STATE, TOUCHPOINT, Field, Write, write_of
from tests.gateways.salesforce.commands import NOON, interest, person, person_id, touchpoint

OBJECTS = Path(__file__).parents[3] / "metadata" / "foundation" / "main" / "default" / "objects"
NAMESPACE = {"m": "http://soap.sforce.com/2006/04/metadata"}
QUEUE = "00G000000000001"


def test_a_person_that_salesforce_does_not_know_becomes_a_lead_by_our_id() -> None:
    write = write_of(person(), QUEUE)
    assert write.target == ("Lead", "Smarketing_Person_Id__c", person_id())
    assert write.how == "upsert"
    assert write.values["LastName"] == "Weiß 1"
    assert write.values["Smarketing_Score__c"] == 61.2
    assert write.values["Smarketing_Last_Touchpoint__c"] == "2026-03-01T12:00:00.000Z"


@pytest.mark.parametrize(("word", "object_"), [("lead_id", "Lead"), ("contact_id", "Contact")])
def test_a_known_persons_profile_belongs_to_sales(word: str, object_: str) -> None:
    record = "00Q000000000001" if object_ == "Lead" else "003000000000001"
    write = write_of(person(**{word: record}), QUEUE)
    assert write.target == (object_, "Id", record)
    assert write.how == "update"
    assert {name for name in write.values if not name.startswith("Smarketing_")} == set()


def test_a_converted_persons_contact_counts() -> None:
    write = write_of(person(lead_id="00Q000000000001", contact_id="003000000000001"), QUEUE)
    assert write.object == "Contact"


def test_a_lead_without_name_and_company_says_so() -> None:
    write = write_of(person(last_name=None, company=None), QUEUE)
    assert write.values["LastName"] == write.values["Company"] == "[not provided]"


def test_an_opt_in_is_a_checkbox() -> None:
    values = write_of(person(), QUEUE).values
    assert values["Smarketing_Opt_In_Newsletter__c"] is True
    assert values["Smarketing_Opt_In_Product_News__c"] is False


def test_a_subscription_goes_to_the_field_of_its_purpose() -> None:
    values = write_of(person(subscription_trade_fairs="unsubscribed"), QUEUE).values
    assert values["Smarketing_Subscription_Newsletter__c"] == "subscribed"
    assert values["Smarketing_Subscription_Product_News__c"] == "requested"
    assert values["Smarketing_Subscription_Trade_Fairs__c"] == "unsubscribed"


def test_text_is_cut_to_the_fields_length_without_splitting_a_character() -> None:
    write = write_of(person(job_title="x" * 127 + "🏭"), QUEUE)
    assert write.values["Title"] == "x" * 127


def test_an_e_mail_address_is_never_cut() -> None:
    assert "Email" not in write_of(person(email="x" * 80 + "@example.org"), QUEUE).values


def test_a_number_of_employees_that_is_none_is_left_out() -> None:
    assert "NumberOfEmployees" not in write_of(person(employees="50-100"), QUEUE).values
    assert write_of(person(employees="250"), QUEUE).values["NumberOfEmployees"] == 250


def test_an_opened_interest_is_created_in_the_queue_and_never_touched_again() -> None:
    write = write_of(interest(), QUEUE)
    assert write.how == "create"
    assert write.values["OwnerId"] == QUEUE
    assert write.values[f"Lead__r.{'Smarketing_Person_Id__c'}"] == person_id()


def test_a_changed_interest_keeps_its_owner() -> None:
    write = write_of(interest(changed_at=NOON + 1, stage="recycled", contact_id="003000000000001"), QUEUE)
    assert write.how == "upsert"
    assert "OwnerId" not in write.values
    assert write.values["Contact__c"] == "003000000000001"


def test_a_touchpoint_belongs_to_the_record_that_salesforce_knows() -> None:
    assert write_of(touchpoint(), QUEUE) == Write(
        "Touchpoint__c",
        "upsert",
        "Smarketing_Engagement_Id__c",
        f"{1:032x}",
        {
            "Kind__c": "email_clicked",
            "Label__c": "Clicked an e-mail",
            "Occurred_At__c": "2026-03-01T12:00:00.000Z",
            "Source__c": "marketing_cloud",
            "Product_Line__c": "presses",
            "Subject__c": None,
            "Contact__c": "003000000000001",
        },
    )


@pytest.mark.parametrize(
    ("object_", "field"),
    [
        (name, field)
        for name, table in (
            ("Lead", STATE),
            ("Contact", STATE),
            ("Interest__c", INTEREST),
            ("Touchpoint__c", TOUCHPOINT),
        )
        for field in table.values()
    ],
    ids=lambda value: value if isinstance(value, str) else value.name,
)
def test_each_field_is_deployed_and_long_enough(object_: str, field: Field) -> None:
    deployed = ElementTree.parse(OBJECTS / object_ / "fields" / f"{field.name}.field-meta.xml").getroot()  # noqa: S314 - our own file
    length = deployed.findtext("m:length", namespaces=NAMESPACE)
    if length is not None:
        longest = field.form("x" * 100_000)
        assert isinstance(longest, str)
        assert len(longest) == int(length)
