"""What Salesforce holds of an interest that is handed over, and what is written to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from chalicelib.domain.assignment import ESCALATED, Assignment
from chalicelib.domain.engagement import Engagement, PersonKey, Value, engagement_id
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId
from chalicelib.domain.lifecycle import CHANGED
from chalicelib.domain.step import OURSELVES


@dataclass(frozen=True, slots=True)
class HandedOver:
    """An interest as Salesforce has it.

    Attributes:
        record_id: of the interest's record.
        person: its Lead or Contact.
        owner: id of the user or queue that has it, 18 characters.
        account_owner: id of the user; empty where there is no Account.
        attributes: what routing looks at.
    """

    interest: InterestId
    record_id: str
    person: PersonKey
    stage: str
    owner: str
    account_owner: str = ""
    account: str = ""
    accept_by: Instant | None = None
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Absence:
    """Days, the first and the last among them, on which somebody is away."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Handover:
    """What is written to an interest: another owner, another stage, or the Contact whose it is by now.

    Attributes:
        told: the engagement by which the person's history learns of it; None where it knows.
    """

    record_id: str
    told: Engagement | None = None
    contact: str | None = None
    assignment: Assignment | None = None
    stage: str | None = None
    reason: str | None = None

    @property
    def is_escalation(self) -> bool:
        """Whether somebody gets it since nobody had accepted it in time."""
        return self.assignment is not None and self.assignment.how == ESCALATED


def to_stage(held: HandedOver, stage: str, reason: str | None, at: Instant, why: str) -> Handover:
    """Take an interest to a stage without anybody's doing; the same step is told by the same engagement.

    Args:
        held: the interest.
        stage: that it gets.
        reason: why it is closed; None where it isn't.
        at: when it fell due, or what made it necessary was known.
        why: of the step, as `overdue`; it makes the engagement's id.
    """
    told: dict[str, Value] = {"interest_id": held.interest, "stage": stage, "actor": OURSELVES, "cause": why}
    if reason is not None:
        told["reason"] = reason
    engagement = Engagement(
        id=engagement_id(OURSELVES, why, held.interest, str(at)),
        kind=CHANGED,
        occurred_at=at,
        source=OURSELVES,
        keys=(held.person,),
        attributes=told,
    )
    return Handover(held.record_id, engagement, stage=stage, reason=reason)


def absent_until(absences: list[Absence], day: date) -> str:
    """Tell the last day of the absence that a day lies in, as `2026-01-31`; empty where it lies in none.

    Absences that follow upon each other count as one.
    """
    last = None
    for each in sorted(absences, key=lambda each: each.first):
        if each.first <= day <= each.last or (last is not None and (each.first - last).days <= 1):
            last = each.last if last is None else max(last, each.last)
    return "" if last is None else last.isoformat()
