"""The proof of a person's consents: what an authority, or the person, is shown (GDPR article 7(1))."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.consent import EVERY, Standing, Subject, missing_evidence
from chalicelib.domain.instant import iso
from chalicelib.domain.ledger import Entry
from chalicelib.domain.model import Model
from chalicelib.domain.permission import permission, permissions
from chalicelib.domain.person import Person

Wordings = Mapping[tuple[str, str], Mapping[str, str]]
"""The words that were ever published, by purpose and version; each by language."""


@dataclass(frozen=True, slots=True)
class Proven:
    """One consent: how it stands, and all that was said about it, the oldest first."""

    subject: Subject
    standing: Standing
    entries: tuple[Entry, ...]


def proof_of(model: Model, person: Person, entries: Sequence[Entry]) -> list[Proven]:
    """Gather what was said about each consent of a person, withdrawals of everything included.

    Consents about which nothing was said are left out.
    """
    asked = [subject for purpose in model.purposes for subject, _ in permissions(model, person, purpose)]
    told = sorted(
        {each.subject for each in entries if EVERY not in (each.subject.purpose, each.subject.brand)}
    )
    proven = []
    for subject in dict.fromkeys((*asked, *told)):
        about = [each for each in entries if _is_about(each.subject, subject)]
        if about:
            about.sort(key=lambda each: (each.captured_at, each.recorded_at, each.sequence))
            proven.append(Proven(subject, permission(model, person, subject), tuple(about)))
    return proven


def plain_proof(person: Person, proven: Iterable[Proven], wordings: Wordings) -> dict[str, Any]:
    """Write the proof as JSON values; times in ISO 8601, UTC."""
    return {
        "person": person.id,
        "consents": [
            {
                "channel": each.subject.channel,
                "purpose": each.subject.purpose,
                "brand": each.subject.brand,
                "state": each.standing.state,
                "basis": each.standing.basis,
                "since": None if each.standing.since is None else iso(each.standing.since),
                "entries": [_plain_entry(entry, wordings) for entry in each.entries],
            }
            for each in proven
        ],
    }


def read_aloud(proven: Iterable[Proven], wordings: Wordings) -> Iterator[str]:
    """Write the proof as lines that a person can read."""
    for each in proven:
        subject, standing = each.subject, each.standing
        since = f" since {iso(standing.since)}" if standing.since is not None else ""
        basis = f" ({_BASES[standing.basis]})" if standing.basis is not None else ""
        what = f"{subject.purpose} by {subject.channel}, {subject.brand}"
        yield f"{what}: {standing.state.upper()}{basis}{since}"
        for entry in each.entries:
            yield from _entry_lines(entry, wordings)
        yield ""


_BASES = {
    "double_opt_in": "double opt-in",
    "existing_customer": "existing customer, UWG section 7(3)",
    "contract": "contract",
}


def _is_about(said: Subject, subject: Subject) -> bool:
    return (
        said.channel == subject.channel
        and said.purpose in (subject.purpose, EVERY)
        and said.brand in (subject.brand, EVERY)
    )


def _entry_lines(entry: Entry, wordings: Wordings) -> Iterator[str]:
    what = f"{entry.kind} on the basis {_BASES[entry.basis]}" if entry.basis is not None else entry.kind
    if entry.subject.purpose == EVERY:
        what += f", everything by {entry.subject.channel}"
    recorded = f"told by {entry.source}, recorded {iso(entry.recorded_at)}, entry {entry.sequence}"
    yield f"  {iso(entry.captured_at)}  {what}; {recorded}"
    for name, value in sorted(entry.evidence.items()):
        yield f"      {name.replace('_', ' ')}: {value}"
    if words := _words(entry, wordings):
        yield f"      words: {words}"
    if lacking := missing_evidence(entry.consent):
        yield f"      no proof: lacks {', '.join(lacking)}"


def _words(entry: Entry, wordings: Wordings) -> str | None:
    texts = wordings.get((entry.subject.purpose, entry.evidence.get("wording_version", "")), {})
    return texts.get(entry.evidence.get("language", "")[:2]) or texts.get("en")


def _plain_entry(entry: Entry, wordings: Wordings) -> dict[str, Any]:
    return {
        "entry": entry.sequence,
        "kind": entry.kind,
        "basis": entry.basis,
        "purpose": entry.subject.purpose,
        "captured_at": iso(entry.captured_at),
        "recorded_at": iso(entry.recorded_at),
        "source": entry.source,
        "engagement": entry.engagement,
        "evidence": dict(sorted(entry.evidence.items())),
        "words": _words(entry, wordings),
        "lacking": list(missing_evidence(entry.consent)),
        "previous": entry.previous,
        "hash": entry.hash,
    }
