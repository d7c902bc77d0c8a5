"""Names of companies: the legal form recognised by cleanco, and a key under which equal ones match."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from smarketing.cleansing.plain_text import tidied

_GERMAN = (
    "gesellschaft mit beschraenkter haftung",
    "gesellschaft mit beschrankter haftung",
    "aktiengesellschaft",
    "gesmbh",
    "ug (haftungsbeschrankt",
    "ug haftungsbeschrankt",
    "ek",
    "ev",
    "eg",
    "gbr",
    "partg",
    "partgmbb",
    "keg",
    "gag",
)
"""Forms of Germany and Austria that cleanco 2.3 doesn't have, as it compares them: no accents, no dots."""

_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Company:
    """What a name says.

    Attributes:
        form: the legal form as it stands in the name; empty where none is known.
        key: the name proper in small letters and digits, without accents; equal keys may be one company.
    """

    form: str
    key: str


@lru_cache(maxsize=65_536)
def read_company(text: str) -> Company:
    """Tell name and legal form apart; the name itself stays as it is."""
    from cleanco.clean import custom_basename, normalized

    name = tidied(text)
    proper = name
    while True:
        shorter = str(custom_basename(proper, _terms()))
        if not shorter or shorter == proper:
            break
        proper = shorter
    form = name[len(proper) :].strip(" ,;") if name.startswith(proper) else ""
    key = _NOT_A_LETTER.sub("", str(normalized(proper))) or _NOT_A_LETTER.sub("", str(normalized(name)))
    return Company(form, key)


@cache
def _terms() -> list[tuple[int, list[str]]]:
    from cleanco import prepare_default_terms

    known: list[Any] = [*prepare_default_terms(), *((len(each.split()), each.split()) for each in _GERMAN)]
    return sorted(known, key=lambda each: (-each[0], each[1]))
