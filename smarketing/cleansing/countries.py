"""Countries by whatever name people write them, in German and English.

Codes and names: ISO 3166-1 as pycountry has it, with its German translations; the rest are the lists below.
"""

import gettext
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from smarketing.cleansing.plain_text import tidied, tidy
from smarketing.cleansing.proposal import Finding

Form = Literal["english", "german", "alpha2", "alpha3"]
"""How an org writes its countries."""

FORMS: tuple[Form, ...] = get_args(Form)

_ALSO: Mapping[str, str] = {
    "AE": "UAE, VAE, Emirate",
    "AT": "A, AUT, Oesterreich, Östereich, Republik Österreich",
    "BE": "B",
    "BA": "Bosnien, Bosnia, Bosnien Herzegowina",
    "CH": "SUI, Schweiz (CH), Suisse, Svizzera, Schweizerische Eidgenossenschaft",
    "CI": "Elfenbeinküste, Ivory Coast",
    "CN": "VR China, PRC, Volksrepublik China",
    "CZ": "Česko, Czech Republic, Tschechien, Tschechische Republik, Tschechei",
    "DE": "D, BRD, GER, Bundesrepublik, Bundesrepublik Deutschland, Deutchland, Deutschlnad, Allemagne, "
    "Federal Republic of Germany, FRG",
    "ES": "E, Espana, España",
    "FR": "F",
    "GB": "UK, U.K., England, Great Britain, Britain, Grossbritannien, Großbritannien, Schottland, Scotland, "
    "Wales, Nordirland, Northern Ireland, United Kingdom of Great Britain",
    "HU": "H",
    "IE": "Republic of Ireland, Republik Irland, Eire",
    "IR": "Iran",
    "IT": "I, Italia",
    "KG": "Kirgistan",
    "KP": "Nordkorea, North Korea",
    "KR": "Südkorea, South Korea, Korea",
    "LI": "FL, Fürstentum Liechtenstein",
    "LU": "L",
    "MD": "Moldau, Moldawien, Moldova",
    "MK": "Mazedonien, Macedonia, Nordmazedonien",
    "NL": "Holland, The Netherlands, Nederland",
    "PL": "Polska",
    "PT": "P",
    "RU": "Russland, Russia",
    "SE": "S",
    "SI": "SLO",
    "SZ": "Swaziland, Swasiland",
    "SK": "Slowakei, Slovak Republic, Slowakische Republik",
    "TR": "Türkei, Turkey, Turkiye",
    "TW": "Taiwan",
    "US": "USA, U.S.A., U.S., Vereinigte Staaten von Amerika, United States of America, Amerika, America",
    "VA": "Vatikan, Vatican",
    "VN": "Vietnam",
}
"""Abbreviations (those of vehicles among them), former names, slips and parts of a country."""

_EVERYDAY: Mapping[str, tuple[str, str]] = {
    "BN": ("Brunei", "Brunei"),
    "CD": ("DR Congo", "Demokratische Republik Kongo"),
    "CI": ("Côte d'Ivoire", "Elfenbeinküste"),
    "FK": ("Falkland Islands", "Falklandinseln"),
    "FM": ("Micronesia", "Mikronesien"),
    "PS": ("Palestine", "Palästina"),
    "RU": ("Russia", "Russland"),
    "VA": ("Vatican City", "Vatikanstadt"),
    "VG": ("British Virgin Islands", "Britische Jungferninseln"),
    "VI": ("U.S. Virgin Islands", "Amerikanische Jungferninseln"),
}
"""Names in English and German where ISO has only one for the files."""

_PUNCTUATION = re.compile(r"[^\w]+")
_PARTS = re.compile(r"\s*[/,;|()]\s*|\s[-\u2013]\s")
"""What stands between two names of a country, as in `Schweiz/Suisse` and `Germany (DE)`."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names of one country."""

    alpha2: str
    alpha3: str
    english: str
    german: str

    def as_(self, form: Form) -> str:
        """Write it in a form."""
        return str(getattr(self, form))


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an org wants countries written.

    Attributes:
        values: by alpha-2 code, where the field is a picklist.
        form: where it is text.
    """

    form: Form = "english"
    values: Mapping[str, str] | None = None

    def write(self, code: str) -> str | None:
        """Write a country; None where the picklist has no such value."""
        return self.values.get(code) if self.values is not None else names()[code].as_(self.form)


def country_code(text: str) -> str | None:
    """Find the ISO 3166-1 alpha-2 code of a country; None where the text names none."""
    name = tidied(text)
    parts = {_codes().get(_key(each)) for each in _PARTS.split(name) if each}
    return _codes().get(_key(name)) or (parts.pop() if len(parts) == 1 else None)


def check_country(text: str, spelling: Spelling) -> list[Finding]:
    """Say how a country should be written in this org."""
    found = tidy(text)
    if not tidied(text):
        return found
    code = country_code(text)
    if code is None:
        return [*found, Finding("country_unknown", "no country's name or code")]
    written = spelling.write(code)
    if written is None:
        return [*found, Finding("country_unknown", f"the picklist has no value for {code}")]
    if written == (found[-1].after if found else text):
        return found
    return [
        *found,
        Finding("country", f"{names()[code].english} ({code}), as this org writes it", "high", written),
    ]


def usual_form(values: Mapping[str, int]) -> Form:
    """Find how most of the values are written, each with its number of records; English where none is."""
    counted: Counter[Form] = Counter()
    for text, number in values.items():
        code = country_code(text)
        for form in FORMS if code is not None else ():
            if names()[code or ""].as_(form) == text:
                counted[form] += number
    return max(FORMS, key=lambda form: counted[form])


def picklist_values(values: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Find the code that each value of a picklist, given with its label, means."""
    found: dict[str, str] = {}
    for value, label in values:
        code = country_code(value) or country_code(label)
        if code is not None:
            found.setdefault(code, value)
    return found


@cache
def names() -> Mapping[str, Names]:
    """Give all countries by their alpha-2 codes."""
    import pycountry

    german = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["de"])
    found = {}
    for each in pycountry.countries:
        name = getattr(each, "common_name", each.name)
        english, in_german = _EVERYDAY.get(each.alpha_2, (name, german.gettext(name)))
        found[each.alpha_2] = Names(each.alpha_2, each.alpha_3, english, in_german)
    # Not of ISO 3166: of the codes that it leaves to its users, the one that the European Union uses.
    return found | {"XK": Names("XK", "XKX", "Kosovo", "Kosovo")}


@cache
def _codes() -> Mapping[str, str]:
    import pycountry

    german = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=["de"])
    found: dict[str, str] = {}
    for each in pycountry.countries:
        known = (getattr(each, name, "") for name in ("name", "common_name", "official_name"))
        for name in filter(None, known):
            found.setdefault(_key(name), each.alpha_2)
            found.setdefault(_key(german.gettext(name)), each.alpha_2)
    for code, country in names().items():
        for name in (country.english, country.german, country.alpha2, country.alpha3):
            found[_key(name)] = code
    for code, also in _ALSO.items():
        for name in also.split(", "):
            found.setdefault(_key(name), code)
    return found


def _key(name: str) -> str:
    folded = name.casefold().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue")
    letters = (each for each in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(each))
    return _PUNCTUATION.sub("", "".join(letters))
