"""A row of an interest's history: which step it took or was refused, by whom, because of what."""

from dataclasses import dataclass

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, InterestId

OURSELVES = "smarketing"
"""The actor of a step that no person took."""

MERGED = "merged"
"""The cause of a step that two persons' turning out to be one made."""

TIME = "time"
"""The cause of a step that nobody's doing made: a cool-off was over, a service level passed."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step.

    Attributes:
        source: the stage before; None where the interest opened.
        at: when it was taken.
        cause: the id of the engagement that made it, or `merged`, or `time`.
        actor: who took it: a Salesforce user's id, another source of engagements, or `smarketing`.
        reason: the gate that opened it, or why it was rejected or recycled.
        refused: why the playbook did not let it be; None where it was taken.
        owner: who got the interest; None where that did not change. The stage may be the same as before.
    """

    interest: InterestId
    source: str | None
    target: str
    at: Instant
    cause: str
    actor: str
    reason: str | None = None
    refused: str | None = None
    owner: str | None = None


def opened(interest: Interest, engagement: Engagement | None) -> Step:
    """Write down that an interest opened, by an engagement or by the mere passing of time."""
    return Step(
        interest.id,
        None,
        interest.stage,
        interest.opened_at,
        TIME if engagement is None else engagement.id,
        OURSELVES,
        interest.gate,
    )


def moved(before: Interest, after: Interest, engagement: Engagement) -> Step:
    """Write down that an engagement led an interest to another stage, to another owner, or to both."""
    same_stage = before.stage == after.stage
    return Step(
        after.id,
        before.stage,
        after.stage,
        engagement.occurred_at if same_stage else after.changed_at,
        engagement.id,
        actor_of(engagement),
        None if same_stage else after.reason,
        owner=None if before.owner == after.owner else after.owner,
    )


def refused(before: Interest, engagement: Engagement, target: str, why: str) -> Step:
    """Write down that a step was tried and refused."""
    return Step(
        before.id,
        before.stage,
        target[:40],
        engagement.occurred_at,
        engagement.id,
        actor_of(engagement),
        refused=why,
    )


def closed_as_duplicate(before_stage: str, after: Interest) -> Step:
    """Write down that an interest was closed since the person has another one in the product line."""
    return Step(after.id, before_stage, after.stage, after.changed_at, MERGED, OURSELVES, after.reason)


def actor_of(engagement: Engagement) -> str:
    """Tell who did what an engagement tells: the user whom it names, else its source."""
    return str(engagement.attributes.get("actor") or engagement.source)
