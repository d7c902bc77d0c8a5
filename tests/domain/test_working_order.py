"""The order of the queue: what it weighs, and that nobody waits for ever."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instant import DAY, HOUR, Duration, Instant
from chalicelib.domain.model import GRADES
from chalicelib.domain.working_order import Waiting, WorkingOrder, turn_of
from tests.domain.builders import START

ORDER = WorkingOrder(
    values={"presses": 80_000.0, "lasers": 20_000.0},
    chances={"A": 0.4, "B": 0.2, "C": 0.1},
    unit=1_000.0,
    per_doubling=Duration(2 * HOUR),
    most=DAY,
    age_weight=0.5,
    patience=Duration(5 * DAY),
)
instants = st.integers(START, START + 400 * DAY).map(Instant)
waitings = st.builds(
    Waiting,
    product_line=st.sampled_from(["presses", "lasers", "services"]),
    grade=st.sampled_from(GRADES),
    opened_at=instants,
    due_at=st.none() | instants,
    expected_value=st.none() | st.floats(-1e6, 1e9),
)


def waiting(**more: object) -> Waiting:
    base = Waiting("presses", "B", START, Instant(START + 4 * HOUR), 50_000.0)
    return replace(base, **more)  # type: ignore[arg-type]


def test_turn_adds_up_as_documented() -> None:
    turn = turn_of(ORDER, waiting(expected_value=35_000.0))

    assert turn.worth == 7_000.0
    assert turn.head_start == 6 * HOUR
    assert turn.at == START + 2 * HOUR - 6 * HOUR


def test_product_line_says_the_worth_when_nobody_did() -> None:
    assert turn_of(ORDER, waiting(expected_value=None)).worth == 16_000.0


def test_patience_is_the_service_level_when_the_stage_has_none() -> None:
    without, later = waiting(due_at=None), waiting(due_at=Instant(START + 5 * DAY))

    assert turn_of(ORDER, without).at == turn_of(ORDER, later).at


def test_explanation_names_what_counts() -> None:
    said = turn_of(ORDER, waiting(expected_value=35_000.0)).explanation

    assert "worth 7,000 (35,000 said x 20% for grade B): 6.0 h ahead" in said
    assert "due 2026-01-01T04:00:00.000Z" in said


@given(waitings, st.floats(0, 1e9))
def test_more_worth_is_never_later(one: Waiting, more: float) -> None:
    worth = (one.expected_value or 0.0) + more

    assert turn_of(ORDER, replace(one, expected_value=worth)).at <= (
        turn_of(ORDER, replace(one, expected_value=one.expected_value or 0.0)).at
    )


@pytest.mark.parametrize("moved", ["opened_at", "due_at"])
@given(one=waitings, by=st.integers(0, 100 * DAY))
def test_older_or_sooner_due_is_never_later(moved: str, one: Waiting, by: int) -> None:
    one = replace(one, due_at=one.due_at if one.due_at is not None else one.opened_at)
    later = replace(one, **{moved: Instant(getattr(one, moved) + by)})

    assert turn_of(ORDER, one).at <= turn_of(ORDER, later).at


@given(waitings, waitings)
def test_nobody_waits_for_ever(poor: Waiting, rich: Waiting) -> None:
    """Given a worthless interest, whatever opens and is due a day later comes after it."""
    due = poor.due_at if poor.due_at is not None else Instant(poor.opened_at + ORDER.patience)
    later = replace(rich, opened_at=Instant(poor.opened_at + DAY + 1), due_at=Instant(due + DAY + 1))

    assert turn_of(ORDER, replace(poor, expected_value=0.0)).at <= turn_of(ORDER, later).at
