"""The org's list of possible duplicates on the command line."""

import json
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

from smarketing.commands.duplicates import app
from smarketing.org_login import TOKEN_SETTING, URL_SETTING
from tests.sandbox.org.running_org import RunningOrg, running_org


@pytest.fixture(scope="module")
def org() -> Iterator[RunningOrg]:
    with running_org() as running:
        yield running


@pytest.fixture
def listed(org: RunningOrg, monkeypatch: pytest.MonkeyPatch) -> tuple[str, str]:
    """A Lead and the Contact that it may be; gives their ids."""
    monkeypatch.setenv(URL_SETTING, org.url)
    monkeypatch.setenv(TOKEN_SETTING, org.token())
    account = org.create("Account", Name="Weber Pressen")
    contact = org.create("Contact", FirstName="Anna", LastName="Müller", AccountId=account, Phone="+49 1")
    lead = org.create(
        "Lead", FirstName="Anna", LastName="Mueller", Company="Weber", Email="anna@weber.example"
    )
    pair = {"Lead__c": lead, "Other_Contact__c": contact, "Smarketing_Pair_Id__c": f"{contact}-{lead}"}
    org.create("Possible_Duplicate__c", **pair, Why__c="names alike, company alike", Likeness__c=100)
    return lead, contact


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["open", *words], catch_exceptions=False, env={"COLUMNS": "160"})
    assert done.exit_code == 0, done.output
    return done.stdout


def test_an_open_pair_is_shown_until_it_is_decided(org: RunningOrg, listed: tuple[str, str]) -> None:
    lead, contact = listed

    [pair] = json.loads(run("--json"))["open"]
    shown = run()

    assert (pair["lead"]["id"], pair["other"]["id"]) == (lead, contact)
    assert (pair["lead"]["name"], pair["other"]["name"]) == ("Anna Mueller", "Anna Müller")
    assert (pair["lead"]["company"], pair["other"]["company"]) == ("Weber", "Weber Pressen")
    assert "names alike, company alike" in shown
    assert "1 to decide" in shown

    [row] = org.query("SELECT Id FROM Possible_Duplicate__c")
    org.call("PATCH", f"sobjects/Possible_Duplicate__c/{row['Id']}", {"Verdict__c": "different"})
    assert run() == "Nothing to decide.\n"
