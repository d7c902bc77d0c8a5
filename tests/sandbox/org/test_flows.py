"""Flows of the emulated org: the project's own do their work, and what can't be run isn't deployed."""

from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instant import HOUR, MINUTE, Duration, Instant, iso
from smarketing.sandbox.org.metadata_api.results import Outcome
from smarketing.sandbox.org.seed import ADMIN
from tests.sandbox.org.people import ask, deploy, id_of
from tests.sandbox.org.running_org import INTEGRATION, NOON, RunningOrg, refusal, running_org

CHECKED = {
    "Qualified_Need_Confirmed__c": True,
    "Qualified_Contact_Data_Complete__c": True,
    "Qualified_Decision_Maker_Known__c": True,
    "Evidence_Need_Confirmed__c": "Call on Monday",
}
TIMES = ("Stage_Since__c", "Due_At__c", "First_Touch_At__c", "Handed_Over_At__c", "Accepted_At__c")

PLACE = "<locationX>0</locationX><locationY>0</locationY>"


def interest(org: RunningOrg, stage: str = "mql", *, user: str = INTEGRATION, **values: Any) -> str:
    return org.create(
        "Interest__c",
        user=user,
        **{"Lead__c": org.lead(Phone="+49", Title="CTO"), "Stage__c": stage, "Product_Line__c": "presses"}
        | values,
    )


def move(org: RunningOrg, one: str, stage: str, *, user: str = ADMIN, **values: Any) -> None:
    answer = org.call("PATCH", f"sobjects/Interest__c/{one}", {"Stage__c": stage, **values}, user=user)
    assert answer.status_code == 204, answer.text


def wait(org: RunningOrg, duration: Duration) -> None:
    org.now = Instant(org.now + duration)


def times(org: RunningOrg, one: str) -> dict[str, int | None]:
    """Give an interest's times, in hours since noon."""
    record = org.read("Interest__c", one)
    hours = {iso(Instant(NOON + each * HOUR))[:16]: each for each in range(100)}
    return {name: hours[record[name][:16]] if record[name] else None for name in TIMES}


def tasks(org: RunningOrg, one: str) -> list[dict[str, Any]]:
    return ask(
        org, "SELECT Subject, OwnerId, ActivityDate, Priority, Status FROM Task WHERE WhatId = {}", one
    )


def flow(org: RunningOrg, body: str, *, start: str = "", trigger: str = "RecordAfterSave") -> Outcome:
    """Deploy an active flow that a Lead triggers."""
    inner = (
        f"{body}<label>Of the test</label><processType>AutoLaunchedFlow</processType>"
        f"<start>{PLACE}<connector><targetReference>First</targetReference></connector>{start}"
        "<object>Lead</object><recordTriggerType>CreateAndUpdate</recordTriggerType>"
        f"<triggerType>{trigger}</triggerType></start><status>Active</status>"
    )
    return deploy(org, ("Flow", "Of_The_Test", f"<apiVersion>66.0</apiVersion>{inner}"))


def named(more: str) -> str:
    return f"<name>First</name><label>First</label>{PLACE}{more}"


def assigning(target: str, value: str) -> str:
    item = f"<assignToReference>{target}</assignToReference><operator>Assign</operator><value>{value}</value>"
    return f"<assignments>{named(f'<assignmentItems>{item}</assignmentItems>')}</assignments>"


MESSAGE = "<actionName>Lead.Nowhere</actionName><actionType>outboundMessage</actionType>"
TITLE = assigning("$Record.Title", "<stringValue>CTO</stringValue>")


# An interest's times.


def test_a_new_interest_is_due_when_the_playbook_says(org: RunningOrg) -> None:
    assert times(org, interest(org)) == {
        "Stage_Since__c": 0,
        "Due_At__c": 4,
        "First_Touch_At__c": None,
        "Handed_Over_At__c": None,
        "Accepted_At__c": None,
    }


def test_each_stage_leaves_its_times(org: RunningOrg) -> None:
    one = interest(org)
    for hours, stage in ((1, "qualifying"), (2, "sql"), (3, "accepted")):
        wait(org, Duration(hours * HOUR))
        move(org, one, stage, **CHECKED)
    assert times(org, one) == {
        "Stage_Since__c": 6,
        "Due_At__c": None,
        "First_Touch_At__c": 1,
        "Handed_Over_At__c": 3,
        "Accepted_At__c": 6,
    }


def test_another_change_leaves_the_times_alone(org: RunningOrg) -> None:
    one = interest(org)
    before = times(org, one)
    wait(org, Duration(HOUR))
    move(org, one, "mql", Reason_Note__c="Called, nobody there")
    assert times(org, one) == before


