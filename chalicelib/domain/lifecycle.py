"""The stages of an interest: which step may follow which, and where the steps that people took lead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.interest import Interest, InterestId
from chalicelib.domain.model import Lifecycle, Transition

CHANGED = "interest_changed"
"""The kind of engagement by which Salesforce tells an interest's stage."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the steps led an interest, and why some of them were refused."""

    interest: Interest
    refused: Mapping[EngagementId, str]


def refusal(lifecycle: Lifecycle, source: str, target: str) -> str | None:
    """Say why an interest must not go from one stage to another; None where it may."""
    if target not in lifecycle.stages:
        return f"{target[:40]!r} is no stage of the playbook"
    if Transition(source, target) not in lifecycle.transitions:
        return f"the playbook has no step from {source} to {target}"
    return None


def told_interest(engagement: Engagement) -> InterestId | None:
    """Name the interest of which an engagement tells a step; None where it tells none."""
    attributes = engagement.attributes
    if engagement.kind != CHANGED or not isinstance(attributes.get("stage"), str):
        return None
    named = attributes.get("interest_id")
    return InterestId(named) if isinstance(named, str) else None


def steps_of(interest: InterestId, history: Iterable[Engagement]) -> Sequence[Engagement]:
    """Pick what a history in order tells of an interest's steps."""
    return [engagement for engagement in history if told_interest(engagement) == interest]


def follow(lifecycle: Lifecycle, interest: Interest, steps: Iterable[Engagement]) -> Followed:
    """Take the steps in their order; one that the lifecycle forbids is refused, the next one tried.

    A step to the stage that the interest has, or from before the interest got there, is no news.
    """
    refused: dict[EngagementId, str] = {}
    for step in steps:
        target = str(step.attributes["stage"])
        if target == interest.stage or step.occurred_at < interest.changed_at:
            continue
        if why := refusal(lifecycle, interest.stage, target):
            refused[step.id] = why
            continue
        reason = step.attributes.get("reason")
        interest = replace(
            interest, stage=target, changed_at=step.occurred_at, reason=str(reason) if reason else None
        )
    return Followed(interest, refused)


def as_opened(lifecycle: Lifecycle, interest: Interest) -> Interest:
    """Give an interest as it was when it opened."""
    return replace(interest, stage=lifecycle.handoff_stage, changed_at=interest.opened_at, reason=None)
