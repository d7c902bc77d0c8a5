"""Names of companies: the legal form recognised by cleanco, and a key under which equal ones match."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from smarketing.cleansing.plain_text import tidied

_GERMAN = (
    "gesellschaft mit beschraenkter haftung",
    "aktiengesellschaft",
    "gesmbh",
    "ug",
    "ug (haftungsbeschraenkt",
    "ug haftungsbeschraenkt",
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

_STATE = re.compile(
    r"[\s,]*\(?\b(?:i\.?\s?(?:L|Gr?|I)|in (?:Liquidation|Gründung|Insolvenz|Abwicklung))\b\.?\)?$",
    re.IGNORECASE,
)
"""What a register adds to the name of a company that begins or ends."""

_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

_NOT_A_LETTER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Company:
    """What a name says.

    Attributes:
        form: the legal form as it stands in the name; empty where none is known.
        key: the name proper in small letters and digits, without accents, umlauts as two letters; equal keys
            may be one company.
    """

    form: str
    key: str


@lru_cache(maxsize=65_536)
def read_company(text: str) -> Company:
    """Tell name and legal form apart; the name itself stays as it is."""
    name = _STATE.sub("", tidied(text)) or tidied(text)
    proper = _proper(name)
    form = name[len(proper) :].lstrip(" ,;.").rstrip(" ,;")
    return Company(form, _key(proper) or _key(name))


def _proper(name: str) -> str:
    """Take legal forms off the end, as long as a name is left."""
    from cleanco.clean import custom_basename

    # cleanco gets umlauts as two letters, and compares whole words: their number says what is left.
    left = name.translate(_UMLAUTS)
    while (shorter := str(custom_basename(left, _terms()))) and shorter != left:
        left = shorter
    return " ".join(name.split()[: len(left.split())]).rstrip(" ,;.")


def _key(name: str) -> str:
    from cleanco.clean import normalized

    return _NOT_A_LETTER.sub("", str(normalized(name.translate(_UMLAUTS))))


@cache
def _terms() -> list[tuple[int, list[str]]]:
    from cleanco import prepare_default_terms

    known: list[Any] = [*prepare_default_terms(), *((len(each.split()), each.split()) for each in _GERMAN)]
    return sorted(known, key=lambda each: (-each[0], each[1]))
