"""The lock on the emulated org, whose field-level security binds what users send by REST."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.salesforce.field_permissions import Org, survey
from smarketing.lock.apply import Applied, apply_lock
from smarketing.lock.plan import organization_id, plan_lock
from smarketing.lock.undo import plan_undo, undo_lock
from smarketing.lock.undo_file import newest, read
from tests.lock.seeded_org import GRADE, NOW, SCORE, SeededOrg

REFUSED = (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


class BreaksOff:
    """The admin's calls, of which the second write fails as a lost connection does."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self.writes = 0

    def rows(self, soql: str, values: Iterable[str] | None = None) -> Iterator[Mapping[str, Any]]:
        return self._org.rows(soql, values)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        self.writes += 1
        if self.writes == 2:
            raise Retryable("Salesforce: ConnectionError")
        return self._org.call(method, path, body)


def lock(org: SeededOrg, folder: Path, rest: Org | None = None, reason: str = "") -> Applied:
    plan = plan_lock(org.rest, org.fields)
    return apply_lock(rest or org.rest, plan, folder=folder, at=NOW, by="operator", reason=reason)


def undo(org: SeededOrg, folder: Path) -> tuple[str, ...]:
    organization = organization_id(org.rest)
    file = newest(folder, organization)
    assert file is not None
    return undo_lock(org.rest, plan_undo(org.rest, organization, file), file)


def test_the_plan_counts_every_profile_and_permission_set(org: SeededOrg) -> None:
    soql = "SELECT Id FROM PermissionSet WHERE IsOwnedByProfile = false AND PermissionSetGroupId = null"

    found = plan_lock(org.rest, org.fields)

    assert found.survey.count("profile") == len(org.profiles()) >= 8
    assert found.survey.count("permission set") == len(org.running.query(soql))


def test_the_plan_names_who_would_lose_what_and_how_many_people_that_is(org: SeededOrg) -> None:
    holder = org.id_of("PermissionSet", "Known_To_No_Source")
    person = org.id_of("User", "Vera Verkauf")
    org.running.create("PermissionSetAssignment", PermissionSetId=holder, AssigneeId=person)

    losses = plan_lock(org.rest, org.fields).losses

    unknown = [each for each in losses if each.holder.name == "Known_To_No_Source"]
    assert [(each.object, each.fields, each.users) for each in unknown] == [
        ("Contact", (GRADE,), 1),
        ("Lead", (SCORE,), 1),
    ]


def test_people_who_have_a_permission_set_by_a_group_are_counted_once(org: SeededOrg) -> None:
    holder = org.id_of("PermissionSet", "Known_To_No_Source")
    person = org.id_of("User", "Vera Verkauf")
    group = org.running.create("PermissionSetGroup", DeveloperName="Some_Group", MasterLabel="Some Group")
    org.running.create("PermissionSetGroupComponent", PermissionSetGroupId=group, PermissionSetId=holder)
    org.running.create("PermissionSetAssignment", PermissionSetGroupId=group, AssigneeId=person)
    org.running.create("PermissionSetAssignment", PermissionSetId=holder, AssigneeId=person)

    losses = plan_lock(org.rest, [SCORE]).losses

    assert [each.users for each in losses if each.holder.name == "Known_To_No_Source"] == [1]
    # The group's own permission set is the sum of its members': it is neither counted nor changed.
    assert "Some_Group" not in {each.holder.name for each in losses}


def test_a_plan_changes_nothing(org: SeededOrg) -> None:
    before = org.rows()

    plan_lock(org.rest, org.fields)

    assert org.rows() == before


def test_before_the_lock_a_user_of_each_profile_may_edit_the_score(org: SeededOrg) -> None:
    lead = org.running.lead()

    assert {org.edit_score(lead, org.user_of(each)) for each in org.profiles()} == {(204, "")}


def test_after_the_lock_no_profile_s_user_may_edit_the_score(org: SeededOrg, tmp_path: Path) -> None:
    lead = org.running.lead()

    applied = lock(org, tmp_path)

    assert applied.locked
    assert {org.edit_score(lead, org.user_of(each)) for each in org.profiles()} == {REFUSED}


def test_after_the_lock_the_integration_user_still_edits_the_score(org: SeededOrg, tmp_path: Path) -> None:
    lead = org.running.lead()

    lock(org, tmp_path)

    assert org.edit_score(lead) == (204, "")


def test_after_the_lock_everybody_still_reads_what_they_read(org: SeededOrg, tmp_path: Path) -> None:
    before = {key for key, (reads, _) in org.rows().items() if reads}

    lock(org, tmp_path)

    assert {key for key, (reads, _) in org.rows().items() if reads} == before


def test_the_lock_touches_no_other_field(org: SeededOrg, tmp_path: Path) -> None:
    before = {key: rights for key, rights in org.rows().items() if key[1] not in org.fields}

    lock(org, tmp_path)

    assert {key: rights for key, rights in org.rows().items() if key[1] not in org.fields} == before


