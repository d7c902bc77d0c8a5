"""Cells that a spreadsheet takes for text: nothing in them is run or turned into something else.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a line end is a formula to a spreadsheet (OWASP, "CSV
Injection"); a number loses its zeroes, and `Mar 1` becomes a day. Such a cell, and one that begins with an
apostrophe, gets an apostrophe before it, so that each cell is read back exactly as it was.
"""

import re

_MARK = "'"
_WORDS = frozenset({"true", "false", "wahr", "falsch"})
_MONTH = re.compile(r"[^\W\d_]{3,10}[\s./-]*\d[\d\s./-]*")
"""A month with its day or year may look like this."""


def guarded(text: str) -> str:
    """Write a text as a cell."""
    return text if not text or _is_plain(text) else _MARK + text


def unguarded(cell: str) -> str:
    """Read a cell that `guarded` wrote."""
    return cell[1:] if cell.startswith(_MARK) else cell


def _is_plain(text: str) -> bool:
    return text[0].isalpha() and text.casefold() not in _WORDS and _MONTH.fullmatch(text) is None
