"""What the org does by itself when records are saved: formulas, rules and flows that were deployed."""

from typing import Any

import pytest

from chalicelib.domain.instant import DAY, HOUR, Instant
from smarketing.sandbox.org.seed import user_id
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal

AGENT, REP = "agent1@smarketing.example", "rep1@smarketing.example"
CHECKED = {
    "Qualified_Need_Confirmed__c": True,
    "Qualified_Contact_Data_Complete__c": True,
    "Qualified_Decision_Maker_Known__c": True,
    "Evidence_Need_Confirmed__c": "Call on Monday",
}


def interest(org: RunningOrg, **values: Any) -> str:
    """An interest as Smarketing opens it."""
    whole = {
        "Smarketing_Interest_Id__c": "p-presses-1",
        "Stage__c": "mql",
        "Product_Line__c": "presses",
        "Opened_At__c": "2026-03-01T12:00:00.000Z",
        "Score_When_Opened__c": 61.2,
        **values,
    }
    if "Contact__c" not in whole:
        whole.setdefault("Lead__c", org.lead(Phone="+49", Title="CTO"))
    return org.create("Interest__c", user=INTEGRATION, **whole)


def user(org: RunningOrg, username: str) -> str:
    return user_id(org.org.database, username)


def change(org: RunningOrg, record: str, user: str = AGENT, **values: Any) -> Any:
    return org.call("PATCH", f"sobjects/Interest__c/{record}", values, user=user)


def later(org: RunningOrg, span: int) -> None:
    org.now = Instant(org.now + span)


def tasks(org: RunningOrg) -> list[dict[str, Any]]:
    return org.query("SELECT Subject, OwnerId, WhatId, ActivityDate, Priority FROM Task ORDER BY CreatedDate")


# Formula fields.


def test_a_formula_is_computed_when_a_record_is_read(org: RunningOrg) -> None:
    record = org.read("Interest__c", interest(org))
    assert record["Is_Open__c"] is True
    assert record["Score_Band__c"] == "50-74"
    assert record["Has_Reached_Sql__c"] == 0
    assert record["Hours_To_First_Touch__c"] is None


def test_a_formula_follows_the_time(org: RunningOrg) -> None:
    record = interest(org)
    assert org.read("Interest__c", record)["Is_Overdue__c"] is False
    later(org, 5 * HOUR)
    assert org.read("Interest__c", record)["Is_Overdue__c"] is True
    assert org.read("Interest__c", record)["Service_Level_Kept__c"] is False


def test_formulas_are_searched_and_averaged_like_other_fields(org: RunningOrg) -> None:
    interest(org)
    interest(org, Smarketing_Interest_Id__c="p-lasers-1", Score_When_Opened__c=10, Product_Line__c="lasers")
    bands = org.query(
        "SELECT Score_Band__c, Lead__r.Smarketing_LinkedIn_Search__c FROM Interest__c "
        "WHERE Is_Open__c = TRUE AND Score_Band__c = '0-24'"
    )
    assert [each["Score_Band__c"] for each in bands] == ["0-24"]
    assert (
        "linkedin.com/search/results/people/?keywords="
        in bands[0]["Lead__r"]["Smarketing_LinkedIn_Search__c"]
    )
    [average] = org.query("SELECT AVG(Has_Reached_Sql__c) rate FROM Interest__c")
    assert average["rate"] == 0


def test_nobody_writes_a_formula_field(org: RunningOrg) -> None:
    answer = change(org, interest(org), user=INTEGRATION, Is_Open__c=False)
    assert refusal(answer) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


# Validation rules.


def test_an_interest_goes_to_sales_only_with_a_complete_checklist(org: RunningOrg) -> None:
    record = interest(org)
    answer = change(org, record, Stage__c="sql")
    assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert answer.json()[0]["message"].startswith("Complete the checklist before handing over to sales")
    assert answer.json()[0]["fields"] == ["Stage__c"]
    assert change(org, record, Stage__c="sql", **CHECKED).status_code == 204


