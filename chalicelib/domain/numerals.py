"""Numbers as people and platforms write them: company sizes and revenues come as text."""

import re

_PLAIN = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_FIRST = re.compile(r"(?<!\d)-?\d+(?:[.,'’ \u00a0\u202f]\d+)*")
_BLANKS = re.compile(r"['’ \u00a0\u202f]")
_MAGNITUDE = re.compile(
    r"\s*(tsd|tausend|thousand|k|mio|mill?ion(?:en|s)?|m|mrd|milliarden?|billions?|bn)\b", re.IGNORECASE
)
_FACTORS = {"tsd": 1e3, "tausend": 1e3, "thousand": 1e3, "k": 1e3, "mrd": 1e9, "bn": 1e9}


def read_number(text: str) -> float | None:
    """Read the first number of a text; None where there is none.

    What counts, because forms and platforms write all of it:

    - A dot or comma groups thousands where exactly three digits follow each of them and the number doesn't
      start with 0 (`1.200`, `1,234,567`); otherwise it is the decimal mark (`1.5`, `0,125`). Where both stand
      in a number, the last one is the decimal mark (`1.200,50`). Blanks and apostrophes group (`1'200`).
    - A range counts as its lower end (`50-99` is 50), and `250+`, `> 250` and `ca. 250` as 250.
    - Magnitudes in English and German are applied: `5 Mio. EUR`, `1,5 Mrd`, `250k`.
    - Exponents are read (`1.2E7`): SOAP and JSON writers use them for doubles.
    """
    stripped = text.strip()
    if _PLAIN.fullmatch(stripped) and ("e" in stripped.lower() or "." not in stripped):
        return float(stripped)
    found = _FIRST.search(stripped)
    if found is None:
        return None
    number = float(_in_english(_BLANKS.sub("", found.group())))
    magnitude = _MAGNITUDE.match(stripped, found.end())
    return number * _factor(magnitude.group(1).lower()) if magnitude else number


def _in_english(digits: str) -> str:
    """Take out what groups thousands and make the decimal mark a dot."""
    marks = [mark for mark in digits if mark in ".,"]
    if not marks:
        return digits
    last = marks[-1]
    whole, _, fraction = digits.rpartition(last)
    groups = re.split(r"[.,]", digits.lstrip("-"))
    one_mark = len(set(marks)) == 1
    grouped = len(groups[0]) <= 3 and groups[0] != "0" and all(len(group) == 3 for group in groups[1:])
    if one_mark and (grouped or len(marks) > 1):
        return digits.replace(last, "")
    return re.sub(r"[.,]", "", whole) + "." + fraction


def _factor(word: str) -> float:
    if word in _FACTORS:
        return _FACTORS[word]
    return 1e9 if word.startswith(("milliard", "billion")) else 1e6
