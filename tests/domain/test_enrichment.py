"""Found values: which are taken, and that nothing of a human's is ever overwritten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.enrichment import (
    Found,
    Provenance,
    company_domain,
    fill,
    note_of,
    provenance_of,
    still_empty,
)
from chalicelib.domain.enrichment_plan import filled_url
from chalicelib.domain.instant import Instant
from tests.domain.builders import START, day

FIELDS = ("phone", "industry", "employees")


def found(field: str, value: str, source: str = "register", on: float = 0) -> Found:
    return Found(field, value, source, day(on))


def test_first_source_wins_when_several_know_an_empty_field() -> None:
    filling = fill(FIELDS, {}, [found("phone", "1", "first"), found("phone", "2", "second")])

    assert filling.values == {"phone": "1"}
    assert [(each.found.source, each.fate) for each in filling.provenance] == [
        ("first", "filled"),
        ("second", "kept"),
    ]


def test_entered_value_stands_when_another_is_found() -> None:
    filling = fill(FIELDS, {"phone": "by hand"}, [found("phone", "1")])

    assert not filling.values
    assert [each.fate for each in filling.provenance] == ["kept"]


def test_field_stays_empty_when_a_human_emptied_it() -> None:
    """Given a value that was filled, when a human removes it, nobody fills the field again."""
    before = fill(FIELDS, {}, [found("phone", "1")]).provenance

    again = fill(FIELDS, {}, [found("phone", "1"), found("phone", "2", "other")], before)

    assert not again.values


def test_nothing_is_written_twice_when_enrichment_is_repeated() -> None:
    first = fill(FIELDS, {}, [found("phone", "1")])

    second = fill(FIELDS, first.values, [found("phone", "1", on=3)], first.provenance)

    assert (second.values, second.provenance) == ({}, first.provenance)


def test_other_fields_are_left_alone() -> None:
    assert not fill(FIELDS, {}, [found("iban", "1")]).provenance


words = st.sampled_from([*FIELDS, "iban"])
values = st.sampled_from(["", " ", "a", "A", "b", "two\nlines", "x [register]"])
founds = st.builds(
    Found, words, values, st.sampled_from(["register", "account"]), st.integers(START, START + 9).map(Instant)
)


@given(st.dictionaries(words, values), st.lists(founds), st.lists(founds))
def test_only_empty_fields_are_ever_filled(
    held: dict[str, str], earlier: list[Found], later: list[Found]
) -> None:
    before = fill(FIELDS, held, earlier)
    now = held | dict(before.values)

    after = fill(FIELDS, now, later, before.provenance)

    assert not set(after.values) - set(still_empty(FIELDS, now))
    assert not set(after.values) & set(before.values)
    assert after.provenance[: len(before.provenance)] == before.provenance


@given(st.lists(founds))
def test_note_is_read_back_as_it_was_written(several: list[Found]) -> None:
    filling = fill(FIELDS, {}, several)

    assert provenance_of(note_of(filling.provenance, ["an Account of acme.de"])) == filling.provenance


def test_lines_of_people_are_no_provenance() -> None:
    kept = Provenance(found("phone", "1"), "filled")

    assert provenance_of(f"call again\n{note_of([kept])}\n2026-99-99T phone filled: x [y]") == (kept,)


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("Ada@ACME.de", "acme.de"),
        ("a@gmx.de", None),
        ("a@mail.gmx.de", None),
        ("nobody", None),
        ("a@localhost", None),
        ("", None),
    ],
)
def test_company_domain_is_none_when_the_address_names_no_company(email: str, domain: str | None) -> None:
    assert company_domain(email, {"gmx.de"}) == domain


def test_url_quotes_what_is_put_in_and_needs_every_value() -> None:
    template = "{base_url}/find?q={company}&c={country}"
    known = {"base_url": "https://api.example.com/", "company": "A&B GmbH/Co"}

    assert filled_url(template, known) is None
    assert (
        filled_url(template, {**known, "country": "DE"})
        == "https://api.example.com/find?q=A%26B%20GmbH%2FCo&c=DE"
    )
