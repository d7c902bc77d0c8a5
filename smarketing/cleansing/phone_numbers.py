"""Telephone numbers in E.164 (ITU-T), read by the rules of the record's country with phonenumbers."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smarketing.cleansing.plain_text import tidied, tidy
from smarketing.cleansing.proposal import Confidence, Finding

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_SEVERAL = re.compile(
    r"(?:\d[\s()-]*){6}(?:(?:[,;|]|\boder\b|\bund\b|\bor\b)\s*[+(]?\d|\s*/\s*[+(]*0)[\d\s()/-]{4}",
    re.IGNORECASE,
)
_EXTENSION = re.compile(
    r"\b(?:durchwahl|dw|app\.?|apparat|nst\.?|klappe|kl\.?)\s*:?\s*(\d{1,6})\s*$", re.IGNORECASE
)
_LABEL = re.compile(
    r"^(?:tel(?:efon)?|fon|phone|mobil(?:e)?|handy|zentrale)\s*[.:]*\s*(?=[+(\d])", re.IGNORECASE
)
_REMARK = re.compile(r"\s*\([^\W\d_][^()\d]*\)$")
"""What somebody noted behind a number, as in `030 1234567 (Zentrale)`."""
_LETTERS = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number that was understood; an extension follows it as `ext. 12`."""

    text: str
    confidence: Confidence
    mobile: bool
    why: str


def check_phone(text: str, region: str, *, known: bool = True) -> list[Finding]:
    """Say how a number should be written.

    Args:
        region: alpha-2 code of the country whose rules a national number follows.
        known: whether it is the record's own country, and not merely the usual one.
    """
    bare = tidied(text)
    if not bare:
        return tidy(text)
    if _SEVERAL.search(bare):
        return [*tidy(text), Finding("phone_several", "several numbers in one field")]
    number = read_phone(bare, region, known=known)
    if number is None:
        return [
            *tidy(text),
            Finding("phone_invalid", f"no number that is in use, read by the rules of {region}"),
        ]
    if number.text == text:
        return []
    return [Finding("phone", number.why, number.confidence, number.text)]


def read_phone(text: str, region: str, *, known: bool = True) -> Number | None:
    """Understand a number; None where no country uses such a one."""
    from phonenumbers import PhoneNumberType, number_type

    plain = _EXTENSION.sub(r"ext. \1", _REMARK.sub("", _LABEL.sub("", text)))
    parsed = _parsed(plain, region)
    confidence: Confidence = "high" if known or plain.startswith(("+", "00")) else "medium"
    if plain[:1] in "123456789" and _begins_with_zero(region):
        # Spreadsheets swallow the plus sign, and the zeroes, of a number: whose it is can only be guessed.
        parsed, confidence = parsed or _parsed(f"+{plain}", region), "low"
    if parsed is None:
        return None
    if _LETTERS.search(plain.partition("ext.")[0]):
        confidence = "low"
    mobile = number_type(parsed) == PhoneNumberType.MOBILE
    kind = "mobile" if mobile else "landline or other"
    return Number(_written(parsed), confidence, mobile, f"E.164 by the rules of {region}, {kind}")


def _parsed(text: str, region: str) -> "PhoneNumber | None":
    from phonenumbers import NumberParseException, is_valid_number, parse

    try:
        number = parse(text, region)
    except NumberParseException:
        return None
    return number if is_valid_number(number) else None


def _begins_with_zero(region: str) -> bool:
    from phonenumbers import ndd_prefix_for_region

    return ndd_prefix_for_region(region, strip_non_digits=True) == "0"


def _written(number: "PhoneNumber") -> str:
    from phonenumbers import PhoneNumberFormat, format_number

    written = format_number(number, PhoneNumberFormat.E164)
    return f"{written} ext. {number.extension}" if number.extension else written
