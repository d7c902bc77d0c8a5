"""Whether a text, or anything that came as JSON, names a person where no key does."""

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from smarketing.privacy.subject import Subject

_NOBODY = re.compile(r"(?!)")


def pattern_of(subject: Subject) -> re.Pattern[str]:
    """Make a pattern of what names somebody: addresses, telephone numbers, ids of records and our own.

    Each counts only as a whole: `a@b.example` does not name `anna@b.example`. Record ids tell case, and may
    be followed by the three letters that make 18 of 15.
    """
    parts = [
        *(_bounded(f"(?i:{re.escape(each)})", r"\w.+%-", r"\w-") for each in subject.values("email")),
        *(_bounded(re.escape(each), "0-9", "0-9") for each in sorted(subject.phones)),
        *(
            _bounded(f"{re.escape(each)}(?:[A-Z0-5]{{3}})?", "0-9A-Za-z", "0-9A-Za-z")
            for each in _ids(subject)
        ),
    ]
    return re.compile("|".join(parts)) if parts else _NOBODY


def mentions(pattern: re.Pattern[str], value: Any) -> bool:
    """Whether a value of JSON names somebody, also in text that holds JSON or an encoded address itself."""
    if isinstance(value, dict):
        return any(mentions(pattern, each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(mentions(pattern, each) for each in value)
    if not isinstance(value, str):
        return False
    if pattern.search(value) or pattern.search(unquote(value)):
        return True
    return value.lstrip()[:1] in ("{", "[", '"') and mentions(pattern, _decoded(value))


def _decoded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _bounded(what: str, before: str, after: str) -> str:
    return f"(?<![{before}]){what}(?![{after}])"


def _ids(subject: Subject) -> Iterable[str]:
    return (*subject.persons, *subject.values("lead", "contact"))
