"""`smarketing lock` as an admin calls it: what it prints, what it refuses, how it ends."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.domain.instant import HOUR, Instant
from chalicelib.gateways.store.locks import Locks
from chalicelib.gateways.store.table import create_table_request
from chalicelib.gateways.store.verification import Verification, Verifications
from smarketing.cli import main
from smarketing.lock.plan import organization_id
from smarketing.metadata.ownership import marketing_owned
from tests.lock.seeded_org import NOW, LoggedIn, SeededOrg

TABLE = "lock"


@dataclass
class Admin:
    """Calls the commands."""

    org: SeededOrg
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["lock", *arguments])
        said = self.capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    def plain(self, *arguments: str) -> dict[str, Any]:
        code, out, err = self.run(*arguments, "--json")
        assert code == 0, err
        return dict(json.loads(out))

    def apply(self, *options: str) -> tuple[int, str, str]:
        return self.run("apply", "--folder", str(self.folder), *options)

    def verified(self, ago: int = HOUR, differences: int = 0) -> None:
        Verifications(boto3.client("dynamodb"), TABLE).save(
            Verification(Instant(NOW - ago), "operator", 10, differences, organization_id(self.org.rest))
        )

    @property
    def locks(self) -> Locks:
        return Locks(boto3.client("dynamodb"), TABLE)


@pytest.fixture
def admin(
    org: SeededOrg, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Admin]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("SMARKETING_TABLE", TABLE)
    logged_in = LoggedIn(org.running.url, org.running.token())
    monkeypatch.setattr("smarketing.commands.lock.find_org", lambda _: logged_in)
    bootstrap.forget()
    bootstrap.use_clock(lambda: NOW)
    with mock_aws():
        boto3.client("dynamodb").create_table(**create_table_request(TABLE))
        yield Admin(org, tmp_path, capsys)
    bootstrap.forget()
    bootstrap.use_clock(bootstrap.system_clock)


def test_plan_shows_who_loses_what_and_the_notes(admin: Admin) -> None:
    code, out, _ = admin.run("plan")

    assert code == 0
    assert "Known_To_No_Source" in out
    assert "Marketing User" in out
    assert "note: Apex and flows in system mode" in out


def test_plan_keeps_itself_in_a_file(admin: Admin) -> None:
    file = admin.folder / "plan.json"

    shown = admin.plain("plan", "--save", str(file))

    assert json.loads(file.read_text(encoding="utf-8")) == shown
    assert shown["grants"] > 0
    assert shown["looked_at"]["profiles"] == len(admin.org.profiles())


def test_apply_locks_after_a_verified_sync_and_notes_it(admin: Admin) -> None:
    admin.verified()

    code, out, _ = admin.apply("--json")

    done, noted = json.loads(out), admin.locks.current()
    assert code == 0
    assert done["locked"]
    assert done["failures"] == []
    assert Path(done["undo_file"]).exists()
    assert noted is not None
    assert (noted.fields, noted.reason) == (marketing_owned(), "")


@pytest.mark.parametrize(
    ("ago", "differences", "why"),
    [(None, 0, "never verified"), (HOUR, 2, "2 differences"), (25 * HOUR, 0, "more than 24 hours ago")],
)
def test_apply_refuses_without_a_verified_sync(
    admin: Admin, ago: int | None, differences: int, why: str
) -> None:
    before = admin.org.rows()
    if ago is not None:
        admin.verified(ago, differences)

    code, _, err = admin.apply()

    assert code == 2
    assert why in err
    assert len(err.splitlines()) == 1
    assert admin.org.rows() == before


def test_apply_changes_nothing_where_the_store_is_not_named(
    admin: Admin, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = admin.org.rows()
    monkeypatch.delenv("SMARKETING_TABLE")

    code, _, err = admin.apply("--force", "--reason", "rehearsal")

    assert code == 2
    assert err.startswith("SMARKETING_TABLE: ")
    assert admin.org.rows() == before


def test_force_needs_a_reason(admin: Admin) -> None:
    assert admin.apply("--force")[0::2] == (2, "--force: say --reason TEXT with it\n")
    assert admin.apply("--force", "--reason", "  ")[0] == 2
    assert admin.apply("--reason", "because")[0::2] == (2, "--reason: goes with --force only\n")


def test_a_forced_lock_keeps_its_reason_in_log_undo_file_and_note(admin: Admin) -> None:
    code, out, err = admin.apply("--force", "--reason", "rehearsal", "--json")

    noted = admin.locks.current()
    # Where the functions' log is set up in the same process, its line stands before the answer.
    *_, answer = out.splitlines()
    undo_file = json.loads(Path(json.loads(answer)["undo_file"]).read_text(encoding="utf-8"))
    assert '{"what":"lock forced","reason":"rehearsal"}' in out + err
    assert code == 0
    assert noted is not None
    assert (noted.reason, undo_file["reason"]) == ("rehearsal", "rehearsal")


def test_a_dry_run_of_apply_changes_nothing(admin: Admin) -> None:
    admin.verified()
    before = admin.org.rows()

    code, out, _ = admin.apply("--dry-run")

    assert code == 0
    assert "Known_To_No_Source" in out
    assert admin.org.rows() == before
    assert admin.locks.current() is None
    assert list(admin.folder.iterdir()) == []


def test_verify_ends_with_1_and_names_who_is_left(admin: Admin) -> None:
    code, out, _ = admin.run("verify", "--json")

    found = json.loads(out)
    assert code == 1
    assert not found["locked"]
    assert {"kind": "permission set", "name": "Known_To_No_Source", "field": "Lead.Smarketing_Score__c"} in (
        found["grants"]
    )


def test_verify_ends_with_0_once_locked(admin: Admin) -> None:
    admin.verified()
    admin.apply()

    code, out, _ = admin.run("verify")

    assert code == 0
    assert f"{len(admin.org.profiles())} profiles" in out
    assert "nobody but the integration user" in out


def test_undo_restores_what_was_and_ends_the_daily_check(admin: Admin) -> None:
    before = admin.org.rows()
    admin.verified()
    admin.apply()

    done = admin.plain("undo", "--folder", str(admin.folder))

    assert done["failures"] == []
    assert admin.org.rows() == before
    assert admin.locks.current() is None


def test_a_dry_run_of_undo_changes_nothing(admin: Admin) -> None:
    admin.verified()
    admin.apply()
    before = admin.org.rows()

    code, out, _ = admin.run("undo", "--folder", str(admin.folder), "--dry-run")

    assert code == 0
    assert out.startswith("would restore ")
    assert admin.org.rows() == before
    assert admin.locks.current() is not None


def test_undo_without_a_file_says_where_it_looked(admin: Admin) -> None:
    code, _, err = admin.run("undo", "--folder", str(admin.folder))

    assert code == 2
    assert str(admin.folder) in err
