"""Cells that a spreadsheet takes for text."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarketing.cleansing.cells import guarded, unguarded

_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20")
_CELLS = st.text(max_size=20) | st.text("=+-@;,|\t\r\n\"' a1\uff1d", max_size=12)


@pytest.mark.parametrize(
    "text", ["=1+1", "+49301234567", "-5", "@SUM(A1)", "\t=1", "007", "TRUE", "Mar 1", "'a"]
)
def test_a_cell_that_a_spreadsheet_would_change_gets_an_apostrophe(text: str) -> None:
    assert guarded(text).startswith("'")


@pytest.mark.parametrize("text", ["Anna Berger", "anna@example.org", "", "Österreich", "Marienplatz 1"])
def test_a_plain_cell_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(_CELLS)
def test_each_cell_is_read_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(_CELLS, st.sampled_from(",;"), st.sampled_from(",;\t|"))
def test_no_cell_begins_a_formula_whatever_delimiter_a_spreadsheet_takes(
    text: str, written: str, read: str
) -> None:
    # given a row that was written with one delimiter
    row = io.StringIO(newline="")
    csv.writer(row, delimiter=written, quoting=csv.QUOTE_ALL, lineterminator="\r\n").writerow(
        ["1", guarded(text)]
    )
    # when it is read with another
    cells = [
        each for line in csv.reader(io.StringIO(row.getvalue(), newline=""), delimiter=read) for each in line
    ]
    # then
    assert not any(each.lstrip('" \t\r\n').startswith(_FORMULA) for each in cells)
