"""What a marketing automation holds is compared with what it should hold, and every difference is named."""

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Row
from smarketing.sync.row_comparison import RowComparison, canonical, compare_rows

WORDS = ("email", "first_name", "score", "opt_in_newsletter")


def row(number: int, **values: Any) -> Row:
    told = {"email": f"p{number}@example.org", "first_name": "Ada", "score": 12.5, "opt_in_newsletter": True}
    return Row(
        person=PersonId(f"01J{number}"),
        record=f"contact:003{number:012d}",
        email=f"p{number}@example.org",
        remote_id=str(number),
        values=told | values,
    )


def compared(expected: list[Row], held: list[Row], unproven: Collection[str] = ()) -> RowComparison:
    return compare_rows(
        "account_engagement",
        expected,
        held,
        WORDS,
        lambda persons: [each for each in persons if each in unproven],
    )


def test_the_same_rows_in_another_order_have_the_same_count_and_checksum() -> None:
    found = compared([row(1), row(2)], [row(2), row(1)])

    assert found.expected == found.held
    assert (found.expected.rows, found.found) == (2, [])


def test_a_row_that_is_not_there_is_missing() -> None:
    found = compared([row(1), row(2)], [row(2)])

    assert [each.title for each in found.found] == ["contact:003000000000001: missing"]
    assert (found.expected.rows, found.held.rows) == (2, 1)


def test_a_row_of_somebody_who_may_not_be_written_to_is_named() -> None:
    stranger = Row(PersonId(""), "", "x@example.org", "77")

    found = compared([row(1)], [row(1), row(2), stranger])

    assert [each.title for each in found.found] == [
        "contact:003000000000002: held without permission",
        "77: held without permission",
    ]
    assert list(found.to_push_again) == ["contact:003000000000002"]


def test_a_row_whose_permission_the_ledger_does_not_prove_is_named() -> None:
    found = compared([row(1), row(2)], [row(1), row(2)], unproven={"01J2"})

    assert [each.title for each in found.found] == ["contact:003000000000002: held without proof"]


def test_a_row_that_is_held_twice_is_named_once() -> None:
    found = compared([row(1)], [row(1), row(1, score=1)])

    assert found.by_kind() == {"held twice": 1}


@pytest.mark.parametrize("word", WORDS)
def test_each_field_that_differs_is_named_and_its_value_is_not(word: str) -> None:
    found = compared([row(1)], [row(1, **{word: "other@example.com"})])

    [difference] = found.found
    assert (difference.what, difference.field) == ("differs", word)
    assert found.expected.checksum != found.held.checksum
    assert "other" not in difference.title
    assert found.by_kind() == {f"differs, {word}": 1}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(None, ""), (True, "true"), (False, "false"), (12, "12"), (12.0, "12"), (12.5, "12.5"), ("a ", "a")],
)
def test_a_value_in_the_form_of_a_platform_is_the_same(ours: Any, theirs: str) -> None:
    assert canonical(ours) == canonical(theirs)


@given(st.lists(st.sampled_from(["gone", "changed", "foreign", "kept"]), max_size=30))
def test_as_many_differences_are_found_as_there_are(fates: list[str]) -> None:
    expected = [row(number) for number, fate in enumerate(fates) if fate != "foreign"]
    held = [
        row(number, score=99) if fate == "changed" else row(number)
        for number, fate in enumerate(fates)
        if fate != "gone"
    ]

    found = compared(expected, held)

    assert found.differences == sum(fate != "kept" for fate in fates)
    assert (found.expected == found.held) == (found.differences == 0)
