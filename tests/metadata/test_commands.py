"""`smarketing metadata` at the command line: what it asks, prints, and how it ends."""

import json
import shutil
from pathlib import Path

import pytest

from smarketing.metadata.project import default_root
from tests.metadata.deploys import COLOUR, FIELD, PLACES, Admin, source_path

ORG = "https://acme.my.salesforce.com"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The whole project, to change."""
    return Path(shutil.copytree(default_root(), tmp_path / "metadata"))


def test_a_project_in_order_has_no_findings(admin: Admin) -> None:
    code, out, _ = admin.run("check")

    assert (code, out.splitlines()[-1].endswith("files in order")) == (0, True), out


def test_findings_are_named_by_file_and_line(admin: Admin, copy: Path) -> None:
    path = next(copy.rglob("Smarketing_Score__c.field-meta.xml"))
    path.write_text(path.read_text().replace("<label>", "<lable>").replace("</label>", "</lable>"))

    code, out, _ = admin.run("check", "--project", str(copy))
    found = admin.plain("check", "--project", str(copy), code=2)

    assert code == 2
    assert any(each["path"].endswith(path.name) and each["line"] > 1 for each in found)
    assert f"{path.name}:" in out


def test_a_project_in_step_with_the_playbook_is_left_alone(admin: Admin) -> None:
    code, out, _ = admin.run("generate", "--check")

    assert (code, out) == (0, "0 files differ from the playbook\n")


def test_what_was_changed_by_hand_is_generated_again(admin: Admin, copy: Path) -> None:
    path = next(copy.rglob("Smarketing_Stage.globalValueSet-meta.xml"))
    before = path.read_text()
    path.write_text(before.replace("inquiry", "enquiry"))
    name = path.relative_to(copy).as_posix()

    checked = admin.run("generate", "--check", "--project", str(copy))
    written = admin.plain("generate", "--project", str(copy))

    assert checked[:2] == (1, f"differs {name}\n1 files differ from the playbook\n")
    assert written == {"changed": [name]}
    assert path.read_text() == before


def test_the_glossary_is_brought_into_an_org(admin: Admin) -> None:
    admin.deploy()
    let_admin_work(admin)

    would = admin.plain("records", "--dry-run")
    did = admin.plain("records")
    again = admin.plain("records")

    assert would == did
    assert did["written"] > 10
    assert (again["written"], again["same"]) == (0, did["written"])


def test_a_deploy_says_how_to_undo_it(admin: Admin, project: Path) -> None:
    code, out, _ = admin.run("deploy", "--project", str(project), *PLACES, *admin.kept)

    assert code == 0
    assert "5 of 5 components deployed" in out
    assert "To undo it: smarketing metadata rollback" in out


def test_nobody_is_asked_where_nobody_can_answer(
    admin: Admin,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Only what is not on this machine is worth a question.
    monkeypatch.setattr("smarketing.org_login.Org.is_on_this_machine", False)

    code, _, err = admin.run("deploy", "--project", str(project), *PLACES, *admin.kept)

    assert (code, err) == (2, "--yes: say it where nobody can answer\n")
    assert COLOUR not in admin.names()
    assert admin.files == []


def test_ctrl_c_says_how_to_come_back(
    admin: Admin,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("smarketing.metadata.sending.follow", interrupt)

    code, out, _ = admin.run("deploy", "--project", str(project), *PLACES, *admin.kept)

    assert code == 130
    [file] = admin.files
    deploy_id = json.loads(file.read_text())["deploy_id"]
    assert f"smarketing metadata deploy --resume {deploy_id}" in out
    assert f"smarketing metadata cancel {deploy_id}" in out


def test_a_project_that_is_none_is_refused(admin: Admin, tmp_path: Path) -> None:
    code, _, err = admin.run("deploy", "--project", str(tmp_path / "nowhere"))

    assert code == 2
    assert "sfdx-project.json" in err


def test_broken_xml_is_refused_before_anything_is_sent(admin: Admin, project: Path) -> None:
    source_path(project, FIELD).write_text("<CustomField>")

    code, _, err = admin.run("deploy", "--project", str(project), *PLACES)

    assert code == 2
    assert "Colour__c.field-meta.xml:1: no XML" in err


def let_admin_work(admin: Admin) -> None:
    """Give the admin the role of the project, as fields that were just deployed are hidden from all."""
    [role] = admin.org.query("SELECT Id FROM PermissionSet WHERE Name = 'Smarketing_Admin'")
    [user] = admin.org.query("SELECT Id FROM User WHERE Profile.Name = 'System Administrator' LIMIT 1")
    admin.org.create("PermissionSetAssignment", AssigneeId=user["Id"], PermissionSetId=role["Id"])
