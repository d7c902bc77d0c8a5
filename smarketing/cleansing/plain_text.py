"""Text without what nobody sees or meant: blanks, invisible characters, HTML entities.

Characters: Unicode Standard, general categories Cc, Cf and Zs; entities: HTML, section 13.5.
"""

import html
import re
import unicodedata

from smarketing.cleansing.proposal import Finding

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
"""With its semicolon only: `R&D` is none."""

_MEANT = frozenset("\u200c\u200d")
"""Joiners, which scripts such as Persian and Hindi need."""

_LATIN = re.compile(r"^[\x00-\u024f\u1e00-\u1eff\u2000-\u206f\ufeff\W\d_]*$")
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")


def tidy(text: str) -> list[Finding]:
    """Say how a single-line text is written without garbage; nothing where there is none."""
    found: list[Finding] = []
    for rule, why, mend in (
        ("html_entity", "HTML entities written out", written_out),
        ("invisible", "invisible characters taken out", visible),
        ("blanks", "blanks at the ends or doubled", single_blanks),
    ):
        before = text
        text = mend(text)
        if text != before:
            found.append(Finding(rule, why, "high", text))
    return found


def tidied(text: str) -> str:
    """Give a text as `tidy` would have it."""
    return single_blanks(visible(written_out(text)))


def written_out(text: str) -> str:
    """Replace HTML entities, also those that were escaped several times."""
    while _ENTITY.search(text):
        replaced = _ENTITY.sub(_character, text)
        if replaced == text:
            return text
        text = replaced
    return text


def visible(text: str) -> str:
    """Take out characters that take no room, and compose letters with their accents (NFC)."""
    if text.isprintable():
        return unicodedata.normalize("NFC", text)
    latin = _LATIN.match(text) is not None
    kept = (each for each in unicodedata.normalize("NFC", text) if not _invisible(each, latin))
    return unicodedata.normalize("NFC", "".join(kept))


def single_blanks(text: str) -> str:
    """Write every run of blanks, tabs and lines as one blank, and none at the ends."""
    return _BLANKS.sub(" ", _LINES.sub(" ", text)).strip()


def _character(match: re.Match[str]) -> str:
    return html.unescape(match[0])


def _invisible(character: str, latin: bool) -> bool:
    if character in _MEANT:
        return latin
    # Tabs and lines are blanks, of which the next step makes one.
    return not character.isspace() and unicodedata.category(character) in ("Cc", "Cf")
