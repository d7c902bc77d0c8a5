"""One human, known under many keys, and what their history adds up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from chalicelib.domain.consent import Folds
from chalicelib.domain.engagement import EngagementId, PersonKey, Position
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, InterestId, PersonId
from chalicelib.domain.ledger import Head
from chalicelib.domain.mailing_state import MailingState


@dataclass(frozen=True, slots=True)
class Fact:
    """The newest value of a profile field and the engagement that told it."""

    value: str
    position: Position


@dataclass(frozen=True, slots=True)
class Bucket:
    """What a rule's bucket held at `as_of`; it has faded since."""

    points: float
    as_of: Instant


@dataclass(frozen=True, slots=True)
class ScoreState:
    """All that the score at any later time, and the next fold, need."""

    buckets: Mapping[str, Bucket] = field(default_factory=dict)
    """By rule."""
    counted: Mapping[str, Instant] = field(default_factory=dict)
    """By rule with `once_per`: when a match last counted."""
    last: Position | None = None
    """The newest engagement that was folded in."""


@dataclass(frozen=True, slots=True)
class HandRaise:
    """The latest engagement by which the person asked to be contacted about a product line."""

    engagement: EngagementId
    kind: str
    at: Instant


@dataclass(frozen=True, slots=True)
class InterestSummary:
    """The latest interest in a product line: what the next decision needs of it."""

    id: InterestId
    number: int
    stage: str
    changed_at: Instant
    opened_at: Instant
    reason: str | None = None
    opportunity: str | None = None
    until: Instant | None = None
    """Before this the product line opens no other; people said so."""
    accept_by: Instant | None = None
    """Until when sales has to accept it."""
    amount: float | None = None
    """Worth of the Opportunity that came of it, in the org's currency."""


def summary_of(interest: Interest) -> InterestSummary:
    """Give what the next decision needs of an interest."""
    return InterestSummary(
        interest.id,
        interest.number,
        interest.stage,
        interest.changed_at,
        interest.opened_at,
        interest.reason,
        interest.opportunity,
        interest.until,
        interest.accept_by,
        interest.amount,
    )


@dataclass(frozen=True, slots=True)
class Person:
    """A person's state: the fold of their history under one playbook version, and their open business."""

    id: PersonId
    version: int
    """Counts the changes; a writer that read another version loses."""
    playbook: str
    keys: frozenset[PersonKey]
    score: ScoreState = field(default_factory=ScoreState)
    profile: Mapping[str, Fact] = field(default_factory=dict)
    consents: Folds = field(default_factory=dict)
    hand_raises: Mapping[tuple[str, str], HandRaise] = field(default_factory=dict)
    """By gate and product line."""
    interests: Mapping[str, InterestSummary] = field(default_factory=dict)
    """The latest by product line."""
    absorbed: tuple[PersonId, ...] = ()
    """Persons that turned out to be this one; their part of the history stays where it was written."""
    mailing: MailingState = field(default_factory=MailingState)
    """What decides about their next mailing."""
    engagements: int = 0
    last_touchpoint: Position | None = None
    due_at: Instant | None = None
    """When the numbers next change by themselves: the score fades under a gate, a cool-off is over."""
    ledger: Head | None = None
    """The end of the consent ledger's chain."""
    told_at: Instant | None = field(default=None, compare=False)
    """The time for which Salesforce was last told the numbers, so that what it holds can be verified."""
