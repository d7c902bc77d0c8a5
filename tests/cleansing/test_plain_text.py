"""Texts without what nobody sees or meant."""

import pytest
from hypothesis import given

from smarketing.cleansing.plain_text import tidied, tidy
from tests.cleansing.values import TEXTS, cleansed, rules


@pytest.mark.parametrize(
    ("text", "tidy_text"),
    [
        ("  Anna \t Maria\r\n", "Anna Maria"),
        ("Werk&amp;amp;Söhne", "Werk&Söhne"),
        ("R&D", "R&D"),
        ("An\u00adna\u200b", "Anna"),
        ("Mu\u0308ller", "Müller"),
        ("&nbsp;", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_garbage_is_gone_when_a_text_is_tidied(text: str, tidy_text: str) -> None:
    assert tidied(text) == tidy_text


def test_each_rule_is_named_when_several_apply() -> None:
    assert rules(tidy(" A&amp;B\u200b ")) == ["html_entity", "invisible", "blanks"]


@given(TEXTS)
def test_nothing_is_found_when_a_text_is_tidied_already(text: str) -> None:
    assert tidy(tidied(text)) == []


@given(TEXTS)
def test_the_findings_end_in_the_tidied_text(text: str) -> None:
    assert cleansed(text, tidy(text)) == tidied(text)
