"""The stages of an interest: which step may follow which, and which one an engagement tells."""

from dataclasses import dataclass

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId
from chalicelib.domain.model import Lifecycle, Transition
from chalicelib.domain.person import Person

CHANGED = "interest_changed"
"""The kind of engagement by which Salesforce tells an interest's stage."""


def refusal(lifecycle: Lifecycle, source: str, target: str) -> str | None:
    """Say why an interest must not go from one stage to another; None where it may."""
    if target not in lifecycle.stages:
        return f"{target!r} is no stage of the playbook"
    if Transition(source, target) not in lifecycle.transitions:
        return f"the playbook has no step from {source} to {target}"
    return None


@dataclass(frozen=True, slots=True)
class Step:
    """A step that people in Salesforce took with one of the person's latest interests."""

    interest: InterestId
    product_line: str
    source: str
    target: str
    at: Instant
    reason: str | None


def step_told(person: Person, engagement: Engagement) -> Step | None:
    """Read the step that an engagement tells; None where it tells none that is news."""
    target = engagement.attributes.get("stage")
    if engagement.kind != CHANGED or not isinstance(target, str):
        return None
    for line, summary in person.interests.items():
        if summary.id == engagement.attributes.get("interest_id"):
            if summary.stage == target or summary.changed_at > engagement.occurred_at:
                return None
            reason = engagement.attributes.get("reason")
            return Step(
                summary.id,
                line,
                summary.stage,
                target,
                engagement.occurred_at,
                str(reason) if reason else None,
            )
    return None
