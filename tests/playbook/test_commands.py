"""`smarketing playbook` as people and scripts call it."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
import yaml
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.domain.decide import newcomer
from chalicelib.domain.interest import PersonId
from chalicelib.domain.qualification import compile_model
from chalicelib.gateways.store.items import state_item
from chalicelib.gateways.store.table import create_table_request
from chalicelib.playbook.compiler import compile_playbook, from_json, version_of
from chalicelib.playbook.source import SECTIONS
from smarketing import cli
from smarketing.playbook_files import default_folder
from tests.documents import PROJECT
from tests.playbook.small import small_playbook, source


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The small playbook as files."""
    folder = tmp_path / "playbook"
    folder.mkdir()
    for section, content in small_playbook().items():
        (folder / f"{section}.yaml").write_text(yaml.safe_dump(content, sort_keys=False))
    return folder


@pytest.fixture
def table(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The account that the command publishes to, with an empty table."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("SMARKETING_TABLE", "smarketing-test")
    with mock_aws():
        bootstrap.forget()
        boto3.client("dynamodb").create_table(**create_table_request("smarketing-test"))
        yield
        bootstrap.forget()


def run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        cli.main(["playbook", *(str(argument) for argument in arguments)])
    said = capsys.readouterr()
    return int(ended.value.code or 0), said.out, said.err


def test_check_says_that_a_playbook_is_in_order(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check", folder) == (
        0,
        (
            f"{folder}: in order, version {version_of(source())}: 2 scoring rules (3 with product lines), "
            "2 criteria, 3 gates, 1 terms\n"
        ),
        "",
    )


def test_check_tells_every_mistake_on_a_line_and_ends_with_2(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "touchpoints.yaml").write_text("backfil: 10\n")

    assert run(capsys, "check", folder) == (
        2,
        "",
        (
            "touchpoints.yaml:1: backfil: 'backfil' is no key here; did you mean 'backfill'?\n"
            "touchpoints.yaml:1: backfill: missing; add it\n"
            "2 mistakes\n"
        ),
    )


def test_check_tells_mistakes_to_programs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "touchpoints.yaml").write_text("backfill: 0\n")

    code, out, err = run(capsys, "check", folder, "--json")

    assert (code, err) == (2, "")
    assert json.loads(out) == {
        "ok": False,
        "mistakes": [
            {"file": "touchpoints.yaml", "line": 1, "key": "backfill", "message": "must be 1 or more"}
        ],
    }


def test_check_tells_programs_the_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "check", folder, "--json")

    assert code == 0
    assert json.loads(out) == {"ok": True, "version": version_of(source()), "mistakes": []}


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = tmp_path / "nowhere"

    assert run(capsys, "show", nowhere) == (
        2,
        "",
        f"playbook: {nowhere} is no folder; name the one that holds scoring.yaml\n",
    )


def test_the_process_ends_with_the_command_s_code(folder: Path) -> None:
    (folder / "touchpoints.yaml").write_text("backfill: 0\n")
    command = [sys.executable, "-m", "smarketing.cli", "playbook", "check"]

    good = subprocess.run(command, capture_output=True, text=True)
    bad = subprocess.run([*command, str(folder)], capture_output=True, text=True)

    assert (good.returncode, good.stderr) == (0, "")
    assert (bad.returncode, bad.stdout) == (2, "")


def test_show_prints_the_tables_of_a_section(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show", folder, "--section", "gates", "--lang", "de")

    assert code == 0
    assert "Schwellen" in out
    assert "Strong auf Deutsch" in out
    assert "Scoring-Regeln" not in out


def test_show_prints_everything_without_a_section(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "show")

    assert code == 0
    for title in ("Glossary", "Scoring rules", "Grading", "Gates", "Stages", "Exclusions", "Purposes"):
        assert title in out


def test_show_prints_labels_as_they_are(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "purposes.yaml").write_text(
        "- {name: news, label: {en: '[bold]News', de: Neues}, contactable: true}"
    )

    _, out, _ = run(capsys, "show", folder, "--section", "purposes")

    assert "[bold]News" in out


def test_show_gives_programs_one_section(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "show", folder, "--section", "touchpoints", "--json")

    assert json.loads(out) == {"backfill": 10}


def test_show_gives_programs_the_playbook(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = run(capsys, "show", folder, "--json")

    assert from_json(out) == source()


def test_an_unknown_section_is_refused_with_the_likely_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "show", "--section", "gats") == (
        2,
        "",
        "FILE: 'gats' is no file of the playbook; did you mean 'gates'?\n",
    )


def test_schema_prints_what_is_checked_in(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "schema", "--file", "scoring")

    assert code == 0
    assert out == (default_folder() / "schema" / "scoring.json").read_text()


def test_schema_writes_all_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "schema", "--write", tmp_path / "schema")

    assert (code, out) == (0, f"wrote {len(SECTIONS)} schemas to {tmp_path / 'schema'}\n")
    assert len(list((tmp_path / "schema").iterdir())) == len(SECTIONS)


