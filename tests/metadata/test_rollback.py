"""Roll-back: after it an org is what it was before a deploy."""

import json
from pathlib import Path

from smarketing.metadata.rollback import read
from tests.metadata.deploys import COLOUR, FIELD, GREEN, KEYS, THING, Admin, field, source_path


def content_of(admin: Admin, member: tuple[str, str]) -> bytes:
    found = admin.org.org.metadata.components.get(*member)
    assert found is not None
    return found.content


def test_what_a_deploy_of_the_whole_project_added_is_gone_again(admin: Admin) -> None:
    admin.deploy()

    found = admin.plain("rollback", *admin.kept)

    assert found["success"]
    # What belongs to an object, and translations, go along with it on the platform; shared files stay.
    left = {kind for kind, _ in admin.names()}
    assert left <= {
        *("Layout", "QuickAction", "CustomObjectTranslation", "GlobalValueSetTranslation", "Translations"),
        *("CustomFieldTranslation", "LeadConvertSettings", "MatchingRules", "Workflow"),
    }


def test_what_was_changed_is_as_it_was(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    before = content_of(admin, COLOUR)
    source_path(project, FIELD).write_text(field("Colour__c", "Hue"))
    admin.deploy("--project", str(project))

    admin.plain("rollback", *admin.kept)

    assert b"<label>Colour</label>" in before
    assert content_of(admin, COLOUR) == before


def test_what_the_phase_deleted_comes_back(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    admin.deploy("--project", str(project), "--phase", "locked")

    admin.plain("rollback", *admin.kept)

    assert KEYS in admin.names()
    assert GREEN not in admin.names()


def test_deploys_are_rolled_back_one_after_the_other(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    admin.deploy("--project", str(project), "--phase", "locked")

    admin.plain("rollback", *admin.kept)
    admin.plain("rollback", *admin.kept)

    assert not {COLOUR, THING, KEYS, GREEN} & admin.names()


def test_a_file_is_used_once(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    admin.plain("rollback", *admin.kept)

    code, _, err = admin.run("rollback", *admin.kept)

    assert code == 2
    assert err.startswith("--folder: no roll-back file of org")
    assert read(admin.files[0]).rolled_back_at is not None


def test_an_older_deploy_waits_for_the_newer_one(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    admin.deploy("--project", str(project), "--phase", "locked")
    older, newer = admin.files

    code, _, err = admin.run("rollback", str(older), *admin.kept)

    assert code == 2
    assert f"{newer} was deployed after it; roll that back first" in err


def test_a_file_of_another_org_is_refused(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    [file] = admin.files
    file.write_text(file.read_text().replace('"organization": "', '"organization": "00Dxx'))

    code, _, err = admin.run("rollback", str(file), *admin.kept)

    assert code == 2
    assert "is of org 00Dxx" in err
    assert COLOUR in admin.names()


def test_a_dry_run_and_a_rehearsal_change_nothing(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    before = admin.names()

    planned = admin.plain("rollback", "--dry-run", *admin.kept)
    tried = admin.plain("rollback", "--check-only", *admin.kept)

    assert planned["delete"] == {
        "CustomField": ["Lead.Colour__c"],
        "CustomObject": ["Thing__c"],
        "PermissionSet": ["Keys"],
        "WorkflowOutboundMessage": ["Lead.Smarketing_Lead_Changed"],
    }
    assert tried["success"]
    assert admin.names() == before


def test_the_files_are_listed_newest_first(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    admin.deploy("--project", str(project), "--phase", "locked")

    found = admin.plain("rollback", "--list", *admin.kept)
    _, out, _ = admin.run("rollback", "--list", *admin.kept)

    assert [each["phase"] for each in found] == ["locked", "open"]
    assert [line.partition(":")[0] for line in out.splitlines()] == [str(each) for each in admin.files[::-1]]


def test_a_file_that_is_none_is_refused(admin: Admin) -> None:
    admin.folder.mkdir()
    (admin.folder / "x.json").write_text(json.dumps({"org": "x"}))

    code, _, err = admin.run("rollback", "--list", *admin.kept)

    assert code == 2
    assert "is no roll-back file" in err
