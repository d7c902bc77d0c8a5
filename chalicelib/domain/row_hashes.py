"""What is remembered of a row that was written: hashes, never the values that a person gave."""

import hashlib
from collections.abc import Mapping

from chalicelib.domain.command import FieldValue
from chalicelib.domain.sync import Row

_DIGEST = 8


def canonical(value: FieldValue) -> str:
    """Write a value as it is compared: platforms know no null, write numbers as text and flags as words."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"{value:.1f}".removesuffix(".0")
    return value.strip()


def field_hash(record: str, word: str, value: FieldValue) -> str:
    """Hash one value, in 16 hex digits; the record goes in, so that equal values of two can't be matched.

    An e-mail address is the same in whatever case a platform keeps it.
    """
    text = canonical(value).casefold() if word == "email" else canonical(value)
    return _hash(f"{record}\x1f{word}\x1f{text}")


def field_hashes(row: Row) -> dict[str, str]:
    """Hash each value of a row, by word."""
    return {word: field_hash(row.record, word, value) for word, value in sorted(row.values.items())}


def checksum(row: Row, hashes: Mapping[str, str]) -> str:
    """Hash a whole row as it is to be written: equal rows need not be written again."""
    whole = "\x1f".join(f"{word}={each}" for word, each in sorted(hashes.items()))
    return _hash(f"{row.record}\x1f{row.person}\x1f{row.email.casefold()}\x1f{whole}")


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=_DIGEST).hexdigest()
