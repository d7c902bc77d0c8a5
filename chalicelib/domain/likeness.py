"""Tells whether two persons are one, before a record is made: certain, doubtful or different.

By the normalised mail address, then by the name with company or telephone. Likeness is that of Jaro and
Winkler, 0 to 1 (rapidfuzz). It is asked about a few candidates that share a key (`keys_of`), never about
everybody.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal

Likeness = Literal["certain", "doubtful", "different"]

SHARED_MAILBOXES = frozenset(
    "admin buero contact einkauf hallo hello info kontakt mail marketing office post sales service support "
    "team vertrieb verwaltung zentrale".split()
)
"""Words before the @ that stand for a company, not for one person."""

CONTACT = "contact:"
"""What the name of a Contact's record begins with."""

LEGAL_FORMS = frozenset(
    "ab ag as bv cie co corp corporation ek ev gbr gmbh inc kg kgaa limited llc llp ltd mbh nv ohg plc sa "
    "sarl sas se spa srl ug".split()
)

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_HOST = re.compile(r"(?:https?://)?(?:www\.)?([^/:?#\s]+\.[^/:?#\s]+)")
_NO_LETTER = re.compile(r"[^a-z0-9]+")
_DIGITS_THAT_TELL = 7
"""The last digits of a number are the same in every notation."""
_AN_INITIAL_FITS = 0.9
"""What an initial is worth beside a first name, and a name of which only the last is known."""
_SAME_COMPANY = 0.93


@dataclass(frozen=True, slots=True)
class Traits:
    """What two are compared by, as people typed it.

    Attributes:
        record: names the record, as `contact:003...`; empty for one that is not there yet.
        website: of the company; it counts as its mail domain does.
    """

    record: str = ""
    first_name: str = ""
    last_name: str = ""
    company: str = ""
    email: str = ""
    phone: str = ""
    website: str = ""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Least likeness of both names, 0 to 1, together with a company, mail domain or telephone in common.

    Attributes:
        free_mail: domains whose addresses tell nothing of a company.
    """

    certain: float = 0.97
    doubtful: float = 0.88
    free_mail: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What two are to one another.

    Attributes:
        why: what speaks for one, in words for people; nothing personal.
        names: likeness of the names, 0 to 1.
    """

    likeness: Likeness
    why: tuple[str, ...] = ()
    names: float = 0.0


@dataclass(frozen=True, slots=True)
class Alike:
    """Whom a person is like.

    Attributes:
        certain: the one record to attach to; None where there is none, or several, which is a doubt.
        verdicts: of all records that are not different, the most alike first.
    """

    certain: str | None = None
    verdicts: tuple[tuple[str, Verdict], ...] = field(default=())

    @property
    def doubtful(self) -> tuple[tuple[str, Verdict], ...]:
        """Records for people to look at beside the certain one, the most alike first."""
        return tuple(each for each in self.verdicts if each[0] != self.certain)


def keys_of(traits: Traits) -> frozenset[str]:
    """Give the keys of which two have to share one to be worth a comparison."""
    return frozenset(_keys(traits))


def compare(one: Traits, other: Traits, bounds: Bounds) -> Verdict:
    """Tell whether two persons are one; order does not matter."""
    names = _names(one, other)
    same_mail = _personal(one) != "" and _personal(one) == _personal(other)
    common = tuple(_in_common(one, other, bounds.free_mail))
    if same_mail:
        # Somebody else may write from a colleague's address; a name that is not known contradicts nothing.
        believable = names >= bounds.doubtful or not _is_named(one) or not _is_named(other)
        return Verdict("certain" if believable else "doubtful", ("same mail address", *common), names)
    if not common or names < bounds.doubtful:
        return Verdict("different", common, names)
    sure = names >= bounds.certain and ("same telephone" in common or len(common) > 1)
    return Verdict("certain" if sure else "doubtful", ("names alike", *common), names)


