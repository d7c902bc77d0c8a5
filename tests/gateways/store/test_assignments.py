"""Assignments are kept once, and turns are counted with them or not at all."""

from fractions import Fraction

from chalicelib.domain.assignment import Assignment
from chalicelib.domain.interest import InterestId
from chalicelib.domain.turns import Turns
from chalicelib.gateways.store.assignments import Assignments
from tests.domain.builders import day
from tests.gateways.store.conftest import Store

INTEREST = InterestId("01HZZZZZZZZZZZZZZZZZZZZZZZ-presses-1")
TURNS = Turns(Fraction(1, 3), {"anna": Fraction(4, 3)}, {"anna": 4})


def assignment(owner: str = "005000000000001AAA", on: float = 1) -> Assignment:
    return Assignment(
        INTEREST, day(on), owner, "turn", "rest", ("Pool rest.", "Your turn."), day(on), day(on + 1)
    )


def assignments(store: Store) -> Assignments:
    return Assignments(store.client, store.table)


def test_an_assignment_is_read_back_as_it_was_kept(store: Store) -> None:
    kept = assignments(store)

    assert kept.keep(assignment(), TURNS, 0)

    assert kept.read(INTEREST, day(1)) == assignment()
    assert kept.read(INTEREST, day(2)) is None
    assert kept.turns(["rest", "alps"]) == {"rest": (TURNS, 1)}


def test_what_was_decided_stays(store: Store) -> None:
    kept = assignments(store)
    kept.keep(assignment(), TURNS, 0)

    assert not kept.keep(assignment("005000000000002AAA"), TURNS, 1)

    found = kept.read(INTEREST, day(1))
    assert found is not None
    assert found.owner == "005000000000001AAA"
    assert kept.turns(["rest"])["rest"][1] == 1


def test_turns_that_others_took_meanwhile_refuse_the_decision(store: Store) -> None:
    kept = assignments(store)
    kept.keep(assignment(), TURNS, 0)

    assert not kept.keep(assignment(on=2), TURNS, 0)
    assert kept.read(INTEREST, day(2)) is None
    assert kept.keep(assignment(on=2), TURNS, 1)


def test_an_assignment_out_of_turn_leaves_the_turns_alone(store: Store) -> None:
    kept = assignments(store)

    assert kept.keep(assignment(), None, 0)
    assert kept.turns(["rest"]) == {}
