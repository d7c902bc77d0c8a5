"""Names of people: salutation and academic title apart, capitals where they belong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from smarketing.cleansing.plain_text import tidied
from smarketing.cleansing.proposal import Finding

_SALUTATIONS: Mapping[str, str] = {
    **dict.fromkeys(("herr", "herrn", "hr", "mr", "mister", "m", "monsieur"), "he"),
    **dict.fromkeys(("frau", "fr", "ms", "mrs", "miss", "mme", "madame", "f", "w"), "she"),
    **dict.fromkeys(("divers", "d", "mx"), "they"),
}
_WORDS: Mapping[str, str] = {"he": "Herr", "she": "Frau", "they": "Mx."}
_IN_A_NAME = frozenset("herr herrn hr mr mister frau fr ms mrs miss mme".split())
_TITLES = frozenset(
    "dr prof professor ing dipl dipl-ing dipl-kfm dipl-kff mag msc mba phd habil med jur rer nat phil h.c "
    "univ".split()
)
_PARTICLES = frozenset(
    "von vom van der den dem de del della di da du la le zu zum zur und ten ter auf".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_MC = re.compile(r"\bMc(?=[^\W\d_]{2})([^\W\d_])")
_COMMA = re.compile(r"^([^,]+),\s*([^,]+)$")
_LEAST_CAPITALS = 4
"""Letters of a name that is no set of initials, such as `JFK`."""

_Change = Callable[[str, str, str, str], None]
"""Takes a field, its new value, the rule and why."""


@dataclass(frozen=True, slots=True)
class Name:
    """The parts of a name as they were read."""

    salutation: str
    first: str
    last: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """How an org writes names.

    Attributes:
        salutations: values of the picklist, those that most records have first.
        title_field: API name of the field for academic titles; empty where the org has none.
    """

    salutations: tuple[str, ...] = ()
    title_field: str = ""

    def salutation(self, text: str) -> str | None:
        """Give the org's word for a salutation; None where the text is none."""
        known = next((each for each in self.salutations if each.casefold() == text.casefold()), None)
        if known is not None:
            return known
        meaning = _meaning(text)
        if meaning is None:
            return None
        return next((each for each in self.salutations if _meaning(each) == meaning), _WORDS[meaning])


def check_names(name: Name, words: Words) -> dict[str, list[Finding]]:
    """Say how the parts of a person's name should be written, by field of Salesforce."""
    parts = {
        "Salutation": tidied(name.salutation),
        "FirstName": tidied(name.first),
        "LastName": tidied(name.last),
        words.title_field: tidied(name.title),
    }
    found: dict[str, list[Finding]] = {field: [] for field in parts}

    def change(field: str, value: str, rule: str, why: str) -> None:
        if value != parts[field]:
            parts[field] = value
            found[field].append(Finding(rule, why, "medium", value))

    _split_comma(parts, change)
    former: dict[str, str] = {}
    while parts != former:
        # `Herr Dr. Herr Meier` has what each step takes away behind what the other does.
        former = dict(parts)
        _part_salutation(parts, words, change)
        for field in ("FirstName", "LastName"):
            _part_title(parts, field, words.title_field, change)
    for field in ("FirstName", "LastName"):
        change(field, capitals(parts[field]), "name_capitals", "capitals where a name begins alone")
        if title := academic_title(parts[field]):
            found[field].append(Finding("name_title", f"holds the academic title {title}"))
    return {field: findings for field, findings in found.items() if findings}


def capitals(name: str, least: int = _LEAST_CAPITALS) -> str:
    """Write a name that is all in capitals, or all in small letters, as names are written."""
    letters = sum(each.isalpha() for each in name)
    small = name.islower() and letters > 1 and name not in _PARTICLES
    if not small and not (name.isupper() and letters >= least):
        return name
    written = _MC.sub(lambda match: f"Mc{match[1].upper()}", _WORD.sub(_capital, name))
    # Some letters have no other size, or one that is written as two.
    same = len(written) == len(name) and written.casefold() == name.casefold()
    return written if same else name


def academic_title(name: str) -> str:
    """Give the academic title that a name begins with; empty where there is none."""
    words = name.split()
    count = 0
    while count < len(words) and words[count].casefold().strip(".,") in _TITLES:
        count += 1
    return " ".join(words[:count]) if count < len(words) else ""


def _meaning(salutation: str) -> str | None:
    return _SALUTATIONS.get(salutation.casefold().strip(" .:"))


def _split_comma(parts: Mapping[str, str], change: _Change) -> None:
    """Part `DOE, JOHN` in the last name where there is no first name."""
    match = _COMMA.match(parts["LastName"])
    if match is None or parts["FirstName"]:
        return
    last, first = (capitals(each.strip(), 2) for each in match.groups())
    if last and first and not academic_title(f"{first} x"):
        change("FirstName", first, "name_order", "last name, comma, first name")
        change("LastName", last, "name_order", "last name, comma, first name")


def _part_salutation(parts: Mapping[str, str], words: Words, change: _Change) -> None:
    """Move a salutation out of the name, and write it with the org's word."""
    written = words.salutation(parts["Salutation"]) if parts["Salutation"] else None
    if written is not None:
        change("Salutation", written, "salutation", "the org's word for it")
    for field in ("FirstName", "LastName"):
        head, _, rest = parts[field].partition(" ")
        if head.casefold().strip(".") not in _IN_A_NAME or not rest.strip():
            continue
        word = words.salutation(head) or ""
        if parts["Salutation"] in ("", word):
            change("Salutation", word, "salutation", "the salutation stands apart from the name")
            change(field, rest.strip(), "salutation", "the salutation stands apart from the name")


def _part_title(parts: Mapping[str, str], field: str, title_field: str, change: _Change) -> None:
    title = academic_title(parts[field])
    if title and title_field and parts[title_field] in ("", title):
        change(title_field, title, "name_title", "the academic title stands apart from the name")
        change(field, parts[field][len(title) :].strip(), "name_title", "the academic title stands apart")


def _capital(match: re.Match[str]) -> str:
    word = match[0].lower()
    first_of_part = match.start() == 0 or match.string[match.start() - 1].isspace()
    if word in _PARTICLES and first_of_part and match.end() < len(match.string):
        return word
    return word[:1].upper() + word[1:]
