"""The sandbox's clock."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from chalicelib.domain.instant import DAY, HOUR, Instant
from smarketing.sandbox.clock import SandboxClock

NOON = Instant(1_767_268_800_000)


def test_stands_still_at_speed_zero(tmp_path: Path) -> None:
    clock = SandboxClock.start(tmp_path / "clock", at=NOON, speed=0)

    time.sleep(0.02)

    assert clock() == NOON


def test_goes_faster_than_real_time(tmp_path: Path) -> None:
    clock = SandboxClock.start(tmp_path / "clock", at=NOON, speed=3600)

    time.sleep(0.05)

    assert clock() - NOON == pytest.approx(180_000, rel=2)
    assert clock() - NOON >= 180_000


def test_shows_the_machines_time_unless_told_otherwise(tmp_path: Path) -> None:
    clock = SandboxClock.start(tmp_path / "clock")

    assert abs(clock() - time.time() * 1000) < 100


def test_moves_by_hand(tmp_path: Path) -> None:
    clock = SandboxClock.start(tmp_path / "clock", at=NOON, speed=0)

    clock.advance(HOUR)
    after_an_hour = clock()
    clock.set(Instant(NOON - DAY))

    assert after_an_hour == NOON + HOUR
    assert clock() == NOON - DAY


def test_keeps_its_time_when_its_speed_changes(tmp_path: Path) -> None:
    clock = SandboxClock.start(tmp_path / "clock", at=NOON, speed=0)

    clock.run(60)

    assert clock.speed == 60
    assert 0 <= clock() - NOON < 60_000


def test_tells_other_processes_the_same_time(tmp_path: Path) -> None:
    clock = SandboxClock.start(tmp_path / "clock", at=NOON, speed=0)
    clock.advance(DAY)
    ask = (
        "import sys; from pathlib import Path; from smarketing.sandbox.clock import SandboxClock;"
        "print(SandboxClock(Path(sys.argv[1]))())"
    )

    told = subprocess.run([sys.executable, "-c", ask, clock.path], capture_output=True, text=True, check=True)

    assert int(told.stdout) == NOON + DAY
