"""Validation rules of the emulated org: those that are deployed refuse records, in the platform's words."""

from pathlib import Path
from typing import Any

import pytest
import requests

from smarketing.sandbox.org.metadata_api.results import Outcome
from smarketing.sandbox.org.seed import ADMIN, user_id
from tests.sandbox.org.people import deploy
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal, running_org

CHECKLIST = {
    "Qualified_Need_Confirmed__c": True,
    "Qualified_Contact_Data_Complete__c": True,
    "Qualified_Decision_Maker_Known__c": True,
}

EVIDENCE = {"Evidence_Need_Confirmed__c": "Call on Monday"}


def deploy_rule(
    org: RunningOrg, formula: str, *, message: str = "Not like this.", more: str = "", active: bool = True
) -> Outcome:
    """Deploy a rule for Leads."""
    inner = (
        f"<fullName>Of_The_Test</fullName><active>{str(active).lower()}</active>"
        f"<errorConditionFormula>{formula}</errorConditionFormula>{more}<errorMessage>{message}</errorMessage>"
    )
    return deploy(org, ("CustomObject", "Lead", f"<validationRules>{inner}</validationRules>"))


def change(org: RunningOrg, name: str, record_id: str, user: str = ADMIN, **values: Any) -> requests.Response:
    return org.call("PATCH", f"sobjects/{name}/{record_id}", values, user=user)


def interest(org: RunningOrg, stage: str = "mql", **values: Any) -> str:
    lead = values.pop("Lead__c", None) or org.lead(Phone="+49 711 1", Title="Head of production")
    return org.create("Interest__c", Lead__c=lead, Stage__c=stage, **values)


def test_a_record_that_a_rule_forbids_is_refused_with_the_rules_words(org: RunningOrg) -> None:
    more = "<errorDisplayField>Title</errorDisplayField>"
    assert deploy_rule(org, 'Title = "Chef"', message="No cooks.", more=more).problems == ()
    answer = org.call("POST", "sobjects/Lead", {"LastName": "Weiß", "Company": "Werk", "Title": "Chef"})
    assert answer.status_code == 400
    [error] = answer.json()
    assert error == {
        "message": "No cooks.",
        "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "fields": ["Title"],
    }
    assert org.query("SELECT Id FROM Lead") == []


def test_a_change_that_a_rule_forbids_leaves_the_record_as_it_was(org: RunningOrg) -> None:
    deploy_rule(org, "ISCHANGED(Title)")
    lead = org.lead(Title="CTO")
    answer = change(org, "Lead", lead, Title="CEO", Phone="+49")
    assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    record = org.read("Lead", lead)
    assert (record["Title"], record["Phone"]) == ("CTO", None)


def test_a_change_that_no_rule_forbids_is_taken(org: RunningOrg) -> None:
    deploy_rule(org, "ISCHANGED(Title)")
    assert change(org, "Lead", org.lead(Title="CTO"), Title="CTO", Phone="+49").status_code == 204


