"""Leads as they should be, and the same as people, forms and spreadsheets leave them. All is made up."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from phonenumbers import PhoneNumberFormat, example_number_for_type, format_number, is_valid_number, parse

from smarketing.cleansing.proposal import Record

_FIRST = "Anna Jürgen Zoë Hans-Peter Ayşe Björn Renée Klaus Małgorzata Ian Eva Søren".split()
_LAST = "Berger Müller Schmidt O'Neil McDonald Weiß Öztürk Groß Nowak Lefèvre Huber Meier-Schulz".split()
_WORK = (
    "Pressteile Werkzeuge Hydraulik Antriebe Getriebe Maschinenbau Messtechnik Guss Federn Ventile".split()
)
_FORMS = ("GmbH", "AG", "GmbH & Co. KG", "KG", "e.K.", "SE", "Ges.m.b.H.", "OHG")
_COUNTRIES = {
    "DE": ("Germany", ("D", "BRD", "Deutschland", "DE", "germany", "Bundesrepublik Deutschland")),
    "AT": ("Austria", ("A", "Österreich", "Oesterreich", "AUT", "AUSTRIA")),
    "CH": ("Switzerland", ("CH", "Schweiz", "Suisse", "SUI", "Schweiz/Suisse")),
    "GB": ("United Kingdom", ("UK", "England", "Großbritannien", "GBR")),
    "NL": ("Netherlands", ("Holland", "NL", "Niederlande", "The Netherlands")),
}

_Damage = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Damaged:
    """A record as it was damaged, and as it should be."""

    record: Record
    clean: Record


def damaged(number: int, seed: int = 1, share: float = 0.6) -> Iterator[Damaged]:
    """Make records, a share of whose values is damaged."""
    chance = random.Random(seed)
    for at in range(number):
        region, values = _clean(chance, at)
        worse = {
            name: _damage(name, text, region, chance) if chance.random() < share else text
            for name, text in values.items()
        }
        record_id = f"00Q{at:012d}AAA"
        yield Damaged(Record("Lead", record_id, worse), Record("Lead", record_id, values))


def _clean(chance: random.Random, at: int) -> tuple[str, dict[str, str]]:
    region = chance.choice(list(_COUNTRIES))
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    return region, {
        "FirstName": first,
        "LastName": last,
        "Company": f"{chance.choice(_WORK)} {chance.choice(_LAST)} {chance.choice(_FORMS)}",
        "Email": f"person{at}.{chance.choice('abcdef')}@werk{chance.randrange(99)}.example.org",
        "Phone": _number(region, chance),
        "Country": _COUNTRIES[region][0],
    }


def _number(region: str, chance: random.Random) -> str:
    example = example_number_for_type(region, chance.randrange(2))
    if example is None:
        raise ValueError(region)
    text = format_number(example, PhoneNumberFormat.E164)
    varied = f"{text[:-3]}{chance.randrange(1000):03d}"
    return varied if is_valid_number(parse(varied)) else text


def _damage(name: str, text: str, region: str, chance: random.Random) -> str:
    ways: dict[str, tuple[_Damage, ...]] = {
        "FirstName": (str.upper, str.lower, _blanks, _soft_hyphen),
        "LastName": (str.upper, str.lower, _blanks, _decomposed),
        "Company": (_blanks, _escaped, _soft_hyphen),
        "Email": (
            str.upper,
            str.title,
            _named,
            lambda each: f"mailto:{each}",
            _blanks,
            lambda each: f"{each};",
        ),
        "Phone": (
            lambda each: _formatted(each, PhoneNumberFormat.NATIONAL),
            lambda each: _formatted(each, PhoneNumberFormat.INTERNATIONAL),
            lambda each: f"Tel.: {_formatted(each, PhoneNumberFormat.NATIONAL).replace(' ', '/', 1)}",
            lambda each: f"00{each[1:]}",
            lambda each: f"{_formatted(each, PhoneNumberFormat.INTERNATIONAL)} (Zentrale)",
        ),
        "Country": (lambda _: chance.choice(_COUNTRIES[region][1]), _blanks),
    }
    return chance.choice(ways[name])(text)


def _blanks(text: str) -> str:
    return f" {text.replace(' ', '  ')}\t"


def _soft_hyphen(text: str) -> str:
    return f"{text[:3]}\u00ad{text[3:]}\u200b"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;amp;").replace("ü", "&uuml;")


def _decomposed(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFD", text)


def _named(text: str) -> str:
    return f'"Berger, Anna" <{text}>'


def _formatted(text: str, form: int) -> str:
    return format_number(parse(text), form)