def among(person: Traits, candidates: Iterable[Traits], bounds: Bounds) -> Alike:
    """Find whom a person is like among candidates, each of which has a `record`.

    A record may be there several times, once with each of its telephone numbers: the best verdict counts.
    A Contact comes before a Lead: who is a customer's Contact and a forgotten Lead as well is the Contact.
    """
    keys = keys_of(person)
    worth = (each for each in candidates if keys & keys_of(each))
    verdicts = [(each.record, compare(person, each, bounds)) for each in worth]
    verdicts = [each for each in verdicts if each[1].likeness != "different"]
    verdicts.sort(key=lambda each: (each[1].likeness, -len(each[1].why), -each[1].names, each[0]))
    best: dict[str, Verdict] = {}
    for record, verdict in verdicts:
        best.setdefault(record, verdict)
    certain = [record for record, verdict in best.items() if verdict.likeness == "certain"]
    certain = [each for each in certain if each.startswith(CONTACT)] or certain
    return Alike(certain[0] if len(certain) == 1 else None, tuple(best.items()))


def plain(text: str) -> str:
    """Bring a name into the form in which it is compared: small letters and digits, umlauts spelt out."""
    spelt = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT_OUT))
    bare = "".join(each for each in spelt if not unicodedata.combining(each))
    return _NO_LETTER.sub(" ", bare).strip()


def plain_company(text: str) -> str:
    """Bring a company's name into the form in which it is compared, without its legal form."""
    words = plain(text).split()
    while len(words) > 1 and words[-1] in LEGAL_FORMS:
        words.pop()
    return " ".join(words)


def _keys(traits: Traits) -> Iterator[str]:
    last, first, company = plain(traits.last_name), plain(traits.first_name), plain_company(traits.company)
    if _personal(traits):
        yield f"email:{_personal(traits)}"
    for name in filter(None, (last, first)):
        # Either name may stand in the other's place.
        yield f"name:{name}"
    if number_of(traits):
        yield f"phone:{number_of(traits)}"
    if company and (last or first):
        yield f"company:{company.split()[0]}"


def _personal(traits: Traits) -> str:
    """Give the address where it is one person's."""
    address = traits.email.strip().casefold()
    before, at, domain = address.partition("@")
    return address if at and domain and before not in SHARED_MAILBOXES else ""


def domains_of(traits: Traits, free_mail: frozenset[str]) -> frozenset[str]:
    """Give the domains of a person's company: that of the mail address and that of the website."""
    of_mail = traits.email.strip().casefold().partition("@")[2]
    host = _HOST.match(traits.website.strip().casefold())
    return frozenset({of_mail, host[1] if host else ""}) - {""} - free_mail


def number_of(traits: Traits) -> str:
    """Give the end of a person's telephone number, which is the same in every notation."""
    digits = "".join(each for each in traits.phone if each in "0123456789")
    return digits[-_DIGITS_THAT_TELL:] if len(digits) >= _DIGITS_THAT_TELL else ""


def _is_named(traits: Traits) -> bool:
    return bool(plain(traits.last_name))


def _in_common(one: Traits, other: Traits, free_mail: frozenset[str]) -> Iterator[str]:
    companies = plain_company(one.company), plain_company(other.company)
    if all(companies) and _likeness(*companies) >= _SAME_COMPANY:
        yield "company alike"
    if number_of(one) and number_of(one) == number_of(other):
        yield "same telephone"
    if domains_of(one, free_mail) & domains_of(other, free_mail):
        yield "same mail domain"


def _names(one: Traits, other: Traits) -> float:
    mine, theirs = (
        (plain(one.first_name), plain(one.last_name)),
        (plain(other.first_name), plain(other.last_name)),
    )
    straight = min(_first(mine[0], theirs[0]), _last(mine[1], theirs[1]))
    swapped = min(_last(mine[0], theirs[1]), _last(mine[1], theirs[0]))
    return max(straight, swapped)


def _first(one: str, other: str) -> float:
    if not one or not other:
        return _AN_INITIAL_FITS
    if 1 in (len(one), len(other)):
        return _AN_INITIAL_FITS if one[0] == other[0] else 0.0
    return _likeness(one, other)


def _last(one: str, other: str) -> float:
    return _likeness(one, other) if one and other else 0.0


def _likeness(one: str, other: str) -> float:
    if one == other:
        return 1.0
    # Only where a record is about to be made: to import it takes time.
    from rapidfuzz.distance import JaroWinkler

    return float(JaroWinkler.similarity(one, other))
