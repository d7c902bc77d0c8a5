"""`smarketing consent`: the proof that an authority is shown, and whether anybody tampered with it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.domain.consent import Consent, Subject, withdrawal
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.instant import iso
from chalicelib.domain.qualification import compile_model
from chalicelib.gateways.store.items import state_item
from chalicelib.gateways.store.playbooks import Playbooks
from chalicelib.playbook.compiler import compile_playbook, to_json, version_of
from smarketing.cli import main
from smarketing.playbook_files import default_folder, read_playbook
from tests.domain.builders import day
from tests.domain.presses import told
from tests.services.world import TABLE, World, make_world

ANNA = "anna@example.com"
DOUBLE_OPT_IN = {
    "wording_version": "2026-01",
    "language": "de",
    "mail_id": "mail-1",
    "clicked_at": iso(day(2)),
    "confirm_ip": "192.0.2.7",
}


@dataclass
class Ended:
    code: int
    out: str
    err: str

    @property
    def plain(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A table with the default playbook in force."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("SMARKETING_TABLE", TABLE)
    bootstrap.forget()
    source = read_playbook(default_folder())
    with mock_aws():
        made = make_world(compiled=compile_model(compile_playbook(source)))
        Playbooks(boto3.client("dynamodb"), TABLE).publish(version_of(source), to_json(source))
        yield made
    bootstrap.forget()


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> Ended:
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        main(["consent", *arguments])
    return Ended(int(ended.value.code or 0), *capsys.readouterr())


def consent(kind: str = "confirmed", **more: Any) -> Consent:
    subject = Subject("email", "newsletter", "main")
    return Consent(subject, kind, **more)  # type: ignore[arg-type]


def anna_subscribes(world: World, *keys: PersonKey) -> None:
    who = (person_key("email", ANNA), *keys)
    world.record(told("opted_in", 1, keys=who, consents=[consent("requested")]))
    proof = consent(basis="double_opt_in", evidence=DOUBLE_OPT_IN)
    world.record(told("opted_in", 2, keys=who, consents=[proof]))


def test_show_proves_a_double_opt_in_with_the_very_words(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    anna_subscribes(world)
    ended = run(capsys, "show", ANNA)
    assert ended.code == 0
    assert f"newsletter by email, main: GRANTED (double opt-in) since {iso(day(2))}" in ended.out
    assert "confirm ip: 192.0.2.7" in ended.out
    assert "words: Ja, Musterwerk Maschinenbau GmbH darf mir den Newsletter" in ended.out


def test_show_gives_programs_the_entries_with_their_hashes(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    anna_subscribes(world)
    (shown,) = run(capsys, "show", ANNA, "--json").plain["consents"]
    assert (shown["purpose"], shown["state"], shown["basis"]) == ("newsletter", "granted", "double_opt_in")
    assert [each["kind"] for each in shown["entries"]] == ["requested", "confirmed"]
    assert shown["entries"][1]["previous"] == shown["entries"][0]["hash"]
    assert shown["entries"][1]["evidence"] == DOUBLE_OPT_IN


def test_show_counts_a_withdrawal_of_everything_against_each_purpose(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    anna_subscribes(world)
    world.record(told("opted_out", 3, keys=[person_key("email", ANNA)], consents=[withdrawal()]))
    ended = run(capsys, "show", ANNA)
    assert "newsletter by email, main: WITHDRAWN" in ended.out
    assert "withdrawn, everything by email" in ended.out


def test_show_says_what_a_claim_lacks(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    claim = consent("imported", basis="double_opt_in", evidence={"wording_version": "2019"})
    world.record(told("opted_in", 1, keys=[person_key("email", ANNA)], consents=[claim]))
    ended = run(capsys, "show", ANNA)
    assert "UNPROVEN" in ended.out
    assert "no proof: lacks token_hash or mail_id or document, clicked_at" in ended.out


def test_show_says_that_nobody_may_write_when_nothing_was_said(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.record(told("page_viewed", 1, keys=[person_key("email", ANNA)]))
    assert run(capsys, "show", ANNA).out.startswith("Nothing was ever said about a consent")


@pytest.mark.parametrize("named", [f" {ANNA.upper()} ", "lead:00Q000000000001AAA", "prospect:4711"])
def test_a_person_is_found_by_any_key(world: World, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    anna_subscribes(world, person_key("lead", "00Q000000000001"), person_key("prospect", "4711"))
    assert run(capsys, "show", named).code == 0


def test_a_person_is_found_by_our_id(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    anna_subscribes(world)
    assert run(capsys, "show", world.person(person_key("email", ANNA)).id.lower()).code == 0


@pytest.mark.parametrize("named", ["nobody@example.com", "contact:003000000000009", "01HXXXXXXX", "?"])
def test_whoever_is_not_known_is_refused_without_repeating_the_name(
    world: World, named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = run(capsys, "show", named)
    assert ended.code == 2
    assert ended.err.startswith("PERSON: ")
    assert named not in ended.err.split()


def test_verify_counts_persons_and_entries(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    anna_subscribes(world)
    ended = run(capsys, "verify")
    assert (ended.code, ended.out) == (0, "1 persons, 2 entries, 0 faults\n")


def test_verify_holds_for_persons_that_were_merged(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    anna_subscribes(world)
    bert, lead = person_key("email", "bert@example.com"), person_key("lead", "00Q000000000001")
    world.record(told("opted_out", 4, keys=[bert], consents=[withdrawal()]))
    world.record(told("lead_created", 5, keys=[bert, lead]), told("page_viewed", 6, keys=[lead]))
    world.record(told("page_viewed", 7, keys=[lead, person_key("email", ANNA)]))
    assert run(capsys, "verify", "--json").plain == {"persons": 1, "entries": 3, "faults": []}


@pytest.mark.parametrize("sequence", [1, 2])
def test_verify_names_an_entry_that_was_changed(
    world: World, sequence: int, capsys: pytest.CaptureFixture[str]
) -> None:
    anna_subscribes(world)
    person = world.person(person_key("email", ANNA)).id
    key = {"pk": {"S": f"PERSON#{person}"}, "sk": {"S": f"CONSENT#{sequence:08d}"}}
    item = world.client.get_item(TableName=TABLE, Key=key)["Item"]
    item["body"]["S"] = item["body"]["S"].replace('"newsletter"', '"product_news"')
    world.client.put_item(TableName=TABLE, Item=item)
    ended = run(capsys, "verify", ANNA)
    assert ended.code == 1
    assert f"{person}: entry {sequence} was changed after it was written" in ended.out


def test_verify_finds_a_ledger_whose_end_was_cut_off(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    anna_subscribes(world)
    person = world.person(person_key("email", ANNA)).id
    world.client.delete_item(
        TableName=TABLE, Key={"pk": {"S": f"PERSON#{person}"}, "sk": {"S": "CONSENT#00000002"}}
    )
    ended = run(capsys, "verify", "--json")
    assert ended.code == 1
    assert any("is not the end" in each["reason"] for each in ended.plain["faults"])


def test_verify_finds_a_state_that_grants_what_the_ledger_does_not(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    world.record(told("opted_in", 1, keys=[person_key("email", ANNA)], consents=[consent("requested")]))
    person = world.person(person_key("email", ANNA))
    forged = replace(person, consents={}, version=person.version + 1)
    world.client.put_item(TableName=TABLE, Item=state_item(forged))
    assert "the state does not say what the entries add up to" in run(capsys, "verify").out
