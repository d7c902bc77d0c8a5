"""How the consent ledger lies in the table: an entry an item, and in the state what they add up to."""

import json
from typing import Any

from chalicelib.domain.consent import Fold, Subject
from chalicelib.domain.interest import PersonId
from chalicelib.domain.ledger import Entry

Item = dict[str, Any]

PREFIX = "CONSENT#"


def entry_item(entry: Entry) -> Item:
    """Write an entry; its place in the chain is its sort key, so that two can't take the same place."""
    subject = entry.subject
    body = {
        "engagement": entry.engagement,
        "subject": [subject.channel, subject.purpose, subject.brand],
        "kind": entry.kind,
        "basis": entry.basis,
        "evidence": dict(entry.evidence),
        "captured_at": entry.captured_at,
        "recorded_at": entry.recorded_at,
        "source": entry.source,
        "previous": entry.previous,
        "hash": entry.hash,
    }
    return {
        "pk": {"S": f"PERSON#{entry.person}"},
        "sk": {"S": f"{PREFIX}{entry.sequence:08d}"},
        "body": {"S": json.dumps(body, separators=(",", ":"), ensure_ascii=False)},
    }


def entry_of(item: Item) -> Entry:
    """Read an entry, as it stands there: whether it is as it was written, its hash tells."""
    body: dict[str, Any] = json.loads(item["body"]["S"])
    return Entry(
        person=PersonId(item["pk"]["S"].removeprefix("PERSON#")),
        sequence=int(item["sk"]["S"].removeprefix(PREFIX)),
        engagement=body["engagement"],
        subject=Subject(*body["subject"]),
        kind=body["kind"],
        basis=body["basis"],
        evidence=body["evidence"],
        captured_at=body["captured_at"],
        recorded_at=body["recorded_at"],
        source=body["source"],
        previous=body["previous"],
        hash=body["hash"],
    )


def fold_to_json(subject: Subject, fold: Fold) -> list[Any]:
    """Write what is known about a subject."""
    return [
        [subject.channel, subject.purpose, subject.brand],
        [fold.withdrawn, fold.confirmed, dict(fold.claimed), fold.requested, fold.unproven],
    ]


def fold_from_json(plain: Any) -> tuple[Subject, Fold]:
    """Read back what `fold_to_json` wrote."""
    subject, parts = plain
    return Subject(*subject), Fold(*parts)
