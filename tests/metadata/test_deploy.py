"""Deploys: what of the project gets into an org, in which phase, and what is refused."""

import json
from pathlib import Path

import pytest

from smarketing.metadata.placeholders import CALLBACK_URL
from smarketing.metadata.project import default_root, read_project
from tests.metadata.deploys import (
    COLOUR,
    FIELD,
    GREEN,
    KEYS,
    PLACES,
    THING,
    Admin,
    field,
    source_path,
)
from tests.sandbox.org.running_org import INTEGRATION


def workflow_of(admin: Admin) -> str:
    content = admin.org.org.metadata.components.get("Workflow", "Lead")
    assert content is not None
    return content.content.decode()


def test_the_whole_project_gets_into_an_empty_org_and_is_then_as_in_source(admin: Admin) -> None:
    done = admin.deploy()

    assert done["success"]
    wanted = {
        (each.type, each.full_name)
        for each in read_project(default_root()).files
        if each.package != "after_go_live" and each.type != "CustomFieldTranslation"
    }
    # The standard objects' own files are in the org without having been deployed.
    assert wanted <= admin.names() | {("CustomObject", name) for name in ("Lead", "Contact", "Account")}
    assert admin.plain("diff", "--all") == []


def test_the_phase_is_open_where_none_is_named(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))

    assert {COLOUR, THING, KEYS} <= admin.names()
    assert GREEN not in admin.names()


def test_locked_brings_its_rules_and_deletes_what_was_for_before(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))

    admin.deploy("--project", str(project), "--phase", "locked")

    assert GREEN in admin.names()
    assert KEYS not in admin.names()


def test_an_org_that_is_locked_is_not_opened_in_passing(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project), "--phase", "locked")

    code, _, err = admin.run("deploy", "--project", str(project), *PLACES)

    assert code == 2
    assert err.startswith("--phase: the org is in the phase locked; say --phase locked")
    assert GREEN in admin.names()


def test_open_takes_the_rules_away_again_when_it_is_said(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project), "--phase", "locked")

    admin.deploy("--project", str(project), "--phase", "open")

    assert GREEN not in admin.names()
    assert KEYS in admin.names()


def test_a_rehearsal_changes_nothing_and_needs_no_addresses(admin: Admin, project: Path) -> None:
    before = admin.names()

    found = admin.plain("deploy", "--check-only", "--project", str(project), *admin.kept)

    assert found["success"]
    assert found["check_only"]
    assert found["components"] == {"done": 5, "total": 5}
    assert admin.names() == before
    assert admin.files == []


def test_a_dry_run_says_what_is_new_and_what_would_be_deleted(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))

    found = admin.plain("deploy", "--dry-run", "--phase", "locked", "--project", str(project), *PLACES)

    assert found["new"] == {"ValidationRule": ["Lead.Always_Green"]}
    assert found["deletions"] == {"PermissionSet": ["Keys"]}
    assert GREEN not in admin.names()


@pytest.mark.parametrize(
    ("said", "option"), [((), "--callback-url"), (PLACES[:2], "--integration-user")], ids=["neither", "one"]
)
def test_a_deploy_is_refused_while_nobody_says_where_messages_go(
    admin: Admin, project: Path, said: tuple[str, ...], option: str
) -> None:
    code, _, err = admin.run("deploy", "--project", str(project), *said, *admin.kept)

    assert code == 2
    assert err.startswith(f"{option}: say it")
    assert COLOUR not in admin.names()


def test_messages_go_where_the_options_say(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))

    content = workflow_of(admin)
    assert "https://api.example.com/salesforce/outbound-messages?key=a&amp;b<" in content
    assert f"<integrationUser>{INTEGRATION}<" in content


def test_a_later_deploy_leaves_messages_where_they_go(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    source_path(project, FIELD).write_text(field("Colour__c", "Hue"))

    admin.plain("deploy", "--project", str(project), *admin.kept)

    assert CALLBACK_URL not in workflow_of(admin)
    assert "api.example.com" in workflow_of(admin)


@pytest.mark.parametrize(
    ("option", "value"), [("--callback-url", "http://api.example.com/x"), ("--integration-user", "robot")]
)
def test_an_address_that_cannot_be_is_refused(admin: Admin, option: str, value: str) -> None:
    code, _, err = admin.run("deploy", option, value)

    assert code == 2
    assert err.startswith(f"{option}: ")


def test_what_the_org_refuses_is_named_by_file_and_line(admin: Admin, project: Path) -> None:
    source_path(project, FIELD).write_text(field("Colour__c", kind="Colour"))

    code, out, _ = admin.run("deploy", "--project", str(project), *PLACES, *admin.kept)

    assert code == 2
    assert "objects/Lead.object" in "".join(out.split())
    assert "Failed: nothing was changed." in out
    assert THING not in admin.names()


def test_the_errors_are_given_as_json(admin: Admin, project: Path) -> None:
    source_path(project, FIELD).write_text(field("Colour__c", kind="Colour"))

    found = admin.deploy("--project", str(project), code=2)

    [error] = found["errors"]
    assert error["file"] == "objects/Lead.object"
    assert error["line"] > 1
    assert error["component"] == "CustomField Lead.Colour__c"
    assert "Colour" in error["problem"]


def test_a_refused_deploy_leaves_no_roll_back_file(admin: Admin, project: Path) -> None:
    source_path(project, FIELD).write_text(field("Colour__c", kind="Colour"))

    found = admin.deploy("--project", str(project), code=2)

    assert found["roll_back"] is None
    assert admin.files == []


def test_a_deploy_that_somebody_stopped_watching_is_watched_again(admin: Admin, project: Path) -> None:
    begun = admin.deploy("--project", str(project))

    found = admin.plain("deploy", "--resume", begun["id"], *admin.kept)

    assert found["success"]
    assert found["components"]["done"] == 5
    assert found["roll_back"] == str(admin.files[0])


def test_a_deploy_that_is_over_cannot_be_cancelled(admin: Admin, project: Path) -> None:
    begun = admin.deploy("--project", str(project))

    code, _, err = admin.run("cancel", begun["id"])

    assert code == 2
    assert "already completed" in err


def test_an_unknown_deploy_is_refused(admin: Admin) -> None:
    code, _, err = admin.run("deploy", "--resume", "0Af000000000009AAA", *admin.kept)

    assert code == 2
    assert "0Af000000000009AAA" in err


def test_apex_tests_are_named_where_they_are_asked_for(admin: Admin) -> None:
    code, _, err = admin.run("deploy", "--test-level", "RunSpecifiedTests")

    assert code == 2
    assert err.startswith("--run-test: name at least one")


def test_an_expired_login_is_said_in_one_line(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARKETING_SALESFORCE_TOKEN", "00D!expired")

    code, _, err = admin.run("deploy", *PLACES)

    assert code == 2
    assert "INVALID_SESSION_ID: the login is not taken" in err
    assert len(err.splitlines()) == 1


def test_the_roll_back_file_is_for_its_owner_alone(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))

    [file] = admin.files
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.with_suffix(".zip").stat().st_mode & 0o777 == 0o600
    assert json.loads(file.read_text())["phase"] == "open"
