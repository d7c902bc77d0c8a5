"""`smarketing sync verify` as an operator calls it: what it prints and keeps, how it ends."""

import json
from collections.abc import Callable, Iterator

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.domain.instant import Instant
from chalicelib.gateways.store.table import create_table_request
from chalicelib.playbook.compiler import to_json, version_of
from smarketing.cli import main
from smarketing.lock.plan import organization_id
from smarketing.org_rest import rest_of
from smarketing.playbook_files import read_playbook
from tests.gateways.salesforce.commands import person, touchpoint
from tests.gateways.salesforce.emulated_org import EmulatedOrg, emulated_org
from tests.sync.test_verification import logged_in

NOW = Instant(1_800_000_000_000)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def org() -> Iterator[EmulatedOrg]:
    with emulated_org() as running:
        yield running


@pytest.fixture
def run(
    aws: None, org: EmulatedOrg, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Run]:
    monkeypatch.setenv("SMARKETING_TABLE", "sync")
    monkeypatch.setattr("smarketing.commands.sync_verify.find_org", lambda _: logged_in(org))
    bootstrap.forget()
    bootstrap.use_clock(lambda: NOW)
    boto3.client("dynamodb").create_table(**create_table_request("sync"))
    playbook = read_playbook()
    bootstrap.playbooks().publish(version_of(playbook), to_json(playbook))

    def verify(*options: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(["sync", "verify", *options])
        return int(ended.value.code or 0), capsys.readouterr().out

    yield verify
    bootstrap.forget()
    bootstrap.use_clock(bootstrap.system_clock)


def test_without_differences_it_ends_with_0_and_is_kept_for_this_org(run: Run, org: EmulatedOrg) -> None:
    code, out = run()

    kept = bootstrap.verifications().latest()
    nothing = f"0 rows ({'0' * 16})"
    assert (code, out) == (
        0,
        f"salesforce: 0 persons, {nothing} expected, {nothing} held, 0 differences\n",
    )
    assert kept is not None
    assert (kept.at, kept.differences) == (NOW, 0)
    assert kept.org == organization_id(rest_of(logged_in(org)))


def test_with_differences_it_ends_with_1_and_is_kept_as_such(run: Run) -> None:
    for each in (person(), touchpoint()):
        bootstrap.outbox().park(each, "refused")

    code, out = run("--json")

    kept = bootstrap.verifications().latest()
    assert (code, json.loads(out)["parked"]) == (1, 2)
    assert kept is not None
    assert kept.differences == 2


def test_it_shows_no_personal_data(run: Run) -> None:
    bootstrap.outbox().park(person(), "refused")

    assert "example.org" not in run()[1] + run("--json")[1]
