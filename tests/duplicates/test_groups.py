"""What decisions about pairs come to."""

from smarketing.duplicates.groups import Conversion, Group, grouped
from smarketing.duplicates.pair import Decision, Pair


def pair(number: int, left: str, right: str, decision: Decision = "same") -> Pair:
    return Pair(number, left, right, 0.99, 8.0, decision=decision)


def test_pairs_that_share_a_record_are_one_group() -> None:
    found = grouped([pair(1, "Lead:a", "Lead:b"), pair(2, "Lead:b", "Lead:c"), pair(3, "Lead:d", "Lead:e")])

    assert found.groups == (Group("Lead", ("a", "b", "c")), Group("Lead", ("d", "e")))


def test_a_group_that_is_torn_is_left_out_and_named() -> None:
    """One cannot be two others who are different."""
    torn = [
        pair(1, "Lead:a", "Lead:b"),
        pair(2, "Lead:b", "Lead:c"),
        pair(3, "Lead:a", "Lead:c", "different"),
    ]

    found = grouped([*torn, pair(4, "Lead:d", "Lead:e")])

    assert found.contradictions == (3,)
    assert found.groups == (Group("Lead", ("d", "e")),)


def test_what_is_left_for_later_is_not_merged() -> None:
    assert grouped([pair(1, "Lead:a", "Lead:b", "later")]).groups == ()


def test_leads_of_a_contact_are_merged_and_converted() -> None:
    found = grouped([pair(1, "Contact:c", "Lead:a"), pair(2, "Contact:c", "Lead:b")])

    assert found.groups == (Group("Lead", ("a", "b")),)
    assert found.conversions == (Conversion("a", "c"), Conversion("b", "c"))