@pytest.mark.parametrize(
    "formula",
    [
        'CreatedBy.Username = "admin@smarketing.example"',
        'Owner:User.LastName = "Admin"',
        "ISBLANK(Owner:Queue.Name)",
        '$Profile.Name = "System Administrator"',
        "$User.Username = CreatedBy.Username",
        "NOT($Permission.Smarketing_Integration)",
        "ISBLANK(ConvertedContact.LastName)",
        "NOT(ISNULL(Phone))",
        "ISNULL(NumberOfEmployees)",
    ],
)
def test_a_rule_sees_parents_users_and_blanks(org: RunningOrg, formula: str) -> None:
    deploy_rule(org, f"AND(NOT(ISNEW()), {formula})")
    assert refusal(change(org, "Lead", org.lead(), Title="CTO"))[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    deploy_rule(org, f"AND(NOT(ISNEW()), NOT({formula}))")
    assert change(org, "Lead", org.lead(), Title="CTO").status_code == 204


def test_a_rule_that_is_not_active_forbids_nothing(org: RunningOrg) -> None:
    deploy_rule(org, "TRUE", active=False)
    assert org.lead()


def test_a_rule_that_was_changed_holds_as_it_is_now(org: RunningOrg) -> None:
    deploy_rule(org, "TRUE")
    deploy_rule(org, "FALSE")
    assert org.lead()


@pytest.mark.parametrize(
    ("formula", "said"),
    [("AND(TRUE", "line 1"), ("ISBLNK(Title)", "did you mean ISBLANK"), ("IF(TRUE, 1)", "takes 3 arguments")],
)
def test_a_rule_whose_formula_is_none_is_refused_by_the_deploy(
    org: RunningOrg, formula: str, said: str
) -> None:
    [problem] = deploy_rule(org, formula).problems
    assert (problem.type, problem.full_name) == ("ValidationRule", "Lead.Of_The_Test")
    assert said in problem.text


def test_all_of_a_batch_is_undone_when_a_rule_forbids_one(org: RunningOrg) -> None:
    deploy_rule(org, 'Title = "Chef"')
    lead = {"attributes": {"type": "Lead"}, "LastName": "Weiß", "Company": "Werk"}
    body = {"allOrNone": True, "records": [lead, {**lead, "Title": "Chef"}]}
    first, second = org.call("POST", "composite/sobjects", body).json()
    assert second["errors"][0]["statusCode"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert not first["success"]
    assert org.query("SELECT Id FROM Lead") == []


def test_rules_hold_after_a_restart(tmp_path: Path) -> None:
    with running_org(tmp_path / "org.db") as org:
        deploy_rule(org, "TRUE")
    with running_org(tmp_path / "org.db") as org:
        answer = org.call("POST", "sobjects/Lead", {"LastName": "Weiß", "Company": "Werk"})
        assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")


# The project's own rules.


def test_an_interest_belongs_to_somebody(org: RunningOrg) -> None:
    answer = org.call("POST", "sobjects/Interest__c", {"Stage__c": "mql"})
    assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")


def test_sales_gets_what_is_checked_alone(org: RunningOrg) -> None:
    one = interest(org)
    [error] = change(org, "Interest__c", one, Stage__c="sql").json()
    assert error["fields"] == ["Stage__c"]
    assert "Need confirmed" in error["message"]
    assert change(org, "Interest__c", one, Stage__c="sql", **CHECKLIST, **EVIDENCE).status_code == 204


@pytest.mark.parametrize("left_out", CHECKLIST)
def test_each_box_of_the_checklist_is_needed(org: RunningOrg, left_out: str) -> None:
    values = CHECKLIST | EVIDENCE | {left_out: False}
    answer = change(org, "Interest__c", interest(org), Stage__c="sql", **values)
    assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")


def test_a_tick_counts_only_with_the_evidence_that_the_playbook_asks_for(org: RunningOrg) -> None:
    one = interest(org, **CHECKLIST)
    assert refusal(change(org, "Interest__c", one, Stage__c="sql"))[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert org.read("Interest__c", one)["Lacking__c"] == "need_confirmed:evidence"


@pytest.mark.parametrize(("field", "word"), [("Phone", "phone"), ("Title", "job_title")])
def test_a_tick_counts_only_with_the_data_that_it_is_about(org: RunningOrg, field: str, word: str) -> None:
    lead = org.lead(**{"Phone": "+49", "Title": "CTO", field: None})
    one = interest(org, Lead__c=lead, **CHECKLIST, **EVIDENCE)
    assert refusal(change(org, "Interest__c", one, Stage__c="sql"))[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert org.read("Interest__c", one)["Lacking__c"] == word
    change(org, "Lead", lead, **{field: "known"})
    assert change(org, "Interest__c", one, Stage__c="sql").status_code == 204
    assert org.read("Interest__c", one)["Completeness__c"] == 100


@pytest.mark.parametrize("stage", ["rejected", "recycled"])
def test_an_interest_is_given_back_with_a_reason(org: RunningOrg, stage: str) -> None:
    one = interest(org)
    [error] = change(org, "Interest__c", one, Stage__c=stage).json()
    assert error["fields"] == ["Reason__c"]
    assert change(org, "Interest__c", one, Stage__c=stage, Reason__c="not_now").status_code == 204


def test_a_closed_interest_stays_closed(org: RunningOrg) -> None:
    one = interest(org)
    change(org, "Interest__c", one, Stage__c="rejected", Reason__c="spam")
    [error] = change(org, "Interest__c", one, Stage__c="mql").json()
    assert error["fields"] == ["Stage__c"]
    assert org.read("Interest__c", one)["Stage__c"] == "rejected"


def test_the_integration_user_is_bound_by_none_of_them(org: RunningOrg) -> None:
    one = interest(org)
    for stage in ("rejected", "mql", "sql"):
        assert change(org, "Interest__c", one, INTEGRATION, Stage__c=stage).status_code == 204


def test_a_version_of_the_playbook_needs_two_people(org: RunningOrg) -> None:
    admin, other = (user_id(org.org.database, each) for each in (ADMIN, INTEGRATION))
    version = org.create("Playbook_Version__c", Name="2026-03", Status__c="proposed")
    for given in (
        {},
        {"Marketing_Approved_By__c": admin},
        {"Marketing_Approved_By__c": admin, "Sales_Approved_By__c": admin},
    ):
        answer = change(org, "Playbook_Version__c", version, Status__c="approved", **given)
        assert refusal(answer) == (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION")
    both = {"Marketing_Approved_By__c": admin, "Sales_Approved_By__c": other}
    assert change(org, "Playbook_Version__c", version, Status__c="approved", **both).status_code == 204
