"""Field-level security of the emulated org: what a user may not read is not there, what not edit stays."""

from typing import Any

import pytest
import requests

from smarketing.sandbox.org.seed import ADMIN
from tests.sandbox.org.people import (
    FIELD,
    allow,
    assign,
    deploy,
    field_element,
    granting,
    hire,
    id_of,
    may_edit,
    may_read,
    own_set,
    permission_set,
    row,
)
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal

REP = "rep1@smarketing.example"
AGENT = "agent1@smarketing.example"
SCORE = "Smarketing_Score__c"
ADVICE = (
    "Unable to create/update fields: Smarketing_Score__c. Please check the security settings of this field "
    "and verify that it is read/write for your profile or permission set."
)
REQUIRED_FIELD = (
    "<fields><fullName>Must__c</fullName><label>Must</label><length>20</length><required>true</required>"
    "<type>Text</type></fields>"
)
NEW_FIELD = REQUIRED_FIELD.replace("true", "false").replace("Must", "New")


@pytest.fixture
def stranger(org: RunningOrg) -> str:
    """A user whose profile grants nothing."""
    return hire(org)


@pytest.fixture
def reader(org: RunningOrg, stranger: str) -> str:
    """A user who may read the score and not edit it."""
    assign(org, stranger, PermissionSetId=permission_set(org, "Readers", FIELD, edit=False))
    return stranger


def ask(org: RunningOrg, soql: str, user: str) -> requests.Response:
    """Run a query as a user."""
    return org.call("GET", "query", params={"q": soql}, user=user)


@pytest.mark.parametrize(
    "soql",
    [
        "SELECT Smarketing_Score__c FROM Lead",
        "SELECT Id FROM Lead WHERE Smarketing_Score__c > 5",
        "SELECT Id FROM Lead ORDER BY Smarketing_Score__c",
        "SELECT MAX(Smarketing_Score__c) FROM Lead",
        "SELECT Id, Lead__r.Smarketing_Score__c FROM Interest__c",
        "SELECT Id FROM Interest__c WHERE Lead__c IN (SELECT Id FROM Lead WHERE Smarketing_Score__c > 5)",
    ],
)
def test_a_field_that_may_not_be_read_is_no_column(org: RunningOrg, stranger: str, soql: str) -> None:
    answer = ask(org, soql, stranger)
    if "Lead__r" in soql or "Lead__c" in soql:
        allowed = permission_set(org, "Followers", "Interest__c.Lead__c", edit=False)
        assign(org, stranger, PermissionSetId=allowed)
        answer = ask(org, soql, stranger)
    assert refusal(answer) == (400, "INVALID_FIELD")
    assert "No such column 'Smarketing_Score__c' on entity 'Lead'" in answer.json()[0]["message"]


def test_a_field_that_may_not_be_read_is_in_no_record_and_no_describe(org: RunningOrg, stranger: str) -> None:
    lead = org.lead(Smarketing_Score__c=40)
    shown = org.call("GET", f"sobjects/Lead/{lead}", user=stranger).json()
    described = org.call("GET", "sobjects/Lead/describe", user=stranger).json()
    assert shown["LastName"] == "Weiß"
    assert SCORE not in shown
    assert SCORE not in [each["name"] for each in described["fields"]]
    named = org.call("GET", f"sobjects/Lead/{lead}", params={"fields": SCORE}, user=stranger)
    assert refusal(named) == (400, "INVALID_FIELD")


def test_a_write_of_a_field_that_may_not_be_read_finds_no_column(org: RunningOrg, stranger: str) -> None:
    answer = org.call("PATCH", f"sobjects/Lead/{org.lead()}", {SCORE: 1}, user=stranger)
    assert refusal(answer) == (400, "INVALID_FIELD")
    assert answer.json()[0]["message"] == "No such column 'Smarketing_Score__c' on sobject of type Lead"


def test_an_external_id_that_may_not_be_read_leads_nowhere(org: RunningOrg, stranger: str) -> None:
    org.lead(Smarketing_Person_Id__c="01J1")
    path = "sobjects/Lead/Smarketing_Person_Id__c/01J1"
    assert org.call("GET", path, user=stranger).status_code == 404
    assert org.call("PATCH", path, {"Title": "CTO"}, user=stranger).status_code == 404


def test_a_field_that_may_only_be_read_is_shown_and_not_written(org: RunningOrg, reader: str) -> None:
    lead = org.lead(Smarketing_Score__c=40)
    assert org.call("GET", f"sobjects/Lead/{lead}", user=reader).json()[SCORE] == 40
    update = org.call("PATCH", f"sobjects/Lead/{lead}", {SCORE: 99}, user=reader)
    create = org.call("POST", "sobjects/Lead", {"LastName": "A", "Company": "B", SCORE: 99}, user=reader)
    for answer in (update, create):
        assert answer.status_code == 400
        [error] = answer.json()
        assert error == {
            "message": ADVICE,
            "errorCode": "INVALID_FIELD_FOR_INSERT_UPDATE",
            "fields": [SCORE],
        }
    assert org.read("Lead", lead)[SCORE] == 40


