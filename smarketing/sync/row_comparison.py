"""Compares the rows that a marketing automation holds with those that it should hold, row by row.

Only digests of the values are kept, so that neither memory nor a report ever holds what a person gave.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.interest import PersonId
from chalicelib.domain.row_hashes import canonical
from chalicelib.domain.sync import Platform, Row

What = Literal["missing", "differs", "held without permission", "held without proof", "held twice"]

_DIGEST = 8
_PROGRESS = 1_000


@dataclass(frozen=True, slots=True)
class RowDifference:
    """A row that is not as it should be.

    Attributes:
        record: `contact:003...`, `lead:00Q...`; of a row that names none, the platform's own id of it.
        field: the word whose value differs.
    """

    person: PersonId
    record: str
    what: What
    field: str = ""

    @property
    def title(self) -> str:
        """What is wrong, without anything that a person gave."""
        return f"{self.record}: {self.what}" + (f", {self.field}" if self.field else "")


@dataclass(frozen=True, slots=True)
class Side:
    """How many rows a side has, and their checksum: the same for the same rows in whatever order."""

    rows: int = 0
    checksum: str = "0" * 16

    def __add__(self, row: str) -> "Side":
        """Count a row in, by the hash of the whole of it: 16 hex digits."""
        total = (int(self.checksum, 16) + int(row, 16)) % 2**64
        return Side(self.rows + 1, f"{total:016x}")


@dataclass(frozen=True, slots=True)
class Digest:
    """A row without its values: who it is of, and a hash of the whole and of each field.

    Attributes:
        fields: eight bytes for each of the words, in their order.
    """

    person: PersonId
    whole: str
    fields: bytes


@dataclass(slots=True)
class RowComparison:
    """What was compared on one platform, and what is not as it should be."""

    platform: Platform
    expected: Side = field(default_factory=Side)
    held: Side = field(default_factory=Side)
    found: list[RowDifference] = field(default_factory=list)

    @property
    def differences(self) -> int:
        """All that is not as it should be."""
        return len(self.found)

    @property
    def to_push_again(self) -> Collection[str]:
        """Name the records whose rows the next push has to write or take away."""
        return dict.fromkeys(each.record for each in self.found if ":" in each.record)

    def by_kind(self) -> Mapping[str, int]:
        """Count the differences by what is wrong and field, the most first."""
        counted = Counter(f"{each.what}, {each.field}" if each.field else each.what for each in self.found)
        return dict(counted.most_common())


def compare_rows(
    platform: Platform,
    expected: Iterable[Row],
    held: Iterable[Row],
    words: Sequence[str],
    unproven: Callable[[Collection[PersonId]], Collection[PersonId]],
    progress: Callable[[RowComparison], None] = lambda _: None,
) -> RowComparison:
    """Compare both sides.

    Args:
        platform: whose rows they are.
        expected: the row of every record whose person may be written to.
        held: every row that the platform holds and writes to.
        words: of the values that are compared: those that others may not change.
        unproven: names those of some persons whose permission the consent ledger does not prove.
        progress: is called now and then.
    """
    comparison = RowComparison(platform)
    wanted: dict[str, Digest] = {}
    for row in expected:
        wanted[row.record] = digest(row, words)
        comparison.expected += wanted[row.record].whole
        _tell(comparison, comparison.expected.rows, progress)
    seen: dict[str, PersonId] = {}
    for row in held:
        there = digest(row, words)
        comparison.held += there.whole
        comparison.found += _of_row(row, there, wanted, seen, words)
        _tell(comparison, comparison.held.rows, progress)
    without_proof = unproven(set(seen.values()))
    comparison.found += [
        RowDifference(person, record, "held without proof")
        for record, person in seen.items()
        if person in without_proof
    ]
    comparison.found += [
        RowDifference(each.person, record, "missing") for record, each in wanted.items() if record not in seen
    ]
    progress(comparison)
    return comparison


def _of_row(
    row: Row,
    there: Digest,
    wanted: Mapping[str, Digest],
    seen: dict[str, PersonId],
    words: Sequence[str],
) -> Iterable[RowDifference]:
    name = row.record or f"{row.remote_id}"
    here = wanted.get(row.record)
    if here is None:
        return [RowDifference(row.person, name, "held without permission")]
    if row.record in seen:
        return [RowDifference(here.person, name, "held twice")]
    seen[row.record] = here.person
    return [
        RowDifference(here.person, name, "differs", word)
        for place, word in enumerate(words)
        if _part(here, place) != _part(there, place)
    ]


def digest(row: Row, words: Sequence[str]) -> Digest:
    """Hash a row's values, each in the one form that all platforms' values are brought to."""
    fields = b"".join(_hash(canonical(row.values.get(word)).encode("utf-8", "replace")) for word in words)
    return Digest(row.person, _hash(row.record.encode() + fields).hex(), fields)


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content, digest_size=_DIGEST).digest()


def _part(row: Digest, place: int) -> bytes:
    return row.fields[place * _DIGEST : (place + 1) * _DIGEST]


def _tell(comparison: RowComparison, rows: int, progress: Callable[[RowComparison], None]) -> None:
    if rows % _PROGRESS == 0:
        progress(comparison)
