"""What others know of a person's company: found values, where they came from, and which of them are taken.

A found value only ever fills an empty field. What a human entered stands, also where a human emptied a field
that had been filled before: the note on the interest says what was filled, and nothing is filled twice.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.instant import Instant, iso, parse_instant
from chalicelib.errors import Rejected

ACCOUNT = "account_id"
"""The field by which an interest is tied to the company that is a customer already."""

Fate = Literal["filled", "kept"]


@dataclass(frozen=True, slots=True)
class Found:
    """A value that somebody else gave: of which field, by whom and when."""

    field: str
    value: str
    source: str
    found_at: Instant


@dataclass(frozen=True, slots=True)
class Link:
    """A search that opens when somebody clicks; nothing is fetched before."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a source gave: values, searches, and remarks for whoever works on the interest."""

    found: tuple[Found, ...] = ()
    links: tuple[Link, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Enquiry:
    """Whom a source is asked about.

    Attributes:
        values: what is known, in our words; nothing empty.
        email_domain: of the company; None where the address is at a free-mail provider, or there is none.
    """

    values: Mapping[str, str]
    email_domain: str | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What became of a found value: it filled the field, or what stood there was kept."""

    found: Found
    fate: Fate


@dataclass(frozen=True, slots=True)
class Filling:
    """What is written, and what the note says of it."""

    values: Mapping[str, str] = field(default_factory=dict)
    provenance: tuple[Provenance, ...] = ()


def fill(
    fields: Collection[str],
    held: Mapping[str, str],
    found: Iterable[Found],
    before: Sequence[Provenance] = (),
) -> Filling:
    """Choose which found values to write: the first for each field that is empty and never was filled.

    Args:
        fields: that may be filled at all.
        held: what the record has; an empty text is none.
        found: in the order in which the sources are trusted.
        before: what earlier fillings did; it stands at the beginning of the new note.
    """
    values: dict[str, str] = {}
    said = list(before)
    settled = {each.found.field for each in before if each.fate == "filled"}
    known = {(each.found.field, each.found.value, each.found.source) for each in before}
    for each in found:
        value = _plain(each.value)
        if each.field not in fields or not value or (each.field, value, each.source) in known:
            continue
        known.add((each.field, value, each.source))
        each = Found(each.field, value, each.source, each.found_at)
        there = held.get(each.field, "").strip() or values.get(each.field, "")
        if there.casefold() == value.casefold():
            continue
        if there or each.field in settled:
            said.append(Provenance(each, "kept"))
            continue
        values[each.field] = value
        said.append(Provenance(each, "filled"))
    return Filling(values, tuple(said))


def still_empty(fields: Sequence[str], held: Mapping[str, str]) -> tuple[str, ...]:
    """Name the fields that nobody has filled, in the given order."""
    return tuple(name for name in fields if not held.get(name, "").strip())


def note_of(provenance: Iterable[Provenance], remarks: Iterable[str] = ()) -> str:
    """Write what was found as lines that people read and `provenance_of` reads back."""
    lines = [
        f"{iso(each.found.found_at)} {each.found.field} {each.fate}: {each.found.value} [{each.found.source}]"
        for each in provenance
    ]
    return "\n".join([*lines, *(f"- {_plain(remark)}" for remark in remarks)])


def provenance_of(note: str) -> tuple[Provenance, ...]:
    """Read a note; lines that people added, or changed beyond recognition, are left out."""
    read = (_LINE.fullmatch(line.strip()) for line in note.split("\n"))
    return tuple(each for match in read if match is not None and (each := _provenance(match)) is not None)


def company_domain(email: str, free_mail: Collection[str]) -> str | None:
    """Give the domain of an address where it names a company; None for free mail and what is no address."""
    _, _, domain = email.strip().casefold().rpartition("@")
    if not _DOMAIN.fullmatch(domain):
        return None
    parts = domain.split(".")
    above = {".".join(parts[start:]) for start in range(len(parts) - 1)}
    return None if above & {each.casefold() for each in free_mail} else domain


_LINE = re.compile(r"(\S+) ([a-z][a-z0-9_]*) (filled|kept): (.+) \[([^\[\]]+)\]")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


def _provenance(match: re.Match[str]) -> Provenance | None:
    written_at, name, fate, value, source = match.groups()
    try:
        found_at = parse_instant(written_at)
    except Rejected:
        return None
    return Provenance(Found(name, value, source, found_at), "filled" if fate == "filled" else "kept")


def _plain(text: str) -> str:
    """Write a text on one line."""
    return " ".join(text.split())