def test_nothing_is_rejected_without_a_reason(org: RunningOrg) -> None:
    record = interest(org)
    assert refusal(change(org, record, Stage__c="rejected"))[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert change(org, record, Stage__c="rejected", Reason__c="no_budget").status_code == 204


@pytest.mark.parametrize("step", ["accepted", "opportunity", "customer", "inquiry"])
def test_a_step_that_the_playbook_does_not_allow_is_refused(org: RunningOrg, step: str) -> None:
    answer = change(org, interest(org), Stage__c=step)
    assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    assert "does not allow this step" in answer.json()[0]["message"]


def test_the_integration_user_writes_what_history_knows_already(org: RunningOrg) -> None:
    record = interest(org)
    assert change(org, record, user=INTEGRATION, Stage__c="customer").status_code == 204


def test_a_refused_record_of_several_leaves_the_others_written(org: RunningOrg) -> None:
    good, bad = interest(org), interest(org, Smarketing_Interest_Id__c="p-lasers-1")
    records = [
        {"attributes": {"type": "Interest__c"}, "id": good, "Stage__c": "qualifying"},
        {"attributes": {"type": "Interest__c"}, "id": bad, "Stage__c": "rejected"},
    ]
    answer = org.call("PATCH", "composite/sobjects", {"allOrNone": False, "records": records}, user=AGENT)
    assert [each["success"] for each in answer.json()] == [True, False]
    assert org.read("Interest__c", good)["Stage__c"] == "qualifying"
    assert org.read("Interest__c", bad)["Stage__c"] == "mql"


def test_two_people_approve_a_version_of_the_playbook(org: RunningOrg) -> None:
    one, other = user(org, AGENT), user(org, REP)
    values = {"Name": "Spring", "Version_Hash__c": "abc", "Marketing_Approved_By__c": one}
    version = org.create("Playbook_Version__c", **values)
    path = f"sobjects/Playbook_Version__c/{version}"
    alone = {"Status__c": "approved", "Sales_Approved_By__c": one}
    assert refusal(org.call("PATCH", path, alone))[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert org.call("PATCH", path, {**alone, "Sales_Approved_By__c": other}).status_code == 204


# Flows.


def test_a_new_interest_knows_since_when_and_until_when(org: RunningOrg) -> None:
    record = org.read("Interest__c", interest(org))
    assert record["Stage_Since__c"] == "2026-03-01T12:00:00.000+0000"
    assert record["Due_At__c"] == "2026-03-01T16:00:00.000+0000"
    assert record["First_Touch_At__c"] is None


def test_each_step_leaves_its_time(org: RunningOrg) -> None:
    record = interest(org)
    later(org, HOUR)
    change(org, record, Stage__c="qualifying")
    later(org, HOUR)
    change(org, record, Stage__c="sql", **CHECKED)
    later(org, 3 * HOUR)
    change(org, record, user=REP, Stage__c="accepted")
    shown = org.read("Interest__c", record)
    assert shown["First_Touch_At__c"] == "2026-03-01T13:00:00.000+0000"
    assert shown["Handed_Over_At__c"] == "2026-03-01T14:00:00.000+0000"
    assert shown["Accepted_At__c"] == "2026-03-01T17:00:00.000+0000"
    assert shown["Due_At__c"] is None
    assert (shown["Hours_To_First_Touch__c"], shown["Hours_To_Acceptance__c"]) == (1, 3)
    assert shown["Service_Level_Kept__c"] is True


def test_times_stay_when_something_else_changes(org: RunningOrg) -> None:
    record = interest(org)
    later(org, HOUR)
    change(org, record, Expected_Value__c=50_000)
    assert org.read("Interest__c", record)["Stage_Since__c"] == "2026-03-01T12:00:00.000+0000"


def test_an_interest_takes_account_and_record_type_from_a_customer(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk")
    contact = org.create("Contact", LastName="Weiß", AccountId=account)
    customer, newcomer = interest(org, Contact__c=contact), interest(org, Smarketing_Interest_Id__c="other")
    assert org.read("Interest__c", customer)["Account__c"] == account
    soql = "SELECT RecordType.DeveloperName FROM Interest__c WHERE Id = '{}'"
    [one], [other] = org.query(soql.format(customer)), org.query(soql.format(newcomer))
    assert one["RecordType"]["DeveloperName"] == "Cross_Sell"
    assert other["RecordType"]["DeveloperName"] == "New_Business"


def test_whoever_gets_a_handed_over_interest_gets_a_task(org: RunningOrg) -> None:
    rep = user(org, REP)
    record = interest(org)
    change(org, record, Stage__c="sql", OwnerId=rep, **CHECKED)
    [task] = tasks(org)
    assert task["Subject"] == "Take over the interest in presses"
    assert (task["OwnerId"], task["WhatId"], task["ActivityDate"]) == (rep, record, "2026-03-02")


def test_a_queue_gets_no_task(org: RunningOrg) -> None:
    [queue] = org.query("SELECT Id FROM Group WHERE DeveloperName = 'Sales_Support'")
    change(org, interest(org, OwnerId=queue["Id"]), Stage__c="sql", **CHECKED)
    assert tasks(org) == []


def test_the_owner_is_reminded_when_the_next_step_is_overdue(org: RunningOrg) -> None:
    rep = user(org, REP)
    record = interest(org, OwnerId=rep)
    later(org, 3 * HOUR)
    assert tasks(org) == []
    later(org, 2 * HOUR)
    [task] = tasks(org)
    assert task["Subject"] == "Overdue: interest in presses"
    assert org.read("Interest__c", record)["Reminded_At__c"] == "2026-03-01T17:00:00.000+0000"


def test_nobody_is_reminded_of_a_step_that_was_taken(org: RunningOrg) -> None:
    rep = user(org, REP)
    record = interest(org, OwnerId=rep)
    change(org, record, Stage__c="recycled", Reason__c="not_now")
    later(org, 30 * DAY)
    assert tasks(org) == []


def test_a_later_stage_moves_the_reminder(org: RunningOrg) -> None:
    rep = user(org, REP)
    record = interest(org, OwnerId=rep)
    change(org, record, Stage__c="qualifying")
    later(org, DAY)
    assert tasks(org) == []
    later(org, DAY + HOUR)
    assert [each["Subject"] for each in tasks(org)] == ["Overdue: interest in presses"]


def test_an_account_shows_the_numbers_of_its_best_contact(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk")
    contacts = [org.create("Contact", LastName=name, AccountId=account) for name in ("Weiß", "Schwarz")]
    for contact, score in zip(contacts, (70, 40), strict=True):
        values = {"Smarketing_Score__c": score, "Smarketing_Grade__c": "B"}
        org.call("PATCH", f"sobjects/Contact/{contact}", values, user=INTEGRATION)
    assert org.read("Account", account)["Smarketing_Score__c"] == 70
    org.call("PATCH", f"sobjects/Contact/{contacts[0]}", {"Smarketing_Score__c": 10}, user=INTEGRATION)
    assert org.read("Account", account)["Smarketing_Score__c"] == 40


def test_a_refused_save_leaves_no_trace_of_its_flows(org: RunningOrg) -> None:
    rep = user(org, REP)
    record = interest(org)
    change(org, record, Stage__c="sql", OwnerId=rep)
    assert tasks(org) == []
    assert org.read("Interest__c", record)["Handed_Over_At__c"] is None
