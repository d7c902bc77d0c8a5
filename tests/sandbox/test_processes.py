"""The sandbox's processes: found ready, ended in order, never left behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from chalicelib.errors import Misconfigured
from smarketing.sandbox.processes import Child, listen, python

READY = """
import sys, threading
from pathlib import Path
from smarketing.sandbox.lifeline import when_parent_ends
from smarketing.sandbox.processes import announce
ended = threading.Event()
when_parent_ends(ended.set)
announce(Path(sys.argv[1]), "child", answer=42)
ended.wait()
"""

PARENT = """
import sys, time
from pathlib import Path
from smarketing.sandbox.processes import Child, python
run = Path(sys.argv[1])
child = Child("child", python("smarketing.sandbox.lifeline", "sleep", "60"), run, {})
(run / "pid.part").write_text(str(child.pid))
(run / "pid.part").rename(run / "pid")
time.sleep(60)
"""


def test_gives_what_a_child_announces(tmp_path: Path) -> None:
    child = Child("child", [sys.executable, "-c", READY, str(tmp_path)], tmp_path, {})

    announced = child.wait_ready()
    child.stop()

    assert announced == {"answer": 42}
    assert not child.running


def test_quotes_the_log_of_a_child_that_ended(tmp_path: Path) -> None:
    child = Child("child", [sys.executable, "-c", "raise SystemExit('no room')"], tmp_path, {})

    with pytest.raises(Misconfigured, match="child ended; its log says: no room"):
        child.wait_ready()


def test_stops_a_program_that_knows_nothing_of_its_parent(tmp_path: Path) -> None:
    child = Child("child", python("smarketing.sandbox.lifeline", "sleep", "60"), tmp_path, {})
    _until(lambda: bool(_children_of(child.pid)))
    (sleeper,) = _children_of(child.pid)

    child.stop()

    assert not child.running
    _until(lambda: not _is_running(sleeper))


def test_leaves_nothing_behind_when_the_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    _until((tmp_path / "pid").exists)
    child = int((tmp_path / "pid").read_text())
    _until(lambda: bool(_children_of(child)))
    (sleeper,) = _children_of(child)

    parent.send_signal(signal.SIGKILL)
    parent.wait()

    _until(lambda: not _is_running(sleeper) and not _is_running(child))


def test_names_the_port_that_is_taken() -> None:
    with listen() as taken:
        port = taken.getsockname()[1]

        with pytest.raises(Misconfigured, match=f"--port {port}"):
            listen(port)


def _children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    pairs = [line.split() for line in found.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return not state.stdout.startswith("Z") and bool(state.stdout.strip())


def _until(condition: object) -> None:
    assert callable(condition)
    until = time.monotonic() + 20
    while not condition():
        if time.monotonic() > until:
            pytest.fail("it did not come to pass")
        time.sleep(0.02)
