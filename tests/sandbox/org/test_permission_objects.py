"""Profiles, permission sets and their rows over REST, as the lock and admins' tools read and write them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.sandbox.org.people import (
    FIELD,
    allow,
    ask,
    assign,
    deploy,
    field_element,
    granting,
    hire,
    id_of,
    may_edit,
    own_set,
    permission_set,
    row,
)
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal, running_org

REP = "rep1@smarketing.example"
LOCK_QUERY = (
    "SELECT Id, ParentId, Parent.Name, Parent.Label, Parent.IsOwnedByProfile, Parent.Profile.Name, "
    "Parent.Type, Field, PermissionsRead, PermissionsEdit FROM FieldPermissions "
    "WHERE SobjectType = 'Lead' AND PermissionsEdit = true"
)


def rows_of(org: RunningOrg, parent: str) -> list[tuple[str, bool, bool]]:
    """Give a permission set's rows."""
    soql = "SELECT Field, PermissionsRead, PermissionsEdit FROM FieldPermissions WHERE ParentId = {}"
    return [
        (each["Field"], each["PermissionsRead"], each["PermissionsEdit"]) for each in ask(org, soql, parent)
    ]


def test_each_profile_owns_a_permission_set(org: RunningOrg) -> None:
    profiles = org.query("SELECT Id, Name FROM Profile")
    owned = org.query("SELECT Name, ProfileId, Type FROM PermissionSet WHERE IsOwnedByProfile = true")
    assert len(profiles) >= 8
    assert {each["ProfileId"] for each in owned} == {each["Id"] for each in profiles}
    assert {(each["Name"], each["Type"]) for each in owned} == {
        (f"X{each['Id']}", "Profile") for each in profiles
    }


def test_each_user_is_assigned_the_permission_set_of_the_profile(org: RunningOrg) -> None:
    users = org.query("SELECT Id, ProfileId FROM User")
    assigned = org.query(
        "SELECT AssigneeId, PermissionSet.ProfileId FROM PermissionSetAssignment "
        "WHERE PermissionSet.IsOwnedByProfile = true"
    )
    assert {(each["AssigneeId"], each["PermissionSet"]["ProfileId"]) for each in assigned} == {
        (each["Id"], each["ProfileId"]) for each in users
    }


def test_one_query_finds_who_may_edit_a_field_by_profile_or_permission_set(org: RunningOrg) -> None:
    found = [each for each in org.query(LOCK_QUERY) if each["Field"] == FIELD]
    profiles = {each["Parent"]["Profile"]["Name"] for each in found if each["Parent"]["IsOwnedByProfile"]}
    others = {each["Parent"]["Name"] for each in found if each["Parent"]["Type"] == "Regular"}
    assert profiles == {"System Administrator", "Marketing User", "Sales", "Custom: Sales Profile"}
    assert {"Data_Stewards", "Smarketing_Integration"} <= others


def test_nobody_but_the_deployed_permission_sets_has_rights_when_admins_did_nothing() -> None:
    with running_org(field_access=False) as org:
        found = org.query(LOCK_QUERY)
        assert found
        assert not [each for each in found if each["Parent"]["IsOwnedByProfile"]]


def test_admins_can_let_a_profile_edit_everything_later(org: RunningOrg) -> None:
    before = rows_of(org, own_set(org, "Contract Manager"))
    done = org.control("field-access", {"edit": ["Contract Manager"], "read": []})
    after = rows_of(org, own_set(org, "Contract Manager"))
    assert done.json()["changed"] > 0
    assert (FIELD, True, False) in before
    assert (FIELD, True, True) in after
    assert org.control("field-access", {"edit": ["Unheard Of"]}).status_code == 400


def test_a_row_is_created_changed_and_deleted(org: RunningOrg) -> None:
    parent = own_set(org, "Minimum Access - Salesforce")
    made = allow(org, parent, edit=False)
    assert rows_of(org, parent) == [(FIELD, True, False)]
    assert (
        org.call("PATCH", f"sobjects/FieldPermissions/{made}", {"PermissionsEdit": True}).status_code == 204
    )
    assert rows_of(org, parent) == [(FIELD, True, True)]
    assert org.call("DELETE", f"sobjects/FieldPermissions/{made}").status_code == 204
    assert rows_of(org, parent) == []
    assert org.call("GET", f"sobjects/FieldPermissions/{made}").status_code == 404


