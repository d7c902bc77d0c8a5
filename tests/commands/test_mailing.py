"""`smarketing mailing`: what a journey would be told about a person."""

import json
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.domain.instant import iso
from chalicelib.domain.qualification import compile_model
from chalicelib.gateways.store.playbooks import Playbooks
from chalicelib.playbook.compiler import compile_playbook, to_json, version_of
from smarketing.cli import main
from smarketing.playbook_files import read_playbook
from tests.domain.builders import day
from tests.domain.consents import permit
from tests.domain.presses import told
from tests.services.world import TABLE, World, make_world

ANNA = "a@example.com"


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A table with the default playbook in force, and Anna, who subscribed to the newsletter."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("SMARKETING_TABLE", TABLE)
    bootstrap.forget()
    source = read_playbook()
    with mock_aws():
        made = make_world(compiled=compile_model(compile_playbook(source)), now=day(9))
        Playbooks(boto3.client("dynamodb"), TABLE).publish(version_of(source), to_json(source))
        made.record(told("opted_in", 1, consents=[permit("newsletter")]))
        yield made
    bootstrap.forget()


def ask(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["mailing", "ask", ANNA, "--at", iso(day(9)), *words])
    return int(ended.value.code or 0)


def test_it_says_what_a_journey_would_be_told(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    world.record(told("product_purchased", 2))

    assert ask("--purpose", "newsletter", "--line", "presses", "--json") == 0

    assert json.loads(capsys.readouterr().out) == [
        {
            "purpose": "newsletter",
            "answer": "stop",
            "hindrance": "bought",
            "detail": "presses",
            "until": iso(day(2 + 365)),
        }
    ]


def test_without_a_purpose_it_tells_of_each(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    before = world.items()

    assert ask() == 0

    shown = capsys.readouterr().out
    assert [word in shown for word in ("Newsletter", "send", "Product news", "no_consent")] == [True] * 4
    assert world.items() == before


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (("--purpose", "newsleter"), "--purpose: name one of newsletter, "),
        (("--line", "preses"), "--line: name one of presses, "),
    ],
)
def test_what_the_playbook_does_not_know_is_refused(
    world: World, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], refusal: str
) -> None:
    assert ask(*words) == 2
    assert refusal in capsys.readouterr().err
