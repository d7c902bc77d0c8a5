"""The demo in small: through the HTTP front door to the closing figures."""

import json
import subprocess
import sys
from typing import Any

import pytest


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    """What `smarketing demo --json` prints for a small town of people."""
    command = [sys.executable, "-m", "smarketing.cli", "demo", "--persons", "60", "--seed", "11", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=400, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.slow
def test_demo_keeps_what_it_receives_and_recognises_repeats(figures: dict[str, Any]) -> None:
    assert figures["received"] > 1_000
    assert figures["duplicates"] > 0
    assert figures["dead_letters"] == figures["parked"] == 0


@pytest.mark.slow
def test_demo_refuses_forged_and_malformed_requests_only(figures: dict[str, Any]) -> None:
    assert set(figures["refused"]) <= {"400", "401"}
    assert figures["refused"]["401"] > 0


@pytest.mark.slow
def test_demo_opens_interests_that_wait_in_the_sales_support_queue(figures: dict[str, Any]) -> None:
    opened = sum(figures["mqls"].values())
    assert opened > 0
    assert figures["sales_support_queue"] == opened


@pytest.mark.slow
def test_explained_interest_adds_up_to_its_score(figures: dict[str, Any]) -> None:
    explained = figures["explained"]
    assert sum(line["points"] for line in explained["lines"]) == pytest.approx(explained["score"], abs=0.06)


def test_demo_names_the_option_that_is_wrong() -> None:
    command = [sys.executable, "-m", "smarketing.cli", "demo", "--database", "oracle"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "--database: 'oracle' is none of own, local\n"
