"""The consent ledger: what was said about a person's consents, never changed, chained by hash.

Each entry holds the hash of the one before it, so that nobody can change, take out or slip in one unseen; the
person's state holds the last one's, so that nobody can cut the end off. A person has one chain; that of an
absorbed person stays where it was written.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from chalicelib.domain.consent import Basis, Consent, ConsentKind, Folds, Subject, fold
from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId

BEGINNING = "0" * 64
"""What stands where the first entry of a chain names the one before it."""


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: how many entries it has and the last one's hash."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry.

    Attributes:
        sequence: from 1 on, without a gap.
        engagement: the one that told it.
        captured_at: when the person said it.
        recorded_at: when it was written here.
        source: who told us.
        previous: the hash of the entry before.
        hash: SHA-256 of all the others in canonical JSON, 64 hex digits.
    """

    person: PersonId
    sequence: int
    engagement: EngagementId
    subject: Subject
    kind: ConsentKind
    basis: Basis | None
    evidence: Mapping[str, str]
    captured_at: Instant
    recorded_at: Instant
    source: str
    previous: str
    hash: str = ""

    @property
    def consent(self) -> Consent:
        """What was said."""
        return Consent(self.subject, self.kind, self.basis, self.evidence)


@dataclass(frozen=True, slots=True)
class Broken:
    """A place where a chain does not hold."""

    sequence: int
    reason: str


def chain(
    person: PersonId, head: Head | None, engagement: Engagement, now: Instant
) -> tuple[tuple[Entry, ...], Head | None]:
    """Put what an engagement says about consents behind a chain's head; give the entries and the new head."""
    entries = []
    for consent in engagement.consents:
        entry = Entry(
            person=person,
            sequence=1 if head is None else head.sequence + 1,
            engagement=engagement.id,
            subject=consent.subject,
            kind=consent.kind,
            basis=consent.basis,
            evidence=dict(consent.evidence),
            captured_at=engagement.occurred_at,
            recorded_at=now,
            source=engagement.source,
            previous=BEGINNING if head is None else head.hash,
        )
        entry = replace(entry, hash=hash_of(entry))
        head = Head(entry.sequence, entry.hash)
        entries.append(entry)
    return tuple(entries), head


def hash_of(entry: Entry) -> str:
    """Compute an entry's hash from everything else in it."""
    plain = asdict(entry)
    del plain["hash"]
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def broken_links(entries: Sequence[Entry], head: Head | None) -> Iterator[Broken]:
    """Find where a chain, in its order, does not hold: changed, missing or cut off."""
    previous, last = BEGINNING, 0
    for entry in entries:
        if entry.sequence != last + 1:
            yield Broken(entry.sequence, f"follows entry {last}: entries between them are missing")
        elif entry.previous != previous:
            yield Broken(entry.sequence, "does not name the entry before it")
        if hash_of(entry) != entry.hash:
            yield Broken(entry.sequence, "was changed after it was written")
        previous, last = entry.hash, entry.sequence
    if (head.sequence, head.hash) != (last, previous) if head is not None else bool(entries):
        expected = 0 if head is None else head.sequence
        yield Broken(last, f"is not the end that the person's state names, entry {expected}")


def folded(entries: Iterator[Entry] | Sequence[Entry]) -> Folds:
    """Fold what entries say, so that it can be held against the person's state."""
    folds: Folds = {}
    for entry in entries:
        folds = fold(folds, entry.consent, entry.captured_at)
    return folds
