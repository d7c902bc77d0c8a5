"""Where the steps that people took lead an interest."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.domain.assignment import ASSIGNED, assigned, owner_told
from chalicelib.domain.checklist import LACKING, ChecklistItem, unchecked
from chalicelib.domain.engagement import Engagement, EngagementId
from chalicelib.domain.instant import Instant, start_of_day
from chalicelib.domain.interest import Interest, InterestId
from chalicelib.domain.model import Lifecycle, OutcomeStep
from chalicelib.domain.person import InterestSummary
from chalicelib.domain.stages import is_with_sales, leads_to, refusal

CHANGED = "interest_changed"
"""The kind of engagement by which Salesforce tells an interest's stage."""

UNTIL = "until"
"""Its attribute that names the day before which nobody is to come back to the person."""

AMOUNT = "amount"
"""The attribute by which an engagement with an Opportunity tells its worth."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where the steps led an interest, and why some of them were refused."""

    interest: Interest
    refused: Mapping[EngagementId, str]


def told_interest(engagement: Engagement) -> InterestId | None:
    """Name the interest of which an engagement tells a step or an owner; None where it tells neither."""
    attributes = engagement.attributes
    if engagement.kind == CHANGED and not isinstance(attributes.get("stage"), str):
        return None
    named = attributes.get("interest_id")
    return InterestId(named) if isinstance(named, str) else None


def opportunity_of(engagement: Engagement) -> str | None:
    """Name the Opportunity that an engagement tells of, by 15 characters of its id."""
    named = engagement.attributes.get("opportunity")
    return str(named)[:15] if named else None


def concerned_line(
    lifecycle: Lifecycle, interests: Mapping[str, InterestSummary], engagement: Engagement, line: str | None
) -> str | None:
    """Find the product line whose latest interest an engagement takes a step further.

    Salesforce names the interest. What happens to an Opportunity is a step of the interest that names it; a
    new one belongs to the interest of its product line that sales has or, where it tells none, to the only
    interest that sales has.

    Args:
        lifecycle: the stages.
        interests: the person's latest, by product line.
        engagement: what happened.
        line: the product line that the engagement belongs to.
    """
    if engagement.kind in (CHANGED, ASSIGNED):
        named = told_interest(engagement)
        return next((each for each, found in interests.items() if found.id == named), None)
    if engagement.kind not in lifecycle.outcomes:
        return None
    opportunity = opportunity_of(engagement)
    for each, found in interests.items():
        if opportunity is not None and found.opportunity == opportunity:
            return each
    with_sales = [each for each, found in interests.items() if _waits_with_sales(lifecycle, found)]
    if line is not None:
        return line if line in with_sales else None
    return with_sales[0] if len(with_sales) == 1 else None


def _waits_with_sales(lifecycle: Lifecycle, interest: InterestSummary) -> bool:
    """Whether an interest passed the check, is open, and has no Opportunity yet."""
    if interest.stage in lifecycle.closed or interest.opportunity is not None:
        return False
    return is_with_sales(lifecycle, interest.stage)


def steps_of(lifecycle: Lifecycle, interest: Interest, history: Iterable[Engagement]) -> Sequence[Engagement]:
    """Pick what a history in order tells of an interest's steps."""
    return [each for each in history if _is_step(lifecycle, interest, each)]


def _is_step(lifecycle: Lifecycle, interest: Interest, engagement: Engagement) -> bool:
    if engagement.kind in (CHANGED, ASSIGNED):
        return told_interest(engagement) == interest.id
    linked = interest.opportunity is not None and opportunity_of(engagement) == interest.opportunity
    return linked and engagement.kind in lifecycle.outcomes


def follow(
    lifecycle: Lifecycle,
    interest: Interest,
    steps: Iterable[Engagement],
    checklist: Sequence[ChecklistItem] = (),
    *,
    may_contact: Callable[[Instant], bool] = lambda _: True,
) -> Followed:
    """Take the steps in their order; one that the lifecycle forbids is refused, the next one tried.

    So is one to or past a checked stage while the checklist, as Salesforce tells it, is not complete, or at a
    time when nobody was permitted to get in touch with the person. Steps that people took one after the other
    may be told as one, since an outbound message carries the state at the time when it is sent (SOAP API
    Developer Guide, Outbound Messaging). A step to the stage that the interest has, or from before the
    interest got there, is no news but for its owner; a closed interest takes the day before which nobody is
    to come back, whenever it is told.
    """
    refused: dict[EngagementId, str] = {}
    for step in steps:
        if step.kind == ASSIGNED:
            interest = assigned(lifecycle.checked, interest, step)
            continue
        told = _told(lifecycle, step)
        if told.stage == interest.stage or step.occurred_at < interest.changed_at:
            interest = _where_it_was(lifecycle, interest, step, told)
            continue
        why = _refusal(lifecycle, interest, step, told)
        if why is None and _is_checked(lifecycle, interest, told):
            why = _without_consent(step, may_contact) or _unchecked(checklist, step)
        if why:
            refused[step.id] = why
        else:
            interest = _further(lifecycle, interest, step, told)
    return Followed(interest, refused)