def test_schema_asks_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "schema")

    assert (code, err) == (2, "schema: say --file NAME to print one or --write FOLDER to write all\n")


def test_docs_prints_or_writes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = (PROJECT / "docs" / "playbook.md").read_text()

    assert run(capsys, "docs", "--to", "-") == (0, page, "")
    assert run(capsys, "docs", "--to", tmp_path / "page.md") == (0, f"wrote {tmp_path / 'page.md'}\n", "")
    assert (tmp_path / "page.md").read_text() == page


def test_docs_that_cannot_be_written_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = run(capsys, "docs", "--to", tmp_path / "no" / "page.md")

    assert (code, err) == (2, "--to: No such file or directory; name a file that can be written\n")


@pytest.mark.usefixtures("table")
def test_a_dry_run_publishes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "publish", folder, "--dry-run")

    assert code == 0
    assert out.startswith(f"no playbook is in force yet\nwould publish version {version_of(source())}: ")
    assert bootstrap.playbooks().current_version() is None


@pytest.mark.usefixtures("table")
def test_publish_puts_the_playbook_in_force(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "publish", folder)

    assert code == 0
    assert out.splitlines()[-1].startswith(f"published version {version_of(source())}: ")
    assert from_json(bootstrap.playbooks().current()) == source()


@pytest.mark.usefixtures("table")
def test_publish_says_what_changes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "publish", folder)
    (folder / "touchpoints.yaml").write_text("backfill: 5\n")

    _, out, _ = run(capsys, "publish", folder)

    assert out.splitlines()[0] == "~ touchpoints.backfill: 10 -> 5"


@pytest.mark.usefixtures("table")
def test_to_publish_twice_changes_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "publish", folder)

    assert run(capsys, "publish", folder) == (0, f"version {version_of(source())} is in force already\n", "")


@pytest.mark.usefixtures("table")
def test_a_playbook_with_mistakes_is_not_published(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "touchpoints.yaml").write_text("backfill: 0\n")

    code, _, err = run(capsys, "publish", folder)

    assert code == 2
    assert err == "touchpoints.yaml:1: backfill: must be 1 or more\n1 mistake\n"
    assert bootstrap.playbooks().current_version() is None


def test_without_a_region_publish_says_what_to_set(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("AWS_DEFAULT_REGION", "AWS_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("SMARKETING_TABLE", "smarketing-test")
    bootstrap.forget()

    code, _, err = run(capsys, "publish", folder)

    assert code == 2
    assert err.startswith("AWS: You must specify a region. Set AWS_DEFAULT_REGION")


@pytest.mark.parametrize("command", ["check", "show", "schema", "docs", "publish"])
def test_every_command_s_help_has_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, command, "--help")

    assert code == 0
    assert f"Example: smarketing playbook {command}" in " ".join(out.split())


@pytest.fixture
def queue(table: None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The engagement queue beside the table, in which there are three persons."""
    address = str(boto3.client("sqs").create_queue(QueueName="engagements")["QueueUrl"])
    monkeypatch.setenv("SMARKETING_ENGAGEMENT_QUEUE_URL", address)
    compiled = compile_model(compile_playbook(source()))
    for number in range(3):
        person = newcomer(PersonId(f"01J{number:023d}"), compiled)
        boto3.client("dynamodb").put_item(TableName="smarketing-test", Item=state_item(person))
    return address


def reviewed(queue: str) -> set[str]:
    """Who is on the queue to be told again."""
    found = boto3.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
    return {person for each in found for person in json.loads(each["Body"])["review"]}


def test_retell_puts_everybody_on_the_queue(queue: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "retell")[:2] == (0, "3 persons will be told again\n")
    assert reviewed(queue) == {f"01J{number:023d}" for number in range(3)}


def test_retell_only_counts_when_it_is_a_dry_run(queue: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "retell", "--dry-run")[:2] == (0, "3 persons would be told again\n")
    assert reviewed(queue) == set()
