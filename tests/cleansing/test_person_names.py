"""Names of people: salutation, title, order and capitals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.cleansing.person_names import Name, Words, academic_title, capitals, check_names
from tests.cleansing.values import TEXTS, cleansed

_WORDS = Words(("Herr", "Frau"), "Title__c")
_PIECES = st.lists(
    st.sampled_from(
        ["Herr", "Dr.", "ANNA", "berger", "von", "DER", "Prof.", "MCKAY", ",", "Frau", "O'NEIL", "x"]
    ),
    max_size=4,
).map(" ".join)


def named(name: Name, words: Words = _WORDS) -> Name:
    """Apply what is found in a name."""
    found = check_names(name, words)
    parts = {"Salutation": name.salutation, "FirstName": name.first, "LastName": name.last}
    salutation, first, last = (cleansed(text, found.get(field, ())) for field, text in parts.items())
    return Name(salutation, first, last, cleansed(name.title, found.get(words.title_field, ())))


@pytest.mark.parametrize(
    ("name", "better"),
    [
        (Name("", "ANNA", "BERGER"), Name("", "Anna", "Berger")),
        (Name("", "Herr Herr Hans", "Meier"), Name("Herr", "Hans", "Meier")),
        (Name("", "", "BERGER, ANNA"), Name("", "Anna", "Berger")),
        (Name("", "Herr Hans", "Meier"), Name("Herr", "Hans", "Meier")),
        (Name("Mrs.", "Eva", "Meier"), Name("Frau", "Eva", "Meier")),
        (Name("", "Prof. Dr. Eva", "Meier"), Name("", "Eva", "Meier", "Prof. Dr.")),
        (Name("", "Hans", "VON DER LEYEN"), Name("", "Hans", "von der Leyen")),
        (Name("", "IAN", "MCDONALD"), Name("", "IAN", "McDonald")),
        (Name("", "HANS-PETER", "O'NEIL"), Name("", "Hans-Peter", "O'Neil")),
    ],
)
def test_the_parts_of_a_name_go_where_they_belong(name: Name, better: Name) -> None:
    assert named(name) == better


@pytest.mark.parametrize(
    "name",
    [
        Name("", "JFK", "LI"),
        Name("Frau", "Herr Hans", "Meier"),
        Name("", "Van", "Morrison"),
        Name("", "Dr.", "Berger"),
        Name("", "ŞAHİN", "Meier"),
        Name("Dear", "Eva", "McAdam"),
    ],
)
def test_what_may_be_meant_is_left(name: Name) -> None:
    assert named(name) == name


def test_a_title_is_only_marked_when_the_org_has_no_field_for_it() -> None:
    found = check_names(Name("", "Dr. Eva", "Meier"), Words())
    assert [(each.rule, each.after) for each in found["FirstName"]] == [("name_title", None)]


def test_a_salutation_is_written_as_most_records_have_it() -> None:
    assert named(Name("Herr", "Hans", "Meier"), Words(("Mr.", "Ms."))).salutation == "Mr."


def test_a_title_alone_is_no_title() -> None:
    assert academic_title("Dr. rer. nat. Eva") == "Dr. rer. nat."
    assert academic_title("Dr.") == ""


@given(TEXTS | _PIECES)
def test_no_letter_is_lost_when_capitals_are_mended(name: str) -> None:
    assert capitals(name).casefold() == name.casefold()
    assert capitals(capitals(name)) == capitals(name)


@given(_PIECES, _PIECES, st.sampled_from(["", "Herr", "mr", "Dear"]))
def test_cleansing_a_cleansed_name_changes_nothing(first: str, last: str, salutation: str) -> None:
    once = named(Name(salutation, first, last))
    assert named(once) == once
