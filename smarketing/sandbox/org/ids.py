"""Record ids: 15 characters that tell case, and 3 more that make them safe where case is lost."""

import re
from functools import lru_cache

from smarketing.sandbox.org.refusals import Refusal

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_FORM = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")
_INSTANCE = "8d000"
"""What stands between an id's prefix and its number, as an org's instance does."""


def make_id(prefix: str, number: int) -> str:
    """Make the id of an object's so-manieth record, in 18 characters."""
    text = ""
    for _ in range(15 - len(prefix) - len(_INSTANCE)):
        number, digit = divmod(number, 62)
        text = _DIGITS[digit] + text
    return with_suffix(prefix + _INSTANCE + text)


def with_suffix(short: str) -> str:
    """Add the three characters that tell which letters of each five are capital."""
    return short + _capitals(short[:5]) + _capitals(short[5:10]) + _capitals(short[10:])


@lru_cache(maxsize=4_096)
def _capitals(letters: str) -> str:
    return _SUFFIX[sum(1 << place for place, letter in enumerate(letters) if letter.isupper())]


def read_id(text: object, field: str = "Id") -> str:
    """Read an id in either length and give it in 18 characters.

    Raises:
        Refusal: MALFORMED_ID.
    """
    if not isinstance(text, str) or not _FORM.fullmatch(text):
        raise Refusal("MALFORMED_ID", f"{field}: id value of incorrect type: {text}", fields=[field])
    return with_suffix(text[:15])