def test_rows_are_written_by_the_hundred(org: RunningOrg) -> None:
    parent = permission_set(org, "Bulk_Editors")
    fields = [
        each["Field"] for each in org.query("SELECT Field FROM FieldPermissions") if each["Field"] != FIELD
    ]
    chosen = sorted(each for each in set(fields) if each.startswith("Lead.Smarketing_S"))
    records = [{"attributes": {"type": "FieldPermissions"}, **row(parent, each)} for each in chosen]
    done = org.call("POST", "composite/sobjects", {"allOrNone": False, "records": records}).json()
    assert len(chosen) > 3
    assert all(each["success"] for each in done), done
    taken = [
        {"attributes": {"type": "FieldPermissions"}, "id": each["id"], "PermissionsEdit": False}
        for each in done
    ]
    org.call("PATCH", "composite/sobjects", {"allOrNone": True, "records": taken})
    assert sorted(rows_of(org, parent)) == [(each, True, False) for each in chosen]


def test_a_composite_makes_a_permission_set_with_its_row(org: RunningOrg) -> None:
    base = "/services/data/v66.0/sobjects"
    requests = [
        {
            "method": "POST",
            "url": f"{base}/PermissionSet",
            "referenceId": "set",
            "body": {"Name": "Made_Here", "Label": "Made here"},
        },
        {
            "method": "POST",
            "url": f"{base}/FieldPermissions",
            "referenceId": "row",
            "body": row("@{set.id}"),
        },
    ]
    answer = org.call("POST", "composite", {"allOrNone": True, "compositeRequest": requests}).json()
    assert [each["httpStatusCode"] for each in answer["compositeResponse"]] == [201, 201]
    [found] = org.query("SELECT Parent.Name FROM FieldPermissions WHERE Parent.Name = 'Made_Here'")
    assert found["Parent"]["Name"] == "Made_Here"


def test_a_row_that_grants_nothing_any_more_is_gone(org: RunningOrg) -> None:
    parent = permission_set(org, "Readers")
    made = allow(org, parent)
    nothing = {"PermissionsRead": False, "PermissionsEdit": False}
    assert org.call("PATCH", f"sobjects/FieldPermissions/{made}", nothing).status_code == 204
    assert rows_of(org, parent) == []


def test_a_right_to_edit_needs_the_one_to_read(org: RunningOrg) -> None:
    parent = permission_set(org, "Blind_Editors")
    answer = org.call("POST", "sobjects/FieldPermissions", row(parent, read=False))
    assert refusal(answer) == (400, "FIELD_INTEGRITY_EXCEPTION")
    made = allow(org, parent)
    answer = org.call("PATCH", f"sobjects/FieldPermissions/{made}", {"PermissionsRead": False})
    assert refusal(answer) == (400, "FIELD_INTEGRITY_EXCEPTION")