def test_our_own_writing_is_no_first_touch(org: RunningOrg) -> None:
    one = interest(org)
    move(org, one, "qualifying", user=INTEGRATION)
    assert org.read("Interest__c", one)["First_Touch_At__c"] is None


def test_a_closed_interest_says_since_when(org: RunningOrg) -> None:
    one = interest(org)
    wait(org, Duration(HOUR))
    move(org, one, "rejected", Reason__c="no_need")
    record = org.read("Interest__c", one)
    assert record["Closed_At__c"][:16] == "2026-03-01T13:00"
    assert record["Due_At__c"] is None


def test_nobody_writes_the_times_by_hand(org: RunningOrg) -> None:
    record = org.read("Interest__c", interest(org, Due_At__c="2030-01-01T00:00:00Z"))
    assert record["Due_At__c"][:16] == "2026-03-01T16:00"


# Whose it is, and what of.


def test_the_interest_of_a_contact_is_its_accounts_and_cross_selling(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk")
    contact = org.create("Contact", LastName="Weiß", AccountId=account)
    one = interest(org, Lead__c=None, Contact__c=contact)
    assert org.read("Interest__c", one)["Account__c"] == account
    [found] = ask(org, "SELECT RecordType.DeveloperName FROM Interest__c WHERE Id = {}", one)
    assert found["RecordType"]["DeveloperName"] == "Cross_Sell"


def test_the_interest_of_a_lead_is_new_business(org: RunningOrg) -> None:
    [found] = ask(org, "SELECT RecordType.DeveloperName FROM Interest__c WHERE Id = {}", interest(org))
    assert found["RecordType"]["DeveloperName"] == "New_Business"


def test_an_account_shows_its_contact_with_the_highest_score(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk")
    for score, grade in ((20, "B"), (70, "A"), (40, "C")):
        org.create(
            "Contact",
            user=INTEGRATION,
            LastName="Weiß",
            AccountId=account,
            Smarketing_Score__c=score,
            Smarketing_Grade__c=grade,
        )
    record = org.read("Account", account)
    assert (record["Smarketing_Score__c"], record["Smarketing_Grade__c"]) == (70, "A")


def test_an_account_follows_when_its_best_contact_cools_down(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk")
    best, _ = (
        org.create("Contact", user=INTEGRATION, LastName="Weiß", AccountId=account, Smarketing_Score__c=score)
        for score in (70, 40)
    )
    org.call("PATCH", f"sobjects/Contact/{best}", {"Smarketing_Score__c": 10}, user=INTEGRATION)
    assert org.read("Account", account)["Smarketing_Score__c"] == 40


# Tasks and reminders.


def test_a_queue_gets_no_task_but_who_takes_the_interest_from_it_does(org: RunningOrg) -> None:
    [queue] = ask(org, "SELECT Id FROM Group WHERE DeveloperName = {}", "Sales_Support")
    one = interest(org, OwnerId=queue["Id"])
    move(org, one, "sql", **CHECKED)
    assert tasks(org, one) == []
    move(org, one, "sql", OwnerId=id_of(org, ADMIN))
    assert len(tasks(org, one)) == 1


def test_the_owner_is_reminded_when_the_next_step_is_due(org: RunningOrg) -> None:
    one = interest(org, OwnerId=id_of(org, ADMIN))
    wait(org, Duration(4 * HOUR - MINUTE))
    assert tasks(org, one) == []
    wait(org, Duration(2 * MINUTE))
    [task] = tasks(org, one)
    assert task["Subject"].startswith("Overdue")
    assert org.read("Interest__c", one)["Reminded_At__c"][:16] == "2026-03-01T16:01"


def test_a_look_at_the_very_moment_does_not_lose_the_reminder(org: RunningOrg) -> None:
    one = interest(org, OwnerId=id_of(org, ADMIN))
    wait(org, Duration(4 * HOUR))
    assert tasks(org, one) == []
    wait(org, Duration(MINUTE))
    assert len(tasks(org, one)) == 1


def test_a_reminder_comes_once(org: RunningOrg) -> None:
    one = interest(org, OwnerId=id_of(org, ADMIN))
    for _ in range(3):
        wait(org, Duration(5 * HOUR))
        org.read("Interest__c", one)
    assert len(tasks(org, one)) == 1


@pytest.mark.parametrize("stage", ["accepted", "rejected"])
def test_nobody_is_reminded_of_what_is_done(org: RunningOrg, stage: str) -> None:
    one = interest(org, OwnerId=id_of(org, ADMIN))
    move(org, one, stage, user=INTEGRATION)
    wait(org, Duration(100 * HOUR))
    assert tasks(org, one) == []


def test_a_reminder_moves_with_the_stage(org: RunningOrg) -> None:
    one = interest(org, OwnerId=id_of(org, ADMIN))
    wait(org, Duration(3 * HOUR))
    move(org, one, "qualifying")
    wait(org, Duration(47 * HOUR))
    assert tasks(org, one) == []
    wait(org, Duration(2 * HOUR))
    assert len(tasks(org, one)) == 1


def test_nobody_is_reminded_of_what_was_deleted(org: RunningOrg) -> None:
    one = interest(org, OwnerId=id_of(org, ADMIN))
    org.call("DELETE", f"sobjects/Interest__c/{one}")
    wait(org, Duration(5 * HOUR))
    assert tasks(org, one) == []


def test_a_reminder_outlives_a_restart(tmp_path: Path) -> None:
    with running_org(tmp_path / "org.db") as org:
        one = interest(org, OwnerId=id_of(org, ADMIN))
    with running_org(tmp_path / "org.db") as org:
        wait(org, Duration(5 * HOUR))
        assert len(tasks(org, one)) == 1


# Flows that somebody deploys.


def test_a_flow_works_from_when_it_is_deployed(org: RunningOrg) -> None:
    assert org.read("Lead", org.lead())["Title"] is None
    assert flow(org, TITLE, trigger="RecordBeforeSave").problems == ()
    assert org.read("Lead", org.lead())["Title"] == "CTO"


def test_a_flow_starts_for_what_meets_its_filters_alone(org: RunningOrg) -> None:
    condition = "<filterFormula>ISCHANGED({!$Record.Company})</filterFormula>"
    flow(org, TITLE, start=condition, trigger="RecordBeforeSave")
    lead = org.lead()
    assert org.read("Lead", lead)["Title"] is None
    org.call("PATCH", f"sobjects/Lead/{lead}", {"Company": "Hütte"})
    assert org.read("Lead", lead)["Title"] == "CTO"


def test_a_rule_sees_what_a_flow_has_set_before(org: RunningOrg) -> None:
    flow(org, TITLE, trigger="RecordBeforeSave")
    rule = (
        "<validationRules><fullName>No_Cto</fullName><active>true</active>"
        '<errorConditionFormula>Title = "CTO"</errorConditionFormula>'
        "<errorMessage>No.</errorMessage></validationRules>"
    )
    deploy(org, ("CustomObject", "Lead", rule))
    answer = org.call("POST", "sobjects/Lead", {"LastName": "Weiß", "Company": "Werk"})
    assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")


def test_a_flow_that_fails_undoes_what_started_it(org: RunningOrg) -> None:
    item = "<inputAssignments><field>LastName</field><value><stringValue/></value></inputAssignments>"
    create = f"<recordCreates>{named(f'{item}<object>Contact</object>')}</recordCreates>"
    assert flow(org, create).problems == ()
    answer = org.call("POST", "sobjects/Lead", {"LastName": "Weiß", "Company": "Werk"})
    assert refusal(answer) == (400, "CANNOT_EXECUTE_FLOW_TRIGGER")
    said = answer.json()[0]["message"]
    assert said.startswith("We can't save this record because the “Of the test” process failed.")
    assert "This error occurred when the flow tried to create records: REQUIRED_FIELD_MISSING: " in said
    assert org.query("SELECT Id FROM Lead") == []


def test_a_flow_that_changes_its_own_record_does_not_run_for_ever(org: RunningOrg) -> None:
    item = "<inputAssignments><field>Title</field><value><stringValue>CTO</stringValue></value>"
    update = named(f"{item}</inputAssignments><inputReference>$Record</inputReference>")
    assert flow(org, f"<recordUpdates>{update}</recordUpdates>").problems == ()
    assert org.read("Lead", org.lead())["Title"] == "CTO"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (f"<loops>{named('')}</loops>", "loops"),
        (f"<actionCalls>{named('<actionType>emailAlert</actionType>')}</actionCalls>", "emailAlert"),
        (f"<actionCalls>{named(MESSAGE)}</actionCalls>", "Lead.Nowhere"),
        (TITLE.replace(">Assign<", ">Add<"), "Add"),
        (TITLE.replace("<name>First", "<name>Other"), '"First"'),
    ],
)
def test_a_flow_that_the_sandbox_cannot_run_is_refused_by_the_deploy(
    org: RunningOrg, body: str, said: str
) -> None:
    [problem] = flow(org, body).problems
    assert (problem.type, problem.full_name) == ("Flow", "Of_The_Test")
    assert said in problem.text
