"""Ids that sort by time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instant import Instant
from chalicelib.domain.ulid import RANDOM_BYTES, made_at, ulid

instants = st.integers(0, (1 << 48) - 1).map(Instant)
randomness = st.binary(min_size=RANDOM_BYTES, max_size=RANDOM_BYTES)


def test_an_id_is_written_as_the_specification_has_it() -> None:
    # The example of https://github.com/ulid/spec, whose time is 01ARYZ6S41.
    at = Instant(1_469_918_176_385)
    assert ulid(at, bytes(RANDOM_BYTES)) == "01ARYZ6S410000000000000000"


@given(instants, randomness)
def test_an_id_tells_when_it_was_made(at: Instant, random: bytes) -> None:
    assert made_at(ulid(at, random)) == at


@given(instants, instants, randomness, randomness)
def test_ids_sort_by_time_then_by_chance(one: Instant, other: Instant, first: bytes, second: bytes) -> None:
    assert (ulid(one, first) < ulid(other, second)) == ((one, first) < (other, second))


@pytest.mark.parametrize(
    ("at", "size"), [(Instant(1 << 48), 10), (Instant(-1), 10), (Instant(0), 9), (Instant(0), 11)]
)
def test_what_fits_no_id_is_refused(at: Instant, size: int) -> None:
    with pytest.raises(ValueError, match="ULID"):
        ulid(at, bytes(size))