def test_a_field_has_one_row_for_each_parent(org: RunningOrg) -> None:
    parent = permission_set(org, "Twice")
    allow(org, parent)
    again = org.call("POST", "sobjects/FieldPermissions", row(parent, FIELD.lower()))
    assert refusal(again)[1] in ("DUPLICATE_VALUE", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert refusal(org.call("POST", "sobjects/FieldPermissions", row(parent))) == (400, "DUPLICATE_VALUE")


def test_a_row_keeps_its_field_and_parent(org: RunningOrg) -> None:
    made = allow(org, permission_set(org, "Fixed"))
    other = org.call("PATCH", f"sobjects/FieldPermissions/{made}", {"Field": "Lead.Smarketing_Grade__c"})
    assert refusal(other) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


@pytest.mark.parametrize(
    "field", ["Lead.LastName", "Lead.CreatedDate", "Lead.Colour__c", "FieldPermissions.Field"]
)
def test_a_field_that_takes_no_permissions_has_no_row(org: RunningOrg, field: str) -> None:
    answer = org.call("POST", "sobjects/FieldPermissions", row(permission_set(org, "Odd"), field))
    assert refusal(answer) == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert answer.json()[0]["fields"] == ["Field"]


def test_a_formula_can_be_read_but_not_edited(org: RunningOrg) -> None:
    formula = "Interest__c.Score_Band__c"
    parent = permission_set(org, "Counters")
    assert refusal(org.call("POST", "sobjects/FieldPermissions", row(parent, formula)))[0] == 400
    allow(org, parent, formula, edit=False)
    assert rows_of(org, parent) == [(formula, True, False)]


def test_rights_on_an_object_need_the_ones_below(org: RunningOrg) -> None:
    parent = permission_set(org, "Deleters")
    values = {"ParentId": parent, "SobjectType": "Lead", "PermissionsRead": True}
    wrong = org.call("POST", "sobjects/ObjectPermissions", values | {"PermissionsDelete": True})
    assert refusal(wrong) == (400, "FIELD_INTEGRITY_EXCEPTION")
    org.create("ObjectPermissions", **values, PermissionsEdit=True, PermissionsDelete=True)
    assert refusal(org.call("POST", "sobjects/ObjectPermissions", values)) == (400, "DUPLICATE_VALUE")


def test_a_permission_set_is_assigned_once_and_takes_its_rows_along(org: RunningOrg) -> None:
    user, made = hire(org), permission_set(org, "Leavers", FIELD)
    assign(org, user, PermissionSetId=made)
    values = {"AssigneeId": id_of(org, user), "PermissionSetId": made}
    assert refusal(org.call("POST", "sobjects/PermissionSetAssignment", values)) == (400, "DUPLICATE_VALUE")
    assert org.call("DELETE", f"sobjects/PermissionSet/{made}").status_code == 204
    assert rows_of(org, made) == []
    assert not ask(org, "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = {}", made)


def test_what_a_profile_owns_is_neither_assigned_nor_deleted(org: RunningOrg) -> None:
    owned = own_set(org, "Sales")
    values = {"AssigneeId": id_of(org, hire(org)), "PermissionSetId": owned}
    assert org.call("POST", "sobjects/PermissionSetAssignment", values).status_code == 400
    assert org.call("DELETE", f"sobjects/PermissionSet/{owned}").status_code == 400


def test_a_group_sums_up_its_members_and_nobody_writes_the_sum(org: RunningOrg) -> None:
    group = org.create("PermissionSetGroup", DeveloperName="Both", MasterLabel="Both")
    for name, field in (("One", FIELD), ("Two", "Lead.Smarketing_Grade__c")):
        member = permission_set(org, name, field)
        org.create("PermissionSetGroupComponent", PermissionSetGroupId=group, PermissionSetId=member)
    [summed] = ask(org, "SELECT Id, Type FROM PermissionSet WHERE PermissionSetGroupId = {}", group)
    assert summed["Type"] == "Group"
    assert sorted(rows_of(org, summed["Id"])) == [
        ("Lead.Smarketing_Grade__c", True, True),
        (FIELD, True, True),
    ]
    assert org.read("PermissionSetGroup", group)["Status"] == "Updated"
    answer = org.call("POST", "sobjects/FieldPermissions", row(summed["Id"], "Lead.Smarketing_Stage__c"))
    assert answer.status_code == 400


def test_children_of_a_permission_set_come_with_it(org: RunningOrg) -> None:
    made = permission_set(org, "Parent_Set", FIELD)
    [found] = ask(org, "SELECT Id, (SELECT Field FROM FieldPerms) FROM PermissionSet WHERE Id = {}", made)
    assert [each["Field"] for each in found["FieldPerms"]["records"]] == [FIELD]


def test_a_deployed_permission_set_replaces_its_rows(org: RunningOrg) -> None:
    deploy(org, ("PermissionSet", "Deployed", granting(FIELD)))
    [made] = org.query("SELECT Id, Label FROM PermissionSet WHERE Name = 'Deployed'")
    allow(org, made["Id"], "Lead.Smarketing_Grade__c")
    outcome = deploy(org, ("PermissionSet", "Deployed", granting(FIELD, edit=False)))
    assert not outcome.problems
    assert rows_of(org, made["Id"]) == [(FIELD, True, False)]


def test_a_deployed_profile_is_laid_over_what_is_there(org: RunningOrg) -> None:
    parent = own_set(org, "System Administrator")
    before = rows_of(org, parent)
    assert not deploy(org, ("Profile", "Admin", field_element(FIELD, edit=False))).problems
    after = rows_of(org, parent)
    assert set(before) - set(after) == {(FIELD, True, True)}
    assert len(before) == len(after)


def test_a_deployed_group_has_the_members_that_it_says(org: RunningOrg) -> None:
    members = (
        "<label>Role</label><mutingPermissionSets>Quiet</mutingPermissionSets>"
        "<permissionSets>Member</permissionSets>"
    )
    outcome = deploy(
        org,
        ("PermissionSet", "Member", granting(FIELD)),
        ("MutingPermissionSet", "Quiet", granting(FIELD)),
        ("PermissionSetGroup", "Role", members),
    )
    assert not outcome.problems
    [summed] = org.query("SELECT Id FROM PermissionSet WHERE PermissionSetGroup.DeveloperName = 'Role'")
    assert rows_of(org, summed["Id"]) == []


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        (granting("Lead.Colour__c"), "no CustomField named Lead.Colour__c found"),
        (granting("Lead.LastName"), "You cannot deploy to a required field: Lead.LastName"),
        (
            granting(
                FIELD, more="<customPermissions><enabled>true</enabled><name>None</name></customPermissions>"
            ),
            "no CustomPermission named None found",
        ),
    ],
)
def test_a_permission_set_that_the_platform_would_not_take_is_a_problem(
    org: RunningOrg, inner: str, reason: str
) -> None:
    outcome = deploy(org, ("PermissionSet", "Wrong", inner))
    assert [reason in each.text for each in outcome.problems] == [True]
    assert not org.query("SELECT Id FROM PermissionSet WHERE Name = 'Wrong'")


