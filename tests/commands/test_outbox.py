"""`smarketing outbox`: what an operator sees and can do about commands that Salesforce refused."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.domain.command import Command
from chalicelib.gateways.store.outbox import Outbox
from chalicelib.gateways.store.table import create_table_request
from smarketing.cli import main
from tests.gateways.salesforce.commands import person, touchpoint

REASON = "STRING_TOO_LONG (Label__c): lengthen it"


@pytest.fixture
def outbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Outbox]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("SMARKETING_TABLE", "outbox-command")
    bootstrap.forget()
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(**create_table_request("outbox-command"))
        yield Outbox(client, "outbox-command")
    bootstrap.forget()


def park(outbox: Outbox, *commands: Command) -> None:
    for command in commands:
        outbox.park(command, REASON)


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["outbox", *arguments])
    return int(ended.value.code or 0)


def waits(outbox: Outbox, command: Command) -> bool:
    return bool(outbox.pending([(f"PERSON#{command.person}", f"OUTBOX#{command.key}")]))


def test_list_says_so_when_nothing_is_parked(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    assert capsys.readouterr().out == "Nothing is parked.\n"


def test_list_shows_each_command_with_its_reason(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    park(outbox, touchpoint(), person())
    assert run("list", "--json") == 0
    assert [(each["record"], each["reason"]) for each in json.loads(capsys.readouterr().out)] == [
        ("person", REASON),
        ("touchpoint", REASON),
    ]


def test_list_shows_no_personal_data(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    park(outbox, person())
    run("list", "--json")
    run("list")
    assert "example.org" not in capsys.readouterr().out


def test_retry_puts_one_command_back_into_the_outbox(
    outbox: Outbox, capsys: pytest.CaptureFixture[str]
) -> None:
    park(outbox, person(), touchpoint())
    key = f"{person().person}/{person().key}"
    assert run("retry", key) == 0
    assert capsys.readouterr().out == f"retried {key}\n"
    assert waits(outbox, person())
    assert not waits(outbox, touchpoint())


def test_retry_all_leaves_nothing_parked(outbox: Outbox) -> None:
    park(outbox, person(), touchpoint())
    assert run("retry", "--all") == 0
    assert list(outbox.parked()) == []
    assert waits(outbox, person())
    assert waits(outbox, touchpoint())


def test_a_dry_run_changes_nothing(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    park(outbox, person())
    assert run("retry", "--all", "--dry-run") == 0
    assert capsys.readouterr().out.startswith("would retry ")
    assert not waits(outbox, person())


@pytest.mark.parametrize("arguments", [[], ["KEY", "--all"]])
def test_retry_wants_either_one_key_or_all(
    outbox: Outbox, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("retry", *arguments) == 2
    assert capsys.readouterr().err == "retry: name one KEY or say --all\n"


def test_retry_names_a_key_that_is_not_parked(outbox: Outbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("retry", "01J/person#01J") == 2
    assert capsys.readouterr().err.startswith("KEY: nothing is parked as 01J/person#01J")