def test_a_describe_says_what_may_be_written(org: RunningOrg, reader: str) -> None:
    fields = {
        each["name"]: each for each in org.call("GET", "sobjects/Lead/describe", user=reader).json()["fields"]
    }
    assert (fields[SCORE]["createable"], fields[SCORE]["updateable"]) == (False, False)
    assert fields["Title"]["updateable"]


def test_all_fields_that_may_not_be_written_are_named_at_once(org: RunningOrg) -> None:
    body = {SCORE: 1, "Title": "CTO", "Smarketing_Grade__c": "A"}
    [error] = org.call("PATCH", f"sobjects/Lead/{org.lead()}", body, user=AGENT).json()
    assert error["fields"] == [SCORE, "Smarketing_Grade__c"]


def test_each_way_to_write_is_bound(org: RunningOrg, reader: str) -> None:
    lead = org.lead()
    record = {"attributes": {"type": "Lead"}, "id": lead, SCORE: 9}
    [collected] = org.call("PATCH", "composite/sobjects", {"records": [record]}, user=reader).json()
    request = {
        "method": "PATCH",
        "url": f"/services/data/v66.0/sobjects/Lead/{lead}",
        "referenceId": "it",
        "body": {SCORE: 9},
    }
    [composed] = org.call("POST", "composite", {"compositeRequest": [request]}, user=reader).json()[
        "compositeResponse"
    ]
    assert collected["errors"][0]["statusCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert composed["body"][0]["errorCode"] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert "INVALID_FIELD_FOR_INSERT_UPDATE" in bulk_failure(org, reader, lead)
    assert org.read("Lead", lead)[SCORE] is None


def bulk_failure(org: RunningOrg, user: str, lead: str) -> str:
    """Update a Lead's score by a bulk job, and give the failed rows."""
    body = {"object": "Lead", "operation": "update"}
    job = org.call("POST", "jobs/ingest", body, user=user).json()["id"]
    requests.put(
        f"{org.url}/services/data/v66.0/jobs/ingest/{job}/batches",
        data=f"Id,{SCORE}\n{lead},9\n",
        headers={"Authorization": f"Bearer {org.token(user)}", "Content-Type": "text/csv"},
        timeout=10,
    )
    org.call("PATCH", f"jobs/ingest/{job}", {"state": "UploadComplete"}, user=user)
    state: Any = None
    while state != "JobComplete":
        state = org.call("GET", f"jobs/ingest/{job}", user=user).json()["state"]
    return org.call("GET", f"jobs/ingest/{job}/failedResults", user=user).text


def test_a_bulk_query_is_bound_as_well(org: RunningOrg, stranger: str) -> None:
    body = {"operation": "query", "query": "SELECT Smarketing_Score__c FROM Lead"}
    assert refusal(org.call("POST", "jobs/query", body, user=stranger)) == (400, "INVALID_FIELD")


def test_people_edit_our_fields_before_the_lock_as_their_profiles_say(org: RunningOrg) -> None:
    assert may_edit(org, INTEGRATION)
    assert may_edit(org, REP)
    assert not may_edit(org, AGENT)
    assert may_read(org, AGENT)


def test_a_right_that_is_taken_away_is_gone_at_once(org: RunningOrg) -> None:
    [found] = [
        each
        for each in org.query("SELECT Id, Field, ParentId FROM FieldPermissions WHERE PermissionsEdit = true")
        if (each["ParentId"], each["Field"]) == (own_set(org, "Sales"), FIELD)
    ]
    assert may_edit(org, REP)
    org.call("PATCH", f"sobjects/FieldPermissions/{found['Id']}", {"PermissionsEdit": False})
    assert not may_edit(org, REP)
    assert may_read(org, REP)
    assert may_edit(org, INTEGRATION)


def test_a_permission_set_adds_to_the_profile_while_it_is_assigned(org: RunningOrg, reader: str) -> None:
    assert not may_edit(org, reader)
    assignment = assign(org, reader, PermissionSetId=permission_set(org, "Writers", FIELD))
    assert may_edit(org, reader)
    org.call("DELETE", f"sobjects/PermissionSetAssignment/{assignment}")
    assert not may_edit(org, reader)
    assert may_read(org, reader)


def test_a_group_gives_what_its_members_give_but_what_is_muted(org: RunningOrg, stranger: str) -> None:
    other = "Lead.Smarketing_Grade__c"
    group = org.create("PermissionSetGroup", DeveloperName="Role", MasterLabel="Role")
    member = permission_set(org, "Members", FIELD, other)
    org.create("PermissionSetGroupComponent", PermissionSetGroupId=group, PermissionSetId=member)
    assign(org, stranger, PermissionSetGroupId=group)
    assert may_edit(org, stranger)
    muting = org.create("MutingPermissionSet", DeveloperName="Quiet", MasterLabel="Quiet")
    org.create("PermissionSetGroupComponent", PermissionSetGroupId=group, PermissionSetId=muting)
    allow(org, muting)
    assert not may_read(org, stranger)
    assert may_edit(org, stranger, other, "A")


def test_muting_in_a_group_leaves_what_comes_from_elsewhere(org: RunningOrg, stranger: str) -> None:
    group = org.create("PermissionSetGroup", DeveloperName="Role", MasterLabel="Role")
    muting = org.create("MutingPermissionSet", DeveloperName="Quiet", MasterLabel="Quiet")
    allow(org, muting)
    member = permission_set(org, "Members", FIELD)
    for each in (muting, member):
        org.create("PermissionSetGroupComponent", PermissionSetGroupId=group, PermissionSetId=each)
    assign(org, stranger, PermissionSetGroupId=group)
    assert not may_edit(org, stranger)
    assign(org, stranger, PermissionSetId=member)
    assert may_edit(org, stranger)


def test_another_profile_brings_other_rights(org: RunningOrg, stranger: str) -> None:
    [sales] = org.query("SELECT Id FROM Profile WHERE Name = 'Sales'")
    assert not may_edit(org, stranger)
    org.call("PATCH", f"sobjects/User/{id_of(org, stranger)}", {"ProfileId": sales["Id"]})
    assert may_edit(org, stranger)


def test_a_change_that_was_undone_grants_nothing(org: RunningOrg) -> None:
    base = "/services/data/v66.0"
    admin_set, field = own_set(org, "System Administrator"), "Lead.New__c"
    assert not deploy(org, ("CustomObject", "Lead", NEW_FIELD)).problems
    subrequests = [
        {
            "method": "POST",
            "url": f"{base}/sobjects/FieldPermissions",
            "referenceId": "row",
            "body": row(admin_set, field),
        },
        {"method": "GET", "url": f"{base}/query?q=SELECT+New__c+FROM+Lead", "referenceId": "seen"},
        {"method": "GET", "url": f"{base}/sobjects/Lead/00Q8d0000000ZZZ", "referenceId": "fails"},
    ]
    alone = {"allOrNone": False, "compositeRequest": subrequests[:2]}
    undone = {"allOrNone": True, "compositeRequest": subrequests}
    assert statuses(org.call("POST", "composite", undone)) == [400, 400, 404]
    assert not may_read(org, ADMIN, field)
    assert statuses(org.call("POST", "composite", alone)) == [201, 200]


def statuses(answer: requests.Response) -> list[int]:
    """Give the statuses of a composite's subrequests."""
    return [each["httpStatusCode"] for each in answer.json()["compositeResponse"]]


def test_a_required_field_is_open_to_everybody(org: RunningOrg, stranger: str) -> None:
    outcome = deploy(org, ("CustomObject", "Lead", REQUIRED_FIELD))
    assert not outcome.problems
    body = {"LastName": "A", "Company": "B", "Must__c": "here"}
    assert org.call("POST", "sobjects/Lead", body, user=stranger).status_code == 201


def test_a_field_that_is_deployed_is_seen_by_nobody_until_somebody_may(org: RunningOrg) -> None:
    assert not deploy(org, ("CustomObject", "Lead", NEW_FIELD)).problems
    assert not may_read(org, ADMIN, "Lead.New__c")
    allow(org, own_set(org, "System Administrator"), "Lead.New__c")
    assert may_edit(org, ADMIN, "Lead.New__c", "x")


def test_the_platform_itself_is_not_bound(org: RunningOrg, stranger: str) -> None:
    leads = org.org.records.sobject("Lead")
    lead = org.lead()
    org.org.records.update(leads, lead, {SCORE: 7}, id_of(org, stranger))
    assert org.read("Lead", lead)[SCORE] == 7


def test_standard_fields_are_open_whatever_rows_say(org: RunningOrg, stranger: str) -> None:
    assign(org, stranger, PermissionSetId=permission_set(org, "Titles", "Lead.Title", edit=False))
    assert may_edit(org, stranger, "Lead.Title", "CTO")


def test_custom_permissions_come_by_permission_sets(org: RunningOrg) -> None:
    assert org.org.records.access.custom_permissions(id_of(org, INTEGRATION)) == {"Smarketing_Integration"}
    assert org.org.records.access.custom_permissions(id_of(org, REP)) == frozenset()


def test_a_deployed_custom_permission_is_had_once_it_is_granted(org: RunningOrg, stranger: str) -> None:
    more = "<customPermissions><enabled>true</enabled><name>Own</name></customPermissions>"
    outcome = deploy(
        org,
        ("CustomPermission", "Own", "<isLicensed>false</isLicensed><label>Own</label>"),
        ("PermissionSet", "Owners", granting(FIELD, more=more)),
    )
    assert not outcome.problems
    [made] = org.query("SELECT Id FROM PermissionSet WHERE Name = 'Owners'")
    assign(org, stranger, PermissionSetId=made["Id"])
    access = org.org.records.access
    assert access.custom_permissions(id_of(org, stranger)) == {"Own"}
    deploy(org, ("PermissionSet", "Owners", f"{field_element(FIELD)}<label>Owners</label>"))
    assert access.custom_permissions(id_of(org, stranger)) == frozenset()
