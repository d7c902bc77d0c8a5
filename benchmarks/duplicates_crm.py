"""Generated records of a CRM: persons at companies, two of five of the records further copies of a person.

Who there is: seven persons to a company, more at large ones; names by their frequency in Germany, Austria and
the United States (faker); 3% bear the surname of a colleague, as in family firms. 12% have a mail address at
a free provider, 2% share a mailbox such as info@ with colleagues; 15% have no telephone but the switchboard.

A record is how somebody typed the person in. The first one of each person has gaps only (mail 6%, telephone
20%, postcode 8%, city 8%). Each further one has gaps and, apart from one another, these slips and changes
(`RATES`, by field): a person gets further records mostly through another source (fair, form, purchased list),
so that gaps and other spellings are frequent and slips of the keyboard are some per cent. One in a hundred
has changed the employer since, with all that goes along; without a trait in common but the name, nobody could
find these.

The truth is kept apart from the records, and ids are drawn at random: nothing of the truth is in what is
matched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from faker.providers.person.de_AT import Provider as Austrian
from faker.providers.person.de_DE import Provider as German
from faker.providers.person.en_US import Provider as American

RATES: Mapping[str, float] = MappingProxyType(
    {
        "no first name": 0.03,
        "initial only": 0.05,
        "slip in first name": 0.03,
        "slip in last name": 0.03,
        "other last name": 0.01,
        "names swapped": 0.015,
        "umlauts spelt out": 0.25,
        "no company": 0.03,
        "slip in company": 0.04,
        "company cut short": 0.06,
        "other legal form": 0.30,
        "no mail": 0.09,
        "private mail": 0.04,
        "other style of mail": 0.03,
        "slip in mail": 0.02,
        "no telephone": 0.15,
        "other extension": 0.07,
        "other notation of telephone": 0.50,
        "no postcode": 0.08,
        "slip in postcode": 0.01,
        "other site": 0.02,
        "no city": 0.08,
        "slip in city": 0.02,
        "other employer": 0.01,
    }
)
"""Shares of further records, each drawn apart from the others."""

COLUMNS = ("first_name", "last_name", "company", "email", "phone", "postal_code", "city")

_SHARE = 0.4
_TO_A_COMPANY = 7
_FORMS = ("GmbH", "AG", "GmbH & Co. KG", "KG", "e.K.", "SE", "Ltd.", "Inc.")
_TRADES = (
    *(
        "Maschinenbau",
        "Metallbau",
        "Umformtechnik",
        "Werkzeugbau",
        "Blechtechnik",
        "Stahlhandel",
        "Automation",
    ),
    *(
        "Antriebstechnik",
        "Logistik",
        "Elektronik",
        "Anlagenbau",
        "Kunststofftechnik",
        "Feinmechanik",
        "Presswerk",
    ),
    *("Lasertechnik", "Hydraulik", "Medizintechnik", "Fahrzeugbau", "Armaturen", "Systemtechnik"),
)
_FREE = ("gmail.com", "gmx.de", "web.de", "outlook.com")
_SHARED = ("info", "kontakt", "office", "vertrieb")
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", " ": "-"})

Texts = Any
"""An array of texts or None."""


@dataclass(frozen=True, slots=True)
class Crm:
    """Records by column, and which person each is of."""

    columns: dict[str, Texts]
    person: Any


def generate(records: int, seed: int = 7) -> Crm:
    """Make so many records; the same seed gives the same ones."""
    rng = np.random.default_rng(seed)
    firsts, lasts = _names()
    persons = int(records * (1 - _SHARE))
    companies = _companies(rng, lasts, max(10, persons // _TO_A_COMPANY))
    at = _by_rank(rng, len(companies["name"]), persons, 0.3)
    known = _persons(rng, companies, at, firsts, lasts)
    of = rng.integers(0, persons, records - persons)
    copies = {name: values[of].copy() for name, values in known.items()}
    _change_employer(rng, copies, known, companies)
    _retype(rng, copies, lasts)
    for name, share in (("email", 0.06), ("phone", 0.20), ("postal_code", 0.08), ("city", 0.08)):
        known[name][rng.random(persons) < share] = None
    order = rng.permutation(records)
    columns = {name: np.concatenate([known[name], copies[name]])[order] for name in COLUMNS}
    return Crm(columns, np.concatenate([np.arange(persons), of])[order])


def as_arrow(made: Crm) -> Any:
    """Give the records as an Arrow table: `id`, the columns, and `person`, which is for the count alone."""
    import pyarrow

    columns = {name: pyarrow.array(values, type=pyarrow.string()) for name, values in made.columns.items()}
    return pyarrow.table({"id": np.arange(len(made.person)), **columns, "person": made.person})


def _names() -> tuple[Texts, Texts]:
    firsts = sorted({*German.first_names_male, *German.first_names_female, *list(American.first_names)[:400]})
    lasts = sorted({*German.last_names, *Austrian.last_names, *list(American.last_names)[:600]})
    return np.array(firsts, dtype=object), np.array(lasts, dtype=object)


def _by_rank(rng: np.random.Generator, kinds: int, size: int, steepness: float) -> Any:
    """Draw numbers below `kinds`, the small ones more often, as Zipf found names and companies to be."""
    share = 1 / np.arange(1, kinds + 1) ** steepness
    return rng.choice(kinds, size=size, p=share / share.sum())


def _companies(rng: np.random.Generator, lasts: Texts, number: int) -> dict[str, Texts]:
    owner = lasts[_by_rank(rng, len(lasts), number, 0.4)]
    trade = np.array(_TRADES, dtype=object)[rng.integers(0, len(_TRADES), number)]
    form = np.array(_FORMS, dtype=object)[_by_rank(rng, len(_FORMS), number, 1.0)]
    place = rng.integers(0, 2_000, number)
    taken: dict[str, int] = {}
    domain = []
    for each, what in zip(owner, trade, strict=True):
        name = f"{_plain(each)}-{what[:6].lower()}"
        taken[name] = taken.get(name, 0) + 1
        domain.append(f"{name}{taken[name] if taken[name] > 1 else ''}.de")
    ends = np.array(["stadt", "hausen", "berg", "dorf"], dtype=object)
    trunk = [
        f"+49{each % 900 + 100}{main:06d}" for each, main in zip(place, _numbers(rng, 6, number), strict=True)
    ]
    return {
        "name": owner + " " + trade,
        "form": form,
        "domain": np.array(domain, dtype=object),
        "postal_code": (10_000 + place * 43 + rng.integers(0, 20, number)).astype(str).astype(object),
        "city": lasts[place % len(lasts)] + ends[place % 4],
        "trunk": np.array(trunk, dtype=object),
    }


def _persons(
    rng: np.random.Generator, companies: dict[str, Texts], at: Any, firsts: Texts, lasts: Texts
) -> dict[str, Texts]:
    number = len(at)
    first = firsts[_by_rank(rng, len(firsts), number, 0.5)]
    last = lasts[_by_rank(rng, len(lasts), number, 0.5)]
    order = np.argsort(at, kind="stable")
    colleague = np.empty(number, dtype=np.int64)
    colleague[order[1:]], colleague[order[0]] = order[:-1], order[0]
    kin = (rng.random(number) < 0.03) & (at[colleague] == at)
    last[kin] = last[colleague[kin]]
    free, shared = rng.random(number) < 0.12, rng.random(number) < 0.02
    style = rng.integers(0, 4, number)
    domain = np.where(free, _draw(rng, _FREE, number), companies["domain"][at])
    # A free provider gives each address once: whoever comes later adds a number.
    suffix = np.where(free, rng.integers(0, 10_000, number).astype(str), "")
    email = _mails(first, last, style, suffix) + "@" + domain
    email[shared] = _draw(rng, _SHARED, number)[shared] + "@" + companies["domain"][at][shared]
    extension = np.array([f"{each:03d}" for each in rng.integers(0, 1_000, number)], dtype=object)
    extension[rng.random(number) < 0.15] = "0"
    return {
        "first_name": first,
        "last_name": last,
        "company": companies["name"][at] + " " + companies["form"][at],
        "email": email,
        "phone": companies["trunk"][at] + extension,
        "postal_code": companies["postal_code"][at],
        "city": companies["city"][at],
    }


def _mails(first: Texts, last: Texts, style: Any, suffix: Any) -> Texts:
    made = []
    for a, b, how, more in zip(map(_plain, first), map(_plain, last), style, suffix, strict=True):
        made.append((f"{a}.{b}", f"{a[0]}.{b}", f"{a[0]}{b}", b)[how] + more)
    return np.array(made, dtype=object)


def _change_employer(
    rng: np.random.Generator, copies: dict[str, Texts], known: dict[str, Texts], companies: dict[str, Texts]
) -> None:
    number = len(copies["company"])
    moved = np.flatnonzero(rng.random(number) < RATES["other employer"])
    to = rng.integers(0, len(companies["name"]), len(moved))
    copies["company"][moved] = companies["name"][to] + " " + companies["form"][to]
    copies["phone"][moved] = companies["trunk"][to] + "0"
    copies["postal_code"][moved], copies["city"][moved] = companies["postal_code"][to], companies["city"][to]
    for row, where in zip(moved, to, strict=True):
        local, _, domain = copies["email"][row].partition("@")
        if domain not in _FREE:
            copies["email"][row] = f"{local}@{companies['domain'][where]}"


def _retype(rng: np.random.Generator, copies: dict[str, Texts], lasts: Texts) -> None:
    """Have the slips and changes of `RATES` happen, then the gaps."""

    def rows(what: str) -> Any:
        return np.flatnonzero(rng.random(len(copies["email"])) < RATES[what])

    def change(column: str, what: str, by: Any) -> None:
        cells = copies[column]
        for row in rows(what):
            cells[row] = by(row, cells[row])

    first, last = copies["first_name"], copies["last_name"]
    change("email", "private mail", lambda row, _: _private(rng, first[row], last[row]))
    change("email", "other style of mail", lambda row, old: _restyled(rng, first[row], last[row], old))
    change("last_name", "other last name", lambda *_: lasts[rng.integers(0, len(lasts))])
    change("company", "company cut short", lambda _, old: " ".join(old.split()[:1]))
    change("company", "other legal form", lambda _, old: _other_form(rng, old))
    change("phone", "other extension", lambda _, old: f"{old[:12]}{rng.integers(0, 1_000):03d}")
    change("postal_code", "other site", lambda *_: str(rng.integers(10_000, 99_999)))
    for column, what in (("first_name", "first name"), ("last_name", "last name"), ("company", "company")):
        change(column, f"slip in {what}", lambda _, old: _slip(rng, old))
    change("email", "slip in mail", lambda _, old: _slip(rng, old))
    change("city", "slip in city", lambda _, old: _slip(rng, old))
    change("postal_code", "slip in postcode", lambda _, old: _other_digit(rng, old))
    for column in ("first_name", "last_name", "company", "city"):
        change(column, "umlauts spelt out", lambda _, old: old.translate(_UMLAUTS))
    change("first_name", "initial only", lambda _, old: f"{old[0]}.")
    change("phone", "other notation of telephone", lambda _, old: f"0{old[3:6]} / {old[6:12]}-{old[12:]}")
    swapped = rows("names swapped")
    first[swapped], last[swapped] = last[swapped].copy(), first[swapped].copy()
    gaps = {"first_name": "first name", "email": "mail", "phone": "telephone", "postal_code": "postcode"}
    for column, what in {**gaps, "company": "company", "city": "city"}.items():
        copies[column][rows(f"no {what}")] = None


_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})


def _private(rng: np.random.Generator, first: str, last: str) -> str:
    local = (_plain(last), f"{_plain(first)}.{_plain(last)}", f"{_plain(first)}{rng.integers(50, 99)}")
    return f"{local[rng.integers(0, 3)]}{rng.integers(0, 100)}@{_FREE[rng.integers(0, 4)]}"


def _restyled(rng: np.random.Generator, first: str, last: str, old: str) -> str:
    a, b = _plain(first), _plain(last)
    return (f"{a}.{b}", f"{a[0]}.{b}", f"{a[0]}{b}", b)[rng.integers(0, 4)] + "@" + old.partition("@")[2]


def _other_form(rng: np.random.Generator, old: str) -> str:
    name = " ".join(old.split()[:2])
    return name if rng.random() < 0.6 else f"{name} {_FORMS[rng.integers(0, len(_FORMS))]}"


def _slip(rng: np.random.Generator, text: str) -> str:
    """Leave out, swap, replace or add one character within the text."""
    if len(text) < 3:
        return text
    at, how, letter = int(rng.integers(1, len(text) - 1)), rng.integers(0, 4), _LETTERS[rng.integers(0, 26)]
    middle = ("", text[at + 1] + text[at], letter, letter + text[at])[how]
    return text[:at] + middle + text[at + (2 if how == 1 else 1) :]


def _other_digit(rng: np.random.Generator, text: str) -> str:
    at = int(rng.integers(0, len(text)))
    return f"{text[:at]}{rng.integers(0, 10)}{text[at + 1 :]}"


def _plain(name: str) -> str:
    return name.lower().translate(_SPELT_OUT)


def _draw(rng: np.random.Generator, words: tuple[str, ...], size: int) -> Texts:
    return np.array(words, dtype=object)[rng.integers(0, len(words), size)]


def _numbers(rng: np.random.Generator, digits: int, size: int) -> Any:
    return rng.integers(10 ** (digits - 1), 10**digits, size)
