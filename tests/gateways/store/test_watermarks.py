"""Watermarks in the table never go back."""

import pytest

from chalicelib.domain.instant import MINUTE, Instant
from chalicelib.domain.watermark import OVERLAP, Watermark, read_up_to, taken
from chalicelib.gateways.store.watermarks import Watermarks
from tests.gateways.store.conftest import Store

NAME = "salesforce-leads"
NOON = Instant(1_800_000_000_000)


@pytest.fixture
def watermarks(store: Store) -> Watermarks:
    return Watermarks(store.client, store.table)


def test_a_source_that_was_never_read_has_none(watermarks: Watermarks) -> None:
    watermarks.advance("another", Watermark(NOON))

    assert watermarks.read(NAME) is None


@pytest.mark.parametrize(
    ("then", "moved"),
    [
        (Watermark(Instant(NOON + 1)), True),
        (Watermark(NOON, "00Q2"), True),
        (Watermark(NOON, "00Q1"), False),
        (Watermark(NOON, "00Q0"), False),
        (Watermark(Instant(NOON - 1), "00Q9"), False),
    ],
)
def test_a_watermark_moves_on_and_never_back(watermarks: Watermarks, then: Watermark, moved: bool) -> None:
    watermarks.advance(NAME, Watermark(NOON, "00Q1"))

    assert watermarks.advance(NAME, then) is moved
    assert watermarks.read(NAME) == (then if moved else Watermark(NOON, "00Q1"))


def test_the_table_lacking_is_no_reason_to_go_on(store: Store) -> None:
    from chalicelib.errors import Misconfigured

    with pytest.raises(Misconfigured):
        Watermarks(store.client, "none-of-ours").advance(NAME, Watermark(NOON))


def test_what_is_younger_than_the_overlap_is_read_again() -> None:
    late = Watermark(Instant(NOON - MINUTE), "00Q1")
    early = Watermark(Instant(NOON - 10 * MINUTE), "00Q1")

    assert taken(late, NOON) == read_up_to(NOON) == Watermark(Instant(NOON - OVERLAP))
    assert taken(early, NOON) == early
