"""What an admin does with Salesforce's own command line, on the emulated org."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from smarketing.sandbox.org.seed import ADMIN
from tests.end_to_end.sf_cli import NotInstallableError, SfCli, install
from tests.sandbox.org.running_org import CONSUMER_KEY, INTEGRATION, RunningOrg, key_pair, running_org

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def org() -> Iterator[RunningOrg]:
    """An org with two interests, which came through the API."""
    with running_org() as running:
        # The CLI keeps its logins by address, which it knows as localhost.
        running.org.url = running.url.replace("127.0.0.1", "localhost")
        for number, stage in enumerate(("mql", "sql"), 1):
            running.create(
                "Interest__c",
                Smarketing_Interest_Id__c=f"01J-presses-{number}",
                Stage__c=stage,
                user=INTEGRATION,
            )
        yield running


@pytest.fixture
def sf(tmp_path: Path) -> SfCli:
    try:
        install()
    except NotInstallableError as reason:
        pytest.skip(str(reason))
    return SfCli(tmp_path)


def log_in_by_token(sf: SfCli, org: RunningOrg) -> None:
    login = ["org", "login", "access-token", "--instance-url", org.url, "--alias", "org", "--no-prompt"]
    sf.run(*login, SF_ACCESS_TOKEN=org.token())


def test_an_access_token_logs_in_and_interests_are_found(sf: SfCli, org: RunningOrg) -> None:
    log_in_by_token(sf, org)
    soql = "SELECT Id, Stage__c FROM Interest__c ORDER BY Stage__c"
    found = sf.run("data", "query", "--target-org", "org", "--query", soql)
    assert [each["Stage__c"] for each in found["records"]] == ["mql", "sql"]
    assert found["totalSize"] == 2


def test_a_signed_assertion_logs_the_integration_user_in(sf: SfCli, org: RunningOrg, tmp_path: Path) -> None:
    key_file = tmp_path / "server.key"
    key_file.write_text(key_pair().private)
    login = ["org", "login", "jwt", "--instance-url", org.url, "--client-id", CONSUMER_KEY]
    granted = sf.run(*login, "--jwt-key-file", str(key_file), "--username", INTEGRATION, "--alias", "org")
    assert granted["orgId"] == org.org.organization_id
    found = sf.run("data", "query", "--target-org", INTEGRATION, "--query", "SELECT COUNT() FROM Interest__c")
    assert found["totalSize"] == 2


def test_records_are_created_changed_and_read(sf: SfCli, org: RunningOrg) -> None:
    log_in_by_token(sf, org)
    values = "LastName=Weiß Company='Maschinenbau Müller GmbH'"
    created = sf.run("data", "create", "record", "--sobject", "Lead", "--values", values, "-o", "org")
    record = ["--sobject", "Lead", "--record-id", created["id"], "-o", "org"]
    sf.run("data", "update", "record", *record, "--values", "Title=CTO")
    read = sf.run("data", "get", "record", *record)
    assert (read["Company"], read["Title"]) == ("Maschinenbau Müller GmbH", "CTO")
    sf.run("data", "delete", "record", *record)
    assert org.query("SELECT Id FROM Lead") == []


def test_an_org_is_displayed_as_connected(sf: SfCli, org: RunningOrg) -> None:
    log_in_by_token(sf, org)
    shown = sf.run("org", "display", "--target-org", "org")
    assert shown["username"] == ADMIN
    assert shown["connectedStatus"] == "Connected"