def test_a_second_lock_has_nothing_to_do(org: SeededOrg, tmp_path: Path) -> None:
    lock(org, tmp_path)

    again = lock(org, tmp_path)

    assert (again.taken, again.file, again.locked) == (0, None, True)


def test_undo_restores_exactly_what_was(org: SeededOrg, tmp_path: Path) -> None:
    before = org.rows()
    lock(org, tmp_path)

    assert undo(org, tmp_path) == ()
    assert org.rows() == before


def test_undo_restores_rows_that_were_deleted_meanwhile(org: SeededOrg, tmp_path: Path) -> None:
    before = org.rows()
    file = lock(org, tmp_path).file
    assert file is not None
    for row in file.rows[:2]:
        assert org.running.call("DELETE", f"sobjects/FieldPermissions/{row.id}").ok
    assert org.rows() != before

    assert undo(org, tmp_path) == ()
    assert org.rows() == before


def test_undo_says_what_it_can_not_restore(org: SeededOrg, tmp_path: Path) -> None:
    lock(org, tmp_path)
    org.running.call("DELETE", f"sobjects/PermissionSet/{org.id_of('PermissionSet', 'Known_To_No_Source')}")
    file = newest(tmp_path, organization_id(org.rest))
    assert file is not None

    undoing = plan_undo(org.rest, file.org, file)

    assert {(row.holder.name, row.field) for row in undoing.gone} == {
        ("Known_To_No_Source", SCORE),
        ("Known_To_No_Source", GRADE),
    }
    assert undo_lock(org.rest, undoing, file) == ()


def test_an_undone_file_is_not_undone_again(org: SeededOrg, tmp_path: Path) -> None:
    lock(org, tmp_path)
    undo(org, tmp_path)

    assert newest(tmp_path, organization_id(org.rest)) is None


def test_an_undo_file_of_another_org_is_refused(org: SeededOrg, tmp_path: Path) -> None:
    file = lock(org, tmp_path).file
    assert file is not None

    with pytest.raises(Rejected, match="choose the target"):
        plan_undo(org.rest, organization_id(org.rest), replace(file, org="00D000000000002AAA"))


def test_the_undo_file_is_there_before_the_first_right_is_gone(org: SeededOrg, tmp_path: Path) -> None:
    seen: list[int] = []

    class Watched(BreaksOff):
        def call(self, method: str, path: str, body: Any = None) -> Any:
            seen.append(len(read(next(tmp_path.glob("*.json"))).rows))
            return self._org.call(method, path, body)

    applied = lock(org, tmp_path, Watched(org.rest))

    assert set(seen) == {applied.taken}


def test_a_lock_that_broke_off_is_finished_by_the_next_and_undone_as_a_whole(
    org: SeededOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = org.rows()
    monkeypatch.setattr("smarketing.lock.rows.MOST", 150)
    with pytest.raises(Retryable):
        lock(org, tmp_path, BreaksOff(org.rest))
    half_way = org.rows()

    finished = lock(org, tmp_path)

    assert len(list(tmp_path.glob("*.json"))) == 1
    assert sum(half_way[key] != rights for key, rights in before.items()) == 150
    assert finished.locked
    assert undo(org, tmp_path) == ()
    assert org.rows() == before


def test_a_row_that_vanished_meanwhile_is_no_failure(org: SeededOrg, tmp_path: Path) -> None:
    plan = plan_lock(org.rest, org.fields)
    org.running.call("DELETE", f"sobjects/FieldPermissions/{plan.grants[0].id}")

    applied = apply_lock(org.rest, plan, folder=tmp_path, at=NOW, by="operator", reason="")

    assert applied.failures == ()
    assert applied.locked


def test_a_right_given_later_is_found(org: SeededOrg, tmp_path: Path) -> None:
    lock(org, tmp_path)
    org.grant(org.permission_set("Given_Later"))

    found = survey(org.rest, org.fields)

    assert [(each.holder.title, each.field) for each in found.grants] == [
        ("permission set Given_Later", SCORE)
    ]


def test_a_muting_permission_set_grants_nothing(org: SeededOrg, tmp_path: Path) -> None:
    group = org.running.create("PermissionSetGroup", DeveloperName="Muted", MasterLabel="Muted")
    muting = org.running.create("MutingPermissionSet", DeveloperName="Muting", MasterLabel="Muting")
    org.running.create("PermissionSetGroupComponent", PermissionSetGroupId=group, PermissionSetId=muting)
    org.grant(muting)

    assert lock(org, tmp_path).locked
    assert org.rows()[muting, SCORE] == (True, True)


def test_an_integration_user_that_lacks_a_right_is_warned_of(org: SeededOrg) -> None:
    org.grant(org.id_of("PermissionSet", "Smarketing_Integration"), edit=False)

    warnings = plan_lock(org.rest, org.fields).warnings

    assert any(SCORE in each and "deploy metadata/" in each for each in warnings)
