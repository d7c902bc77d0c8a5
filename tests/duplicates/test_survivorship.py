"""Which record stays, and whose values."""

import pytest

from chalicelib.domain.duplicates import DuplicateTerms, MainRecord, Survival
from smarketing.cleansing.proposal import Record
from smarketing.duplicates.survivorship import survivor

FIELDS = ("Title", "Phone", "DoNotCall")


def record(name: str, created: str, changed: str, **values: str) -> Record:
    return Record("Lead", name, {"CreatedDate": created, "LastModifiedDate": changed, **values})


OLD = record("old", "2020-01-01", "2020-06-01", Title="Buyer", Phone="1", DoNotCall="false")
NEW = record("new", "2024-01-01", "2026-01-01", Title="Head of Buying", DoNotCall="true")


@pytest.mark.parametrize(("which", "stays"), [("oldest", "old"), ("newest", "new"), ("most_complete", "old")])
def test_the_main_record_is_chosen_as_the_playbook_says(which: MainRecord, stays: str) -> None:
    full = record("old", "2020-01-01", "2020-06-01", Title="Buyer", Phone="1", DoNotCall="true")

    assert survivor([NEW, full], FIELDS, DuplicateTerms(main_record=which)).main.id == stays


@pytest.mark.parametrize(
    ("keep", "title"),
    [
        ("main", "Buyer"),
        ("newest", "Head of Buying"),
        ("oldest", "Buyer"),
        ("longest", "Head of Buying"),
        ("joined", "Buyer\nHead of Buying"),
    ],
)
def test_a_field_keeps_the_value_that_the_playbook_says(keep: Survival, title: str) -> None:
    terms = DuplicateTerms(main_record="oldest", survival={"Title": keep})

    found = survivor([OLD, NEW], FIELDS, terms)

    assert found.values.get("Title", found.main.get("Title")) == title


def test_an_objection_stays() -> None:
    terms = DuplicateTerms(main_record="oldest", survival={"DoNotCall": "stricter"})

    assert survivor([OLD, NEW], FIELDS, terms).values["DoNotCall"] == "true"


def test_what_the_main_record_lacks_comes_from_the_others() -> None:
    assert survivor([OLD, NEW], FIELDS, DuplicateTerms(main_record="newest")).values == {"Phone": "1"}


def test_what_gets_lost_is_named() -> None:
    assert survivor([OLD, NEW], FIELDS, DuplicateTerms(main_record="oldest")).lost == ("Title", "DoNotCall")
