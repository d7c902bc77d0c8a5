"""Telephone numbers in E.164."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.cleansing.phone_numbers import check_phone, read_phone
from tests.cleansing.values import TEXTS, cleansed, rules

_REGIONS = ("DE", "AT", "CH", "US", "FR", "IT")
_FORMATS = (
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("030/1234567", "DE", "+49301234567"),
        ("+49 (0)30 1234567", "CH", "+49301234567"),
        ("0049 30 1234567", "AT", "+49301234567"),
        ("Tel.: 01 588580", "AT", "+431588580"),
        ("044 668 18 00", "CH", "+41446681800"),
        ("030 1234567 DW 12", "DE", "+49301234567 ext. 12"),
        ("030 1234567 (Zentrale)", "DE", "+49301234567"),
    ],
)
def test_a_number_follows_the_rules_of_its_country(text: str, region: str, number: str) -> None:
    assert cleansed(text, check_phone(text, region)) == number


@pytest.mark.parametrize("text", ["12", "n/a", "110", "00000"])
def test_what_nobody_can_call_is_marked_and_left(text: str) -> None:
    assert rules(check_phone(text, "DE")) == ["phone_invalid"]
    assert cleansed(text, check_phone(text, "DE")) == text


@pytest.mark.parametrize("text", ["030 1234567, 030 7654321", "030 1234567 / 0151 23456789"])
def test_several_numbers_are_left_to_a_person(text: str) -> None:
    assert rules(check_phone(text, "DE")) == ["phone_several"]


@pytest.mark.parametrize(
    ("text", "known", "confidence"),
    [
        ("030 1234567", True, "high"),
        ("030 1234567", False, "medium"),
        ("+49 30 1234567", False, "high"),
        ("431588580", True, "low"),
        ("+1 800 FLOWERS", True, "low"),
    ],
)
def test_a_guess_is_less_certain_than_a_rule(text: str, known: bool, confidence: str) -> None:
    number = read_phone(text, "DE", known=known)
    assert number is not None
    assert number.confidence == confidence


@given(st.sampled_from(_REGIONS), st.sampled_from(_FORMATS), st.integers(0, 40))
def test_every_spelling_of_a_number_ends_in_the_same_one(region: str, spelling: int, kind: int) -> None:
    # given a number that its country uses
    number = phonenumbers.example_number_for_type(region, kind % 2)
    assert number is not None
    text = phonenumbers.format_number(number, spelling)
    # then
    written = cleansed(text, check_phone(text, region))
    assert written == phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@given(TEXTS | st.text("+0123456789 /-().x,extDW", max_size=24), st.sampled_from(_REGIONS))
def test_cleansing_a_cleansed_number_changes_nothing(text: str, region: str) -> None:
    once = cleansed(text, check_phone(text, region))
    assert cleansed(once, check_phone(once, region)) == once
