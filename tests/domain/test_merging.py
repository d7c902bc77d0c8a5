"""Persons that turn out to be one."""

import itertools

import pytest

from chalicelib.domain.engagement import person_key
from chalicelib.domain.interest import InterestId, PersonId
from chalicelib.domain.merging import closing_stage, merge, survivor_first
from chalicelib.domain.model import Lifecycle, Transition
from chalicelib.domain.person import InterestSummary, Person
from chalicelib.domain.qualification import compile_model
from tests.domain.builders import day
from tests.domain.presses import playbook

COMPILED = compile_model(playbook())


def somebody(name: str, *, absorbed: tuple[str, ...] = (), **interests: InterestSummary) -> Person:
    return Person(
        id=PersonId(name),
        version=1,
        playbook="test",
        keys=frozenset({person_key("email", f"{name}@example.com")}),
        interests=interests,
        absorbed=tuple(map(PersonId, absorbed)),
    )


def summary(
    of: str, opened: float = 1, *, stage: str = "mql", changed: float | None = None, number: int = 1
) -> InterestSummary:
    at = day(opened if changed is None else changed)
    return InterestSummary(InterestId(f"{of}-presses-{number}"), number, stage, at, day(opened))


def test_the_oldest_person_survives() -> None:
    assert [each.id for each in survivor_first([somebody("P2"), somebody("P1")])] == ["P1", "P2"]


def test_the_survivor_has_all_keys_and_names_all_who_were_absorbed() -> None:
    one = merge(COMPILED, somebody("P1"), [somebody("P2", absorbed=("P4",)), somebody("P3")]).person
    assert {key.value for key in one.keys} == {f"{name}@example.com" for name in ("p1", "p2", "p3")}
    assert one.absorbed == ("P2", "P3", "P4")


def test_of_two_open_interests_the_one_that_opened_first_stays() -> None:
    younger, older = summary("P1", 5), summary("P2", 3)
    merged = merge(COMPILED, somebody("P1", presses=younger), [somebody("P2", presses=older)])
    assert merged.person.interests["presses"] == older
    assert merged.duplicates == (younger,)


def test_an_open_interest_stays_before_a_closed_one() -> None:
    closed, opened = summary("P1", 1, stage="rejected", changed=9), summary("P2", 3)
    merged = merge(COMPILED, somebody("P1", presses=closed), [somebody("P2", presses=opened)])
    assert merged.person.interests["presses"] == opened
    assert merged.duplicates == ()


def test_of_two_closed_interests_the_one_that_was_closed_last_counts() -> None:
    first, last = summary("P1", 1, stage="rejected", changed=4), summary("P2", 2, stage="rejected", changed=5)
    merged = merge(COMPILED, somebody("P1", presses=first), [somebody("P2", presses=last)])
    assert merged.person.interests["presses"] == last


def test_the_next_interest_gets_a_number_that_neither_person_used() -> None:
    third = summary("P2", 1, stage="rejected", changed=2, number=3)
    merged = merge(COMPILED, somebody("P1", presses=summary("P1", 4)), [somebody("P2", presses=third)])
    assert merged.person.interests["presses"].number == 3


def test_interests_of_the_absorbed_that_nobody_touched_are_named() -> None:
    touched = summary("P3", 1, stage="sql", changed=2)
    merged = merge(
        COMPILED,
        somebody("P1", services=summary("P1")),
        [somebody("P2", presses=summary("P2")), somebody("P3", lasers=touched)],
    )
    assert [each.id for each in merged.untouched] == ["P2-presses-1"]


INTERESTS = {
    "P1": summary("P1", 5),
    "P2": summary("P2", 3, stage="sql", changed=6, number=2),
    "P3": summary("P3", 1, stage="rejected", changed=9, number=4),
    "P4": summary("P4", 4),
}


@pytest.mark.parametrize("order", [*itertools.permutations(sorted(INTERESTS))])
def test_in_whatever_order_persons_are_merged_the_same_becomes_of_them(order: tuple[str, ...]) -> None:
    one = somebody(order[0], presses=INTERESTS[order[0]])
    closed: set[str] = set()
    for name in order[1:]:
        survivor, *absorbed = survivor_first([one, somebody(name, presses=INTERESTS[name])])
        merged = merge(COMPILED, survivor, absorbed)
        one, closed = merged.person, closed | {each.id for each in merged.duplicates}
    assert (one.id, one.absorbed) == ("P1", ("P2", "P3", "P4"))
    assert (one.interests["presses"].id, one.interests["presses"].number) == (INTERESTS["P2"].id, 4)
    assert closed == {INTERESTS["P1"].id, INTERESTS["P4"].id}


@pytest.mark.parametrize(
    ("stages", "steps", "closes_in"),
    [
        ("mql customer rejected recycled", ["customer", "rejected", "recycled"], "rejected"),
        ("mql customer declined", ["customer", "declined"], "declined"),
        ("mql customer rejected recycled", ["customer", "recycled"], "recycled"),
        ("mql customer", [], "customer"),
    ],
)
def test_a_duplicate_closes_as_rejected_or_in_what_the_lifecycle_allows_instead(
    stages: str, steps: list[str], closes_in: str
) -> None:
    first, *closed = stages.split()
    lifecycle = Lifecycle(
        stages=(first, *closed),
        closed=frozenset(closed),
        transitions=frozenset(Transition(first, step) for step in steps),
        handoff_stage=first,
    )
    assert closing_stage(lifecycle, first) == closes_in
