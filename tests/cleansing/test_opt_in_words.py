"""What a value in an old opt-in field says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.instant import parse_instant
from smarketing.cleansing.opt_in_words import STRICTNESS, Answer, plain, read_answer, read_day
from tests.cleansing.values import TEXTS

_YES = ("ja", "Ja.", "YES", "1", "x", "wahr", "true", "✓", "Opt-In", "einwilligung_erteilt", "on")
_NO = ("nein", "Nein danke", "0", "false", "abgemeldet", "kein Newsletter", "opt out", "noch nicht", "STOP")
_NOTHING = ("", " ", "-", "n/a", "unbekannt", "\u200b", "#N/A")
_UNCLEAR = ("vielleicht", "ja?", "Messe 2019 mündlich", "ja (telefonisch)", "2", "3/4/2019", "1900-01-01")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        *((each, "yes") for each in _YES),
        *((each, "no") for each in _NO),
        *((each, "nothing") for each in _NOTHING),
        *((each, "unclear") for each in _UNCLEAR),
    ],
)
def test_a_word_says_what_people_mean_by_it(text: str, answer: Answer) -> None:
    assert read_answer(text).answer == answer


@pytest.mark.parametrize(
    "text",
    ["01.03.2019", "1.3.19", "2019-03-01", "2019-03-01T10:00:00.000Z", "ja, am 01.03.2019", "ja 2019-03-01"],
)
def test_a_day_says_yes_and_when(text: str) -> None:
    read = read_answer(text)
    assert (read.answer, read.at) == ("yes", parse_instant("2019-03-01T00:00:00Z"))


@pytest.mark.parametrize("text", ["abgemeldet am 01.03.2019", "nein (2019-03-01)", "01.03.2019 widerrufen"])
def test_a_no_with_a_day_stays_a_no(text: str) -> None:
    read = read_answer(text)
    assert (read.answer, read.at) == ("no", parse_instant("2019-03-01T00:00:00Z"))


def test_an_orgs_own_words_go_before_ours() -> None:
    assert read_answer("Mdl.", {"mdl.": "unclear", "ja": "no"}).answer == "unclear"
    assert read_answer("JA", {"ja": "no"}).answer == "no"


@pytest.mark.parametrize("text", ["3/4/2019", "31.02.2019", "1.1.1900", "2019", "bald"])
def test_a_day_that_is_not_sure_is_none(text: str) -> None:
    assert read_day(text) is None


@given(st.sampled_from(_YES), st.sampled_from(["nein", "nicht", "kein", "widerrufen", "abgemeldet"]))
def test_a_yes_beside_a_no_is_never_a_yes(yes: str, no: str) -> None:
    assert read_answer(f"{yes} {no}").answer == "no"
    assert read_answer(f"{no}, {yes}").answer == "no"


@given(TEXTS | st.text("janeinyxo01. -/", max_size=12))
def test_capitals_and_blanks_make_no_difference(text: str) -> None:
    assert read_answer(f"  {plain(text)} ").answer == read_answer(plain(text)).answer
    assert read_answer(text).answer in STRICTNESS
