"""What an admin does with Salesforce's own command line to bring our metadata into an org."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.sf_cli import NotInstallableError, SfCli, install
from tests.sandbox.org.running_org import METADATA, RunningOrg, running_org

pytestmark = pytest.mark.slow

OPEN = ("foundation", "process", "experience", "insight", "access", "before_go_live")
"""The package directories that an org gets before it goes live."""


@pytest.fixture
def org() -> Iterator[RunningOrg]:
    """An org to which nothing was deployed."""
    with running_org(project=None) as running:
        # The CLI keeps its logins by address, which it knows as localhost.
        running.org.url = running.url.replace("127.0.0.1", "localhost")
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project."""
    return Path(shutil.copytree(METADATA, tmp_path / "project"))


@pytest.fixture
def sf(tmp_path: Path, project: Path) -> SfCli:
    """The CLI in the copy of the project."""
    try:
        install()
    except NotInstallableError as reason:
        pytest.skip(str(reason))
    home = tmp_path / "home"
    home.mkdir()
    return SfCli(home, project)


def log_in(sf: SfCli, org: RunningOrg) -> None:
    login = ["org", "login", "access-token", "--instance-url", org.url, "--alias", "org", "--no-prompt"]
    sf.run(*login, SF_ACCESS_TOKEN=org.token())


def sources(*names: str) -> list[str]:
    return [part for name in names for part in ("--source-dir", name)]


@pytest.mark.parametrize("rest", ["false", "true"], ids=["soap", "rest"])
def test_the_project_is_deployed_and_retrieved(sf: SfCli, project: Path, org: RunningOrg, rest: str) -> None:
    log_in(sf, org)
    deploy = ["project", "deploy", "start", "--target-org", "org", "--wait", "3"]
    done = sf.run(*deploy, *sources(*OPEN), SF_ORG_METADATA_REST_DEPLOY=rest)
    assert (done["status"], done["numberComponentErrors"]) == ("Succeeded", 0)
    assert {each["state"] for each in done["files"]} == {"Created"}
    assert sum(1 for each in done["files"]) >= 200
    changed = project / "foundation/main/default/objects/Lead/fields/Smarketing_Score__c.field-meta.xml"
    before = changed.read_text()
    changed.write_text(before.replace("<label>", "<label>My "))
    retrieve = ["project", "retrieve", "start", "--target-org", "org", "--wait", "3"]
    sf.run(*retrieve, "--metadata", "CustomField:Lead.Smarketing_Score__c")
    assert changed.read_text() == before


def test_a_mistake_is_shown_with_its_file(sf: SfCli, project: Path, org: RunningOrg) -> None:
    log_in(sf, org)
    wrong = project / "foundation/main/default/objects/Lead/fields/Smarketing_Score__c.field-meta.xml"
    wrong.write_text(wrong.read_text().replace("label>", "lable>"))
    deploy = ["project", "deploy", "start", "--target-org", "org", "--wait", "3", *sources("foundation")]
    failed = sf.run_in_vain(*deploy)
    [failure] = [each for each in failed["files"] if each["fullName"] == "Lead.Smarketing_Score__c"]
    assert failure["state"] == "Failed"
    assert "lable invalid at this location in type CustomField" in failure["error"]
    assert org.org.records.sobject("Lead").get("Smarketing_Grade__c") is None
