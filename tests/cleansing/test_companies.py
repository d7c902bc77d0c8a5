"""Companies: legal form and match key."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.cleansing.companies import read_company
from tests.cleansing.values import TEXTS


@pytest.mark.parametrize(
    ("name", "form", "key"),
    [
        ("Pressteile Berger GmbH & Co. KG", "GmbH & Co. KG", "pressteileberger"),
        ("PRESSTEILE  BERGER GMBH & CO KG", "GMBH & CO KG", "pressteileberger"),
        ("Müller Ges.m.b.H.", "Ges.m.b.H.", "mueller"),
        ("Meyer UG (haftungsbeschränkt)", "UG (haftungsbeschränkt)", "meyer"),
        ("Meyer Gesellschaft mit beschränkter Haftung", "Gesellschaft mit beschränkter Haftung", "meyer"),
        ("Meyer GmbH i.L.", "GmbH", "meyer"),
        ("Bäckerei Schmidt e.K.", "e.K.", "baeckereischmidt"),
        ("Acme, Inc.", "Inc.", "acme"),
        ("GmbH", "", "gmbh"),
        ("-", "", ""),
    ],
)
def test_form_and_name_are_told_apart(name: str, form: str, key: str) -> None:
    company = read_company(name)
    assert (company.form, company.key) == (form, key)


@pytest.mark.parametrize(
    "names",
    [
        ("Müller GmbH", "Mueller GmbH", "MUELLER gmbh", "Müller AG"),
        ("Straße & Weg KG", "STRASSE & WEG", "Strasse&amp;Weg KG"),
        ("Citroën S.A.", "Citroen SA"),
    ],
)
def test_spellings_of_one_name_have_one_key(names: tuple[str, ...]) -> None:
    assert len({read_company(each).key for each in names}) == 1


def test_different_names_keep_different_keys() -> None:
    assert read_company("Müller Söhne GmbH").key != read_company("Müller GmbH").key


@given(
    TEXTS | st.lists(st.sampled_from(["GmbH", "&", "Co.", "KG", "Müller", "AG", "i.L.", ","])).map(" ".join)
)
def test_blanks_make_no_difference_to_a_key(name: str) -> None:
    key = read_company(name).key
    assert key == key.casefold()
    assert read_company(f"  {name} ").key == key
