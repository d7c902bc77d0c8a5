"""The function `check_lock` against the emulated org: it finds whoever gained an edit right."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from chalice.test import Client
from moto import mock_aws

import app
from chalicelib import bootstrap
from chalicelib.gateways.store.locks import Lock, Locks
from chalicelib.gateways.store.table import create_table_request
from smarketing.lock.apply import apply_lock
from smarketing.lock.plan import plan_lock
from tests.lock.seeded_org import NOW, SCORE, SeededOrg
from tests.sandbox.org.running_org import CONSUMER_KEY, INTEGRATION, key_pair

TABLE = "lock"


@pytest.fixture
def locked(org: SeededOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SeededOrg]:
    """An org that is locked, and the function's surroundings."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("SMARKETING_TABLE", TABLE)
    monkeypatch.setenv("SMARKETING_SALESFORCE_SECRET_ID", "salesforce")
    plan = plan_lock(org.rest, org.fields)
    apply_lock(org.rest, plan, folder=tmp_path, at=NOW, by="operator", reason="")
    bootstrap.forget()
    bootstrap.use_clock(lambda: NOW)
    with mock_aws():
        boto3.client("dynamodb").create_table(**create_table_request(TABLE))
        boto3.client("secretsmanager").create_secret(Name="salesforce", SecretString=json.dumps(login(org)))
        Locks(boto3.client("dynamodb"), TABLE).save(Lock(NOW, "operator", plan.org, org.fields))
        yield org
    bootstrap.forget()
    bootstrap.use_clock(bootstrap.system_clock)


def login(org: SeededOrg) -> dict[str, str]:
    return {
        "domain_url": org.running.url,
        "consumer_key": CONSUMER_KEY,
        "username": INTEGRATION,
        "private_key": key_pair().private,
    }


def check(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    event = Client(app.app).events.generate_cw_event("aws.events", "Scheduled Event", {}, [], "x")
    capsys.readouterr()
    app.check_lock(event, None)
    [line] = capsys.readouterr().out.splitlines()
    return dict(json.loads(line))


def health(org: SeededOrg) -> list[dict[str, Any]]:
    soql = "SELECT Check_Key__c, Status__c, Findings__c, Detail__c, Checked_At__c FROM Health_Check__c"
    return org.running.query(soql)


def test_a_locked_org_is_found_locked(locked: SeededOrg, capsys: pytest.CaptureFixture[str]) -> None:
    line = check(capsys)

    [shown] = health(locked)
    assert line["what"] == "fields locked"
    assert line["fields"] == len(locked.fields)
    assert (shown["Status__c"], shown["Findings__c"]) == ("ok", 0)


def test_a_permission_set_that_was_added_later_rings_the_alarm(
    locked: SeededOrg, capsys: pytest.CaptureFixture[str]
) -> None:
    locked.grant(locked.permission_set("Added_Later"))

    line = check(capsys)

    [shown] = health(locked)
    assert (line["what"], line["grants"], line["names"]) == (
        "fields unlocked",
        1,
        "permission set Added_Later",
    )
    assert (shown["Status__c"], shown["Findings__c"]) == ("broken", 1)
    assert f"permission set Added_Later: {SCORE}" in shown["Detail__c"]


def test_a_profile_that_was_added_later_rings_the_alarm(
    locked: SeededOrg, capsys: pytest.CaptureFixture[str]
) -> None:
    locked.grant(locked.new_profile("Added Later"))

    assert check(capsys)["names"] == "profile Added Later"


def test_the_record_of_the_check_is_always_the_same(
    locked: SeededOrg, capsys: pytest.CaptureFixture[str]
) -> None:
    check(capsys)
    locked.grant(locked.permission_set("Added_Later"))
    check(capsys)

    assert [each["Status__c"] for each in health(locked)] == ["broken"]
