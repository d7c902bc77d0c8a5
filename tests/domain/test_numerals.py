"""Numbers as forms and platforms write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.numerals import read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("250", 250),
        (" 250 ", 250),
        ("-5", -5),
        ("1.200", 1200),
        ("1,200", 1200),
        ("1.234.567", 1_234_567),
        ("1,234,567", 1_234_567),
        ("1'200", 1200),
        ("1’200.50", 1200.5),
        ("1 200", 1200),
        ("1\u00a0200", 1200),
        ("1.5", 1.5),
        ("1,5", 1.5),
        ("0.125", 0.125),
        ("1234.567", 1234.567),
        ("1.200,50", 1200.5),
        ("1,200.50", 1200.5),
        ("1.2E7", 12_000_000),
        ("250+", 250),
        ("> 1.000", 1000),
        ("ca. 300 Mitarbeiter", 300),
        ("50-99", 50),
        ("51–200", 51),
        ("1.000 bis 5.000", 1000),
        ("5 Mio. EUR", 5_000_000),
        ("1,5 Mrd", 1_500_000_000),
        ("250k", 250_000),
        ("EUR 3 million", 3_000_000),
        ("2 Milliarden", 2_000_000_000),
        ("10 Tsd. €", 10_000),
        ("12 Maschinen", 12),
    ],
)
def test_number_is_read_when_the_text_holds_one(text, number):
    assert read_number(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["", "viele", "k. A.", "-", "."])
def test_nothing_is_read_when_the_text_holds_no_number(text):
    assert read_number(text) is None


@given(st.text(alphabet="0123456789.,-+' eEkmioMrd€\u00a0\u202f’", max_size=30))
def test_no_text_breaks_the_reader(text):
    assert read_number(text) is None or isinstance(read_number(text), float)


@given(st.integers(-(10**12), 10**12))
def test_whole_numbers_are_read_as_python_writes_them(number):
    assert read_number(str(number)) == number
