"""What a value in an old opt-in field says, in all the shapes that people keep them.

The strict reading wins throughout: only what says yes and nothing else is a yes.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from chalicelib.domain.instant import Instant

Answer = Literal["nothing", "yes", "unclear", "no"]
"""In the order of strictness."""

STRICTNESS: tuple[Answer, ...] = ("nothing", "yes", "unclear", "no")

_YES = frozenset(
    "1|1.0|accepted|aktiv|akzeptiert|an|angemeldet|bestaetigt|checked|confirmed|eingewilligt|"
    "einverstanden|einwilligung|einwilligung erteilt|einwilligung liegt vor|erteilt|granted|ja|j|jawohl|ok|"
    "okay|on|opt in|opted in|optin|consent given|consented|subscribed|t|true|vorhanden|liegt vor|wahr|x|xx|"
    "y|yes|zugestimmt|zustimmung|✓|✔|☑|✅".split("|")
)
_NO = frozenset(
    "0|0.0|abgelehnt|abgemeldet|aus|f|falsch|false|gesperrt|inaktiv|keine|kein|n|nein|nie|no|nicht|none|"
    "off|opt out|opted out|optout|unchecked|unsubscribed|widerrufen|widerruf|widersprochen|widerspruch|✗|✘|"
    "gekuendigt|keine einwilligung|keine werbung|nicht erteilt|nicht einverstanden|declined|revoked|"
    "withdrawn|❌|stop|stopp|never|niemals|geloescht".split("|")
)
_NOTHING = frozenset(
    "|-|--|?|.|/|k.a|ka|n/a|na|null|nan|leer|(leer)|empty|unbekannt|unknown|offen|☐|#n/a".split("|")
)
_NEGATIONS = re.compile(
    r"\b(?:nein|nicht|nie|niemals|kein\w*|ohne|no|not|never|don'?t|stop+|widerr\w*|widerspr\w*|abgemeldet|abmeld\w*|"
    r"abbestell\w*|abgelehnt|unsubscri\w*|opt\W?out|opted\W?out|sperr\w*|gesperrt|gekuendigt|loesch\w*|"
    r"geloescht|revok\w*|withdr\w*|declin\w*|refus\w*|object\w*|falsch|false)\b"
)
_CLOCK = r"\d{1,2}:\d{2}(?::\d{2})?"
_ISO_CLOCK = rf"[t ]{_CLOCK}(?:\.\d+)?(?:z|[+-]\d{{2}}:?\d{{2}})?"
_ISO_DAY = rf"(?P<y1>\d{{4}})-(?P<m1>\d{{1,2}})-(?P<d1>\d{{1,2}})(?:{_ISO_CLOCK})?"
_GERMAN_CLOCK = rf",?\s+{_CLOCK}(?:\s*uhr)?"
_GERMAN_DAY = rf"(?P<d2>\d{{1,2}})\.\s?(?P<m2>\d{{1,2}})\.\s?(?P<y2>\d{{4}}|\d{{2}})(?:{_GERMAN_CLOCK})?"
_SLASH_DAY = r"(?P<p3>\d{1,2})/(?P<q3>\d{1,2})/(?P<y3>\d{4})"
_DATE = re.compile(rf"(?<!\d)(?:{_ISO_DAY}|{_GERMAN_DAY}|{_SLASH_DAY})(?!\d)")
_LINK = r"(?:[\s,;:()\[\].!-]|\b(?:am|seit|vom|on|since|per)\b)*"
_LINKS = re.compile(rf"^{_LINK}|{_LINK}$")
_EARLIEST = date(1990, 1, 1)
"""What lies before is a placeholder: nobody kept opt-ins then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a value says.

    Attributes:
        at: the day that it names, 00:00 UTC; None where it names none.
    """

    answer: Answer
    at: Instant | None = None


def read_answer(text: str, also: Mapping[str, Answer] | None = None) -> Reading:
    """Read a value of an opt-in field; `also` are an org's own words, in the form of `plain`."""
    words = plain(text)
    if also and words in also:
        return Reading(also[words])
    known = _known(words)
    if known is not None:
        return Reading(known)
    found = _DATE.search(words)
    at = None if found is None else _day(found)
    rest = words if found is None else f"{words[: found.start()]} {words[found.end() :]}"
    if _NEGATIONS.search(words):
        return Reading("no", at)
    if at is None:
        return Reading("unclear")
    # A day alone says when the yes was given; whatever else stands beside it has to be a yes.
    rest = _LINKS.sub("", rest)
    return Reading("yes" if not rest or _known(rest) == "yes" else _stricter(_known(rest)), at)


def read_day(text: str) -> Instant | None:
    """Read the day that a value names; None where it is none, or a placeholder such as 1900-01-01."""
    found = _DATE.fullmatch(plain(text))
    return None if found is None else _day(found)


def plain(text: str) -> str:
    """Give a value in small letters, with single blanks and umlauts as two letters."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    for umlaut, written in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        folded = folded.replace(umlaut, written)
    visible = "".join(each for each in folded if unicodedata.category(each) != "Cf")
    return " ".join(visible.split())


def _known(words: str) -> Answer | None:
    for candidate in (
        words,
        words.strip(" .!,;:()[]\"'"),
        words.replace("-", " ").replace("_", " ").strip(" .!"),
    ):
        if candidate in _NO:
            return "no"
        if candidate in _YES:
            return "yes"
    bare = words.strip(" .!,;:()[]\"'_-")
    return "nothing" if not bare or bare in _NOTHING or words in _NOTHING else None


def _stricter(answer: Answer | None) -> Answer:
    return "no" if answer == "no" else "unclear"


def _day(found: re.Match[str]) -> Instant | None:
    part = found.groupdict()
    if part["y1"]:
        numbers = (part["y1"], part["m1"], part["d1"])
    elif part["y2"]:
        year = part["y2"] if len(part["y2"]) == 4 else f"20{part['y2']}"
        numbers = (year, part["m2"], part["d2"])
    else:
        # Day and month may stand in either order: the day is sure only where no month has its number.
        one, other = int(part["p3"]), int(part["q3"])
        if one <= 12 and other <= 12 and one != other:
            return None
        month, day = (one, other) if one <= 12 else (other, one)
        numbers = (part["y3"], str(month), str(day))
    try:
        named = date(int(numbers[0]), int(numbers[1]), int(numbers[2]))
    except ValueError:
        return None
    if named < _EARLIEST:
        return None
    return Instant(
        (datetime(named.year, named.month, named.day, tzinfo=UTC) - _EPOCH) // timedelta(milliseconds=1)
    )


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
