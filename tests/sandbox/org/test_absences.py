# ruff: noqa: S608 - the queries are the tests' own
"""Absences in the emulated org: reps enter them, the routing reads them, no reason is asked for."""

from typing import Any

import pytest
import requests

from tests.sandbox.org.people import ask, id_of
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal

AGENT, REP, OTHER = (f"{name}@smarketing.example" for name in ("agent1", "rep1", "rep4"))
MONDAY, FRIDAY = "2026-03-02", "2026-03-06"


def enter(org: RunningOrg, by: str = REP, **values: Any) -> requests.Response:
    """Enter an absence, of the rep from Monday to Friday where nothing else is said."""
    one = {"User__c": id_of(org, REP), "First_Day__c": MONDAY, "Last_Day__c": FRIDAY, **values}
    return org.call("POST", "sobjects/Absence__c", one, user=by)


@pytest.mark.parametrize("by", [REP, OTHER, AGENT])
def test_a_rep_the_lead_and_sales_support_enter_absences(org: RunningOrg, by: str) -> None:
    made = enter(org, by)
    assert made.status_code == 201, made.text
    path = f"sobjects/Absence__c/{made.json()['id']}"
    assert org.call("PATCH", path, {"Last_Day__c": MONDAY}, user=REP).status_code == 204


def test_who_stays_after_all_takes_the_absence_out_again(org: RunningOrg) -> None:
    path = f"sobjects/Absence__c/{enter(org).json()['id']}"
    assert org.call("DELETE", path, user=REP).status_code == 204


@pytest.mark.parametrize("lacking", ["User__c", "First_Day__c", "Last_Day__c"])
def test_an_absence_says_whose_and_when(org: RunningOrg, lacking: str) -> None:
    assert refusal(enter(org, **{lacking: None})) == (400, "REQUIRED_FIELD_MISSING")


@pytest.mark.parametrize(("last", "status"), [("2026-03-01", 400), (MONDAY, 201)])
def test_the_last_day_is_not_before_the_first(org: RunningOrg, last: str, status: int) -> None:
    answer = enter(org, Last_Day__c=last)
    assert answer.status_code == status
    assert status == 201 or refusal(answer)[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        ("Smarketing_Integration", {"Read"}),
        ("Smarketing_Sales", {"Create", "Read", "Edit", "Delete"}),
        ("Smarketing_Sales_Support", {"Create", "Read", "Edit", "Delete"}),
        ("Smarketing_Marketing_Operations", set()),
    ],
)
def test_a_role_has_the_rights_that_its_work_asks_for(org: RunningOrg, role: str, rights: set[str]) -> None:
    columns = ("Create", "Read", "Edit", "Delete")
    soql = (
        f"SELECT {', '.join(f'Permissions{each}' for each in columns)} FROM ObjectPermissions "
        "WHERE SobjectType = 'Absence__c' AND Parent.Name = {}"
    )
    found = ask(org, soql, role)
    assert {name for name in columns for row in found if row[f"Permissions{name}"]} == rights


# What the routing asks.


def asked(org: RunningOrg, soql: str, *values: str) -> list[dict[str, Any]]:
    """Ask as the integration user; attributes aside."""
    quoted = "', '".join(values)
    answer = org.call("GET", "query", params={"q": soql.replace("{}", f"'{quoted}'")}, user=INTEGRATION)
    assert answer.status_code == 200, answer.text
    return [_plain(each) for each in answer.json()["records"]]


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {
        name: _plain(value) if isinstance(value, dict) else value
        for name, value in record.items()
        if name != "attributes"
    }


def test_the_routing_reads_who_is_away_from_a_day_on(org: RunningOrg) -> None:
    enter(org)
    enter(org, First_Day__c="2025-12-01", Last_Day__c="2025-12-31")
    enter(org, OTHER, User__c=id_of(org, OTHER))
    days = "SELECT User__c, First_Day__c, Last_Day__c FROM Absence__c"
    found = asked(org, f"{days} WHERE Last_Day__c >= 2026-01-01 AND User__c IN ({{}})", id_of(org, REP))
    assert found == [{"User__c": id_of(org, REP), "First_Day__c": MONDAY, "Last_Day__c": FRIDAY}]


def test_the_routing_counts_what_each_rep_has_open(org: RunningOrg) -> None:
    for owner, stage in ((REP, "sql"), (REP, "accepted"), (OTHER, "sql"), (OTHER, "rejected")):
        org.create("Interest__c", user=INTEGRATION, OwnerId=id_of(org, owner), Stage__c=stage)
    stages = "Stage__c IN ('sql', 'accepted', 'opportunity')"
    soql = f"SELECT OwnerId, COUNT(Id) n FROM Interest__c WHERE OwnerId IN ({{}}) AND {stages}"
    found = asked(org, f"{soql} GROUP BY OwnerId", id_of(org, REP), id_of(org, OTHER))
    assert {each["OwnerId"]: each["n"] for each in found} == {id_of(org, REP): 2, id_of(org, OTHER): 1}


def test_the_routing_finds_the_reps_of_the_playbook(org: RunningOrg) -> None:
    soql = "SELECT Id, Username, IsActive, Name FROM User WHERE Username IN ({})"
    [found] = asked(org, soql, REP, "nobody@smarketing.example")
    assert found == {"Id": id_of(org, REP), "Username": REP, "IsActive": True, "Name": "Vera Verkauf"}


def test_the_routing_reads_where_the_person_is_and_whose_the_account(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk", BillingCountry="Austria", OwnerId=id_of(org, OTHER))
    contact = org.create("Contact", LastName="Weiß", AccountId=account, MailingCountry="Germany")
    lead = org.lead(Country="Germany", PostalCode="78048", State="BW")
    for key, whose in (("a", {"Lead__c": lead}), ("b", {"Contact__c": contact, "Account__c": account})):
        org.create("Interest__c", user=INTEGRATION, Smarketing_Interest_Id__c=key, Stage__c="sql", **whose)
    fields = (
        "Stage__c, Lead__r.Country, Lead__r.PostalCode, Lead__r.State, Contact__r.MailingCountry, "
        "Account__r.OwnerId, Account__r.Name, Account__r.BillingCountry"
    )
    soql = f"SELECT Id, OwnerId, {fields} FROM Interest__c WHERE Smarketing_Interest_Id__c IN ({{}})"
    one, other = asked(org, f"{soql} ORDER BY Smarketing_Interest_Id__c", "a", "b")
    assert one["Lead__r"] == {"Country": "Germany", "PostalCode": "78048", "State": "BW"}
    assert (one["Contact__r"], one["Account__r"]) == (None, None)
    assert other["Contact__r"] == {"MailingCountry": "Germany"}
    assert other["Account__r"] == {
        "OwnerId": id_of(org, OTHER),
        "Name": "Werk",
        "BillingCountry": "Austria",
    }


def test_the_sandbox_has_reps_and_a_lead_to_route_to(org: RunningOrg) -> None:
    soql = "SELECT Username FROM User WHERE IsActive = TRUE AND Profile.Name = {} ORDER BY Username"
    assert [each["Username"] for each in ask(org, soql, "Sales")] == [
        f"rep{number}@smarketing.example" for number in range(1, 5)
    ]