def test_a_permission_set_is_written_with_what_rest_changed_since(org: RunningOrg) -> None:
    tabs = "<tabSettings><tab>standard-Lead</tab><visibility>Visible</visibility></tabSettings>"
    inner = granting(FIELD, more=tabs)
    deploy(org, ("PermissionSet", "Drifting", inner))
    [made] = org.query("SELECT Id FROM PermissionSet WHERE Name = 'Drifting'")
    allow(org, made["Id"], "Lead.Smarketing_Grade__c", edit=False)
    stored = org.org.metadata.components.get("PermissionSet", "Drifting")
    assert stored is not None
    text = org.org.metadata.installing.shown(stored).decode()
    assert text.count("<fieldPermissions>") == 2
    assert "<field>Lead.Smarketing_Grade__c</field>" in text
    assert "<tab>standard-Lead</tab>" in text


def test_the_set_up_is_there_for_those_who_may_see_it(org: RunningOrg) -> None:
    stranger = hire(org)
    asked = org.call("GET", "query", params={"q": "SELECT Id FROM FieldPermissions"}, user=stranger)
    assert refusal(asked) == (400, "INVALID_TYPE")
    assert refusal(org.call("GET", "sobjects/PermissionSet/describe", user=stranger)) == (404, "NOT_FOUND")
    assert org.call("GET", "query", params={"q": LOCK_QUERY}, user=INTEGRATION).status_code == 200


def test_only_those_who_manage_permission_sets_change_rows(org: RunningOrg) -> None:
    parent = permission_set(org, "Wanted")
    made = allow(org, parent)
    path = f"sobjects/FieldPermissions/{made}"
    answers = [
        org.call("POST", "sobjects/FieldPermissions", row(parent, "Lead.Smarketing_Grade__c"), user=REP),
        org.call("PATCH", path, {"PermissionsEdit": False}, user=REP),
        org.call("DELETE", path, user=REP),
    ]
    assert [refusal(each) for each in answers] == [(400, "INSUFFICIENT_ACCESS_OR_READONLY")] * 3
    assert rows_of(org, parent) == [(FIELD, True, True)]


def test_an_org_of_an_earlier_version_gets_its_permission_sets(tmp_path: Path) -> None:
    file = tmp_path / "org.sqlite"
    with running_org(file) as org:
        lead = org.lead(Smarketing_Score__c=5)
    with closing(sqlite3.connect(file)) as plain, plain:
        plain.execute('DROP TABLE "_components"')
        for name in ("PermissionSet", "PermissionSetAssignment", "FieldPermissions", "PermissionSetGroup"):
            plain.execute(f'DELETE FROM "{name}"')  # noqa: S608 - names of tables
    with running_org(file) as org:
        assert org.read("Lead", lead)["Smarketing_Score__c"] == 5
        assert may_edit(org, REP)
