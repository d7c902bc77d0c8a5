"""What a rule finds in a value, and the proposal that a person decides on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

Confidence = Literal["high", "medium", "low"]
"""Certain; as good as certain; a suggestion, which is made only where a person says so."""

Decision = Literal["apply", "skip", "note"]
"""Make it; leave it; there is nothing to make, it is only marked."""

CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
DECISIONS: tuple[Decision, ...] = get_args(Decision)

OBJECTS = ("Lead", "Contact", "Account")
"""What is cleansed, in this order."""

CONSENT = "consent"
"""How the `field` of a proposal begins that is about a consent: `consent email/newsletter/main`."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it was read; values as text, empty where there is none."""

    object: str
    id: str
    values: Mapping[str, str]

    def get(self, name: str) -> str:
        """Give a value; empty where the org has no such field."""
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says about one value.

    Attributes:
        after: the value as it should be; None where the value is only marked.
    """

    rule: str
    why: str
    confidence: Confidence = "high"
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One row of a plan.

    Attributes:
        number: its place in the plan, from 1 on; 0 until it has one.
        field: API name, or what a consent is about.
        before: the value that was read; of a consent the fields that tell it, as a JSON object.
        detail: of a consent what goes into the ledger, as a JSON object; empty otherwise.
    """

    object: str
    record: str
    field: str
    before: str
    after: str
    rule: str
    confidence: Confidence
    why: str
    decision: Decision
    detail: str = ""
    number: int = 0

    @property
    def is_consent(self) -> bool:
        """Whether it goes into the ledger and not into a field."""
        return self.field.startswith(CONSENT)


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found in one record: by field, in the order of the rules; and its consents."""

    record: Record
    by_field: Mapping[str, tuple[Finding, ...]] = field(default_factory=dict)


def proposals(found: Found) -> list[Proposal]:
    """Turn findings into rows: for each field what is certain, what is suggested beyond, what is marked."""
    made: list[Proposal] = []
    for name, findings in found.by_field.items():
        changes = [each for each in findings if each.after is not None]
        certain = [each for each in changes if each.confidence != "low"]
        made += _row(found.record, name, certain)
        if changes and changes[-1].confidence == "low":
            made += _row(found.record, name, changes)
        for each in findings:
            if each.after is None:
                made.append(_note(found.record, name, each))
    return made


def _row(record: Record, name: str, changes: list[Finding]) -> list[Proposal]:
    """Propose the last of several changes, each of which begins where the one before ended."""
    if not changes or changes[-1].after == record.get(name):
        return []
    last = changes[-1]
    confidence = max((each.confidence for each in changes), key=CONFIDENCES.index)
    why = "; ".join(dict.fromkeys(each.why for each in changes))
    decision: Decision = "skip" if confidence == "low" else "apply"
    after = last.after or ""
    return [
        Proposal(
            record.object, record.id, name, record.get(name), after, last.rule, confidence, why, decision
        )
    ]


def _note(record: Record, name: str, finding: Finding) -> Proposal:
    before = record.get(name)
    return Proposal(
        record.object, record.id, name, before, "", finding.rule, finding.confidence, finding.why, "note"
    )
