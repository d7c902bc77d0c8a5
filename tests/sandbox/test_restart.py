"""What outlives the sandbox, and what doesn't: state with --data, processes never."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from smarketing.sandbox.running import running_sandbox
from tests.sandbox.test_whole_way import rows

SMARKETING = [sys.executable, "-m", "smarketing.cli"]


@pytest.fixture(scope="module")
def first_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A sandbox with --data that took a click and a form by curl's command lines and was ended by Ctrl-C."""
    data = tmp_path_factory.mktemp("data")
    with started(data) as (process, found):
        for command in found["examples"].values():
            assert run_like_curl(command) == 200
        listed = [*SMARKETING, "sandbox", "status", "--json", "--data", str(data)]
        wait_until(lambda: "deliver" in worked(json.loads(subprocess.check_output(listed))))
        signed = sign(data)
        process.send_signal(signal.SIGINT)
        code = process.wait(60)
    return data, found | {"exit_code": code, "signed": signed}


def sign(data: Path) -> int:
    body = data / "body.json"
    body.write_text(json.dumps({"engagements": []}))
    command = subprocess.check_output(
        [*SMARKETING, "sandbox", "sign", str(body), "--data", str(data)], text=True
    )
    return run_like_curl(command)


def worked(status: dict[str, Any]) -> set[str]:
    return {name.partition(".")[2] for name, each in status["sources"].items() if each["records"]}


@contextmanager
def started(data: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [*SMARKETING, "sandbox", "--data", str(data), "--port", "0", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process, json.loads(process.stdout.readline())
    finally:
        process.kill()
        process.wait()


def run_like_curl(command: str) -> int:
    """Do what a printed curl command says, for machines without curl; give the status."""
    import shlex

    words = shlex.split(command)
    assert words[:2] == ["curl", "-sS"]
    body = words[words.index("--data-binary") + 1]
    content = Path(body[1:]).read_bytes() if body.startswith("@") else body.encode()
    pairs = [words[place + 1] for place, word in enumerate(words) if word == "-H"]
    headers = dict(pair.split(": ", 1) for pair in pairs)
    return requests.post(words[2], data=content, headers=headers, timeout=30).status_code


def test_the_printed_commands_are_taken(first_run: tuple[Path, dict[str, Any]]) -> None:
    assert first_run[1]["signed"] == 200


def test_ctrl_c_ends_it_in_order_and_leaves_no_process(first_run: tuple[Path, dict[str, Any]]) -> None:
    data, found = first_run

    assert found["exit_code"] == 0
    assert processes_of(data) == []
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{found['front_door']}/health", timeout=5)


def test_a_restart_keeps_keys_persons_and_leads(first_run: tuple[Path, dict[str, Any]]) -> None:
    data, found = first_run

    with running_sandbox(data) as again:
        again.drain(60)
        leads = rows(again, "SELECT Email FROM Lead")
        person = again.aws.client("dynamodb").get_item(
            TableName=again.environment["SMARKETING_TABLE"],
            Key={"pk": {"S": f"KEY#email#{leads[0]['Email']}"}, "sk": {"S": "KEY"}},
        )

        assert [lead["Email"] for lead in leads] == ["anna.berger@pressteile-berger.example"]
        assert "Item" in person
        assert again.credentials.intake_secret == found["keys"]["intake_secret"]


def test_commands_say_when_no_sandbox_runs(tmp_path: Path) -> None:
    asked = subprocess.run(
        [*SMARKETING, "sandbox", "status", "--data", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert asked.returncode == 2
    assert asked.stderr == (
        f"sandbox: none is running; start one with: smarketing sandbox --data {tmp_path}\n"
    )


def processes_of(data: Path) -> list[str]:
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in shown.splitlines() if str(data) in line]


def wait_until(condition: Any) -> None:
    until = time.monotonic() + 40
    while not condition():
        if time.monotonic() > until:
            pytest.fail("it did not come to pass")
        time.sleep(0.1)