def _further(lifecycle: Lifecycle, interest: Interest, step: Engagement, told: OutcomeStep) -> Interest:
    return replace(
        interest,
        stage=told.stage,
        changed_at=step.occurred_at,
        reason=told.reason,
        opportunity=interest.opportunity or opportunity_of(step),
        until=_until(step) if told.stage in lifecycle.closed else None,
        owner=owner_told(step) or interest.owner,
        accept_by=None,
        amount=_amount(interest, step),
    )


def _where_it_was(lifecycle: Lifecycle, interest: Interest, step: Engagement, told: OutcomeStep) -> Interest:
    """Take what a step tells besides a stage; who had the interest before it got there has it no more."""
    owner = owner_told(step) if step.occurred_at >= interest.changed_at else None
    return replace(
        interest,
        opportunity=interest.opportunity or opportunity_of(step),
        until=_still_until(lifecycle, interest, step, told) or interest.until,
        owner=owner or interest.owner,
        amount=_amount(interest, step),
    )


def target_of(lifecycle: Lifecycle, step: Engagement) -> str:
    """Name the stage that an engagement says an interest went to."""
    return _told(lifecycle, step).stage


def _told(lifecycle: Lifecycle, step: Engagement) -> OutcomeStep:
    if step.kind != CHANGED:
        return lifecycle.outcomes[step.kind]
    reason = step.attributes.get("reason")
    return OutcomeStep(str(step.attributes["stage"]), str(reason) if reason else None)


def _refusal(lifecycle: Lifecycle, interest: Interest, step: Engagement, told: OutcomeStep) -> str | None:
    by_people = step.kind == CHANGED
    if leads_to(lifecycle, interest.stage, told.stage, past_checks=by_people):
        return None
    if by_people or told.stage not in lifecycle.stages:
        return refusal(lifecycle, interest.stage, told.stage)
    return f"no way leads from {interest.stage} to {told.stage} that passes no check"


def _is_checked(lifecycle: Lifecycle, interest: Interest, told: OutcomeStep) -> bool:
    """Whether a step leads into a checked stage, or can't but lead through one."""
    return told.stage in lifecycle.checked or not leads_to(lifecycle, interest.stage, told.stage)


def as_opened(lifecycle: Lifecycle, interest: Interest) -> Interest:
    """Give an interest as it was when it opened."""
    return replace(
        interest,
        stage=lifecycle.handoff_stage,
        changed_at=interest.opened_at,
        reason=None,
        until=None,
        owner=None,
        accept_by=None,
        amount=None,
    )


def _without_consent(step: Engagement, may_contact: Callable[[Instant], bool]) -> str | None:
    return None if may_contact(step.occurred_at) else "nobody is permitted to get in touch with the person"


def _amount(interest: Interest, step: Engagement) -> float | None:
    """Give the Opportunity's worth after a step: the step's word, or else what was told before."""
    told = step.attributes.get(AMOUNT)
    is_number = isinstance(told, int | float) and not isinstance(told, bool)
    return float(told) if is_number else interest.amount  # type: ignore[arg-type]


def _unchecked(checklist: Sequence[ChecklistItem], step: Engagement) -> str | None:
    """Say what lacks before the step may be taken; None where nothing does.

    A complete checklist and one that nobody told look alike: an outbound message leaves empty fields out.
    """
    lacking = step.attributes.get(LACKING)
    return unchecked(checklist, lacking if isinstance(lacking, str) else None)


def _still_until(
    lifecycle: Lifecycle, interest: Interest, step: Engagement, told: OutcomeStep
) -> Instant | None:
    """Read the day that people gave, or moved, after they had closed the interest."""
    same = told.stage == interest.stage and step.occurred_at >= interest.changed_at
    return _until(step) if same and told.stage in lifecycle.closed else None


def _until(step: Engagement) -> Instant | None:
    """Read the day before which nobody is to come back to the person; what is no date says nothing."""
    told = step.attributes.get(UNTIL)
    return start_of_day(told) if isinstance(told, str) else None
