"""Cells that a spreadsheet takes for text: nothing in them is run or turned into something else.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end is a formula to a spreadsheet (OWASP, "CSV
Injection"); a number loses its zeroes, and `Mar 1` becomes a day. Such a cell, and one that begins with an
apostrophe, gets an apostrophe before it, so that each cell is read back exactly as it was.

A spreadsheet that takes another character for the delimiter begins a cell in the middle of ours. So a formula
that would begin there gets its apostrophe, too.
"""

import re

_MARK = "'"
_WORDS = frozenset({"true", "false", "wahr", "falsch"})
_MONTH = re.compile(r"[^\W\d_]{3,10}[\s./-]*\d[\d\s./-]*")
"""A month with its day or year may look like this."""

_NEXT_CELL = r"""([;,|\t\r\n][\s"]*)"""
_FORMULA = r"('*[=+@\-\uff1d\uff0b\uff20\uff0d])"
"""The signs also in full width, with the apostrophes that stand before them already."""
_INNER = re.compile(_NEXT_CELL + _FORMULA)
_INNER_GUARDED = re.compile(_NEXT_CELL + _MARK + _FORMULA)


def guarded(text: str) -> str:
    """Write a text as a cell."""
    safe = _INNER.sub(rf"\1{_MARK}\2", text)
    return safe if not text or _is_plain(text) else _MARK + safe


def unguarded(cell: str) -> str:
    """Read a cell that `guarded` wrote."""
    return _INNER_GUARDED.sub(r"\1\2", cell.removeprefix(_MARK))


def _is_plain(text: str) -> bool:
    return text[0].isalpha() and text.casefold() not in _WORDS and _MONTH.fullmatch(text) is None
