"""What is known of a record's row in a marketing automation: the decision about it, and what was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from chalicelib.domain.consent import Basis
from chalicelib.domain.eligibility import Decision
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Platform

Outcome = Literal["none", "written", "failed", "unprocessed", "withdrawn"]
"""What became of the last attempt; `none` where nothing had to be done."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a record's row may be in a marketing automation, and why.

    Attributes:
        person: whose record it is, where somebody in the store is known by it.
        eligible: whether its row belongs there.
        reason: why, or why not, without personal data.
        basis: the legal basis of the permission; its proof is the ledger's entry captured, or confirmed by a
            click, at `since`.
        purpose: of the consent that permits it.
        gone: Salesforce has the record no more: deleted, merged away or converted.
    """

    person: PersonId | None
    eligible: bool
    reason: str
    basis: Basis | None = None
    purpose: str = ""
    since: Instant | None = None
    gone: bool = False


@dataclass(frozen=True, slots=True)
class SyncState:
    """A record on one platform.

    Attributes:
        record: `contact:003...` or `lead:00Q...`.
        account: of a Contact, the Account's id.
        held: whether the platform holds a row of the record.
        remote_id: the platform's own name of the row, where it is known.
        stands_back_for: another record of the same person, which has the one row that they share.
        checksum: of the row as it was last written, or as it was last refused.
        hashes: of each value as it was last written, by word.
        outcome: of the last attempt.
        failure: why it failed.
        written_at: when a row was last written or taken away.
    """

    platform: Platform
    record: str
    verdict: Verdict
    decided_at: Instant
    account: str | None = None
    held: bool = False
    remote_id: str | None = None
    stands_back_for: str = ""
    checksum: str = ""
    hashes: Mapping[str, str] = field(default_factory=dict)
    outcome: Outcome = "none"
    failure: str = ""
    written_at: Instant | None = None


def verdict_of(person: PersonId, decision: Decision) -> Verdict:
    """Say what a decision about a person means for their record."""
    subject = decision.subject
    return Verdict(
        person,
        decision.eligible,
        decision.reason,
        decision.basis,
        "" if subject is None else f"{subject.purpose}/{subject.brand}",
        decision.since,
    )


def forget_written(state: SyncState) -> SyncState:
    """Forget what the row was when it was last written, so that it is written again."""
    return replace(state, checksum="")
