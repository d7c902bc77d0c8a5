"""The section on routing: what it compiles to, and what makes no sense in it."""

from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chalicelib.domain.instant import HOUR
from chalicelib.domain.model import Condition
from chalicelib.domain.routing_plan import Pool, Rep
from chalicelib.domain.working_time import WorkingHours
from chalicelib.playbook.compiler import compile_playbook, from_json, to_json
from chalicelib.playbook.problems import Path
from tests.playbook.small import condition, found, source

ANNA, BEN = "anna@x.example", "ben@x.example"
HOURS = {
    "name": "office",
    "country": "DE",
    "state": "BW",
    "zone": "Europe/Berlin",
    "days": ["mon", "tue"],
    "opens": "08:30",
    "closes": "17:00",
}
ROUTING: dict[str, Any] = {
    "hours": [HOURS],
    "reps": [
        {"user": ANNA, "hours": "office", "capacity": 2},
        {"user": BEN, "hours": "office", "most_open": 9},
    ],
    "pools": [
        {"name": "alps", "where": [condition("country", "in", ["AT", "CH"])], "reps": [BEN], "lead": ANNA},
        {"name": "rest", "reps": [ANNA, BEN], "lead": "lead@x.example"},
    ],
    "fallback": "Sales",
    "acceptance": {"within": "4h", "overdue": "accept"},
}


def wrong(changes: Mapping[Path, Any]) -> list[str]:
    """What is found wrong with the routing above after some changes."""
    return found({("routing",): _copy(ROUTING)} | {("routing", *path): new for path, new in changes.items()})


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(each) for name, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value


def test_the_section_becomes_what_the_domain_runs_on() -> None:
    plan = compile_playbook(source({("routing",): ROUTING})).routing

    assert plan.reps == {ANNA: Rep(ANNA, "office", 2), BEN: Rep(BEN, "office", 1, 9)}
    assert plan.pools == (
        Pool("alps", (Condition("country", "in", ("AT", "CH")),), (BEN,), ANNA),
        Pool("rest", (), (ANNA, BEN), "lead@x.example"),
    )
    assert plan.hours == (
        WorkingHours("office", "DE", "BW", ZoneInfo("Europe/Berlin"), frozenset({0, 1}), 510, 1020),
    )
    assert (plan.accept_within, plan.overdue, plan.fallback) == (4 * HOUR, "accept", "Sales")


def test_a_published_routing_is_read_back_as_it_was() -> None:
    playbook = source({("routing",): ROUTING})

    assert from_json(to_json(playbook)) == playbook


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({("hours", 0, "zone"): "Mars/Base"}, "'Mars/Base' is no time zone; write it as Europe/Berlin"),
        ({("hours", 0, "closes"): "08:00"}, "lies not behind opens; correct one of them"),
        ({("hours", 0, "country"): "XX"}, "no holidays are known of 'XX'; leave it out"),
        ({("hours", 0, "state"): "ZZ"}, "'ZZ' is none of DE: "),
        ({("hours", 0, "days"): ["mon", "mon"]}, "'mon' repeats 'mon'; remove one"),
        (
            {("hours",): [], ("reps",): [], ("pools", 1, "reps"): [ANNA]},
            "none, so that no deadline can be set",
        ),
        ({("reps", 0, "hours"): "offfice"}, "did you mean 'office'?"),
        ({("reps", 1, "user"): "ANNA@x.example"}, "repeats"),
        ({("pools", 1, "reps"): ["carl@x.example"]}, "'carl@x.example' is none of the reps; add them there"),
        ({("pools", 1, "name"): "alps"}, "'alps' repeats 'alps'; remove one"),
        (
            {("pools", 0, "where"): []},
            "takes everything, so that no pool below it gets anything; put it last",
        ),
        (
            {("pools", 0, "where"): [condition("contry", "equals", "AT")]},
            "did you mean 'country'?",
        ),
        (
            {("pools", 0, "where"): [condition("product_line", "equals", "press")]},
            "did you mean 'presses'?",
        ),
        (
            {("pools", 1, "lead"): None, ("acceptance", "overdue"): "escalate"},
            "has no lead who gets what nobody accepts in time; add one",
        ),
        ({("acceptance", "within"): "0h"}, "name a span"),
        ({("reps", 0, "user"): "anna"}, "routing.yaml"),
    ],
)
def test_routing_that_makes_no_sense_is_refused_with_the_mend(changes: Mapping[Path, Any], said: str) -> None:
    problems = wrong(changes)

    assert any(said in each for each in problems), problems


def test_what_is_in_order_is_not_refused() -> None:
    assert wrong({}) == []
