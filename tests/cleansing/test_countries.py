"""Countries by whatever name people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.cleansing.countries import (
    FORMS,
    Form,
    Spelling,
    check_country,
    country_code,
    names,
    picklist_values,
    usual_form,
)
from tests.cleansing.values import TEXTS, cleansed, rules


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Deutschland", "DE"),
        ("bundesrepublik deutschland", "DE"),
        ("D", "DE"),
        ("OESTERREICH", "AT"),
        ("Österreich", "AT"),
        ("U.S.A.", "US"),
        ("Holland", "NL"),
        ("Schweiz/Suisse", "CH"),
        ("Germany (DE)", "DE"),
        ("Kosovo", "XK"),
        ("Deutschland/Österreich", None),
        ("Bayern", None),
        ("", None),
    ],
)
def test_a_country_is_known_by_its_names(text: str, code: str | None) -> None:
    assert country_code(text) == code


@given(st.sampled_from(sorted(names())), st.sampled_from(FORMS))
def test_every_country_is_known_in_every_form(code: str, form: Form) -> None:
    assert country_code(names()[code].as_(form)) == code


def test_an_unknown_country_is_marked_and_left() -> None:
    found = check_country(" Bayern", Spelling())
    assert rules(found) == ["blanks", "country_unknown"]
    assert cleansed(" Bayern", found) == "Bayern"


def test_a_picklist_decides_how_a_country_is_written() -> None:
    values = picklist_values([("DEU", "Deutschland"), ("Österreich", "Österreich")])
    assert cleansed("germany", check_country("germany", Spelling(values=values))) == "DEU"
    [found] = check_country("CH", Spelling(values=values))
    assert (found.rule, found.after) == ("country_unknown", None)


def test_the_form_of_most_records_is_the_usual_one() -> None:
    assert usual_form({"Germany": 3, "Deutschland": 2, "Österreich": 2, "Bayern": 9}) == "german"
    assert usual_form({"Bayern": 9}) == "english"


@given(TEXTS | st.sampled_from(["BRD", " a ", "Schwiez", "uk", "FR&nbsp;"]), st.sampled_from(FORMS))
def test_cleansing_a_cleansed_country_changes_nothing(text: str, form: Form) -> None:
    once = cleansed(text, check_country(text, Spelling(form)))
    assert cleansed(once, check_country(once, Spelling(form))) == once
