"""What persons and Accounts have in common when typed text is made comparable, as SQL of DuckDB."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from chalicelib.domain.likeness import LEGAL_FORMS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FREE_PROVIDERS = (
    *(
        "gmail.com",
        "googlemail.com",
        "gmx.de",
        "gmx.net",
        "gmx.at",
        "gmx.ch",
        "web.de",
        "t-online.de",
        "freenet.de",
    ),
    *(
        "outlook.com",
        "outlook.de",
        "hotmail.com",
        "hotmail.de",
        "live.com",
        "live.de",
        "msn.com",
        "yahoo.com",
    ),
    *("yahoo.de", "icloud.com", "me.com", "aol.com", "posteo.de", "mailbox.org", "proton.me", "bluewin.ch"),
)
"""Their domains tell nothing of where somebody works."""

EXTENSION = 3
"""Digits at the end of a number that differ within a company."""

_PLAIN = (
    "nullif(trim(regexp_replace(strip_accents(replace(replace(replace(replace(lower(text),"
    " 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'), 'ß', 'ss')), '[^a-z0-9]+', ' ', 'g')), '')"
)
_FEWEST_DIGITS = 7


def make_macros(connection: "DuckDBPyConnection", calling_code: str) -> None:
    """Make `plain(text)`, small letters and digits, and `digits(text)`, a number with its country."""
    connection.execute(f"CREATE OR REPLACE MACRO plain(text) AS {_PLAIN}")
    connection.execute(f"CREATE OR REPLACE MACRO digits(text) AS {_digits(calling_code)}")


def company(column: str) -> str:
    """Write the SQL of a company's name without its legal form."""
    forms = "|".join(sorted(LEGAL_FORMS))
    return f"trim(regexp_replace(' ' || plain({column}) || ' ', '( ({forms}))+ $', ' '))"


def listed(words: Iterable[str]) -> str:
    """Write a list of SQL."""
    return "(" + ", ".join(f"'{each}'" for each in sorted(words)) + ")"


def _digits(calling_code: str) -> str:
    kept = "regexp_replace(text, '[^0-9+]', '', 'g')"
    national = f"regexp_replace(regexp_replace({kept}, '^(\\+|00)', ''), '^0', '{calling_code}')"
    return f"CASE WHEN length({national}) >= {_FEWEST_DIGITS} THEN {national} END"
