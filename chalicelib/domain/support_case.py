"""A support case of a Contact: while it is open, mailings may have to wait (journeys.yaml)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id
from chalicelib.domain.instant import MINUTE, Instant

OPENED, CLOSED = "support_case_opened", "support_case_closed"

_SOURCE = "salesforce"
_CREATING = MINUTE
"""What the org itself changes in a case right after it was made is no reopening."""


@dataclass(frozen=True, slots=True)
class SupportCase:
    """A case, as Salesforce has it now; it tells neither when it was reopened nor that it ever was.

    Attributes:
        id: of the record, 15 characters.
        of: the Contact.
        closed_at: None while it is open.
    """

    id: str
    of: PersonKey
    created_at: Instant
    changed_at: Instant
    closed_at: Instant | None = None
    subject: str = ""


def may_be_reopened(case: SupportCase) -> bool:
    """Whether the case may have been closed before."""
    return case.closed_at is None and case.changed_at > case.created_at + _CREATING


def steps_of_case(
    case: SupportCase, history: Callable[[], Iterable[Engagement]] = lambda: ()
) -> Sequence[Engagement]:
    """Say that the case was opened, and closed or opened again; the same step is always the same engagement.

    Args:
        case: as it is.
        history: gives what is recorded of its Contact; asked only where the case may have been reopened.
    """
    opened = _step(case, OPENED, case.created_at, str(case.created_at))
    if case.closed_at is not None:
        return (opened, _step(case, CLOSED, case.closed_at, str(case.closed_at)))
    if not may_be_reopened(case):
        return (opened,)
    closings = [
        each.occurred_at
        for each in history()
        if each.kind == CLOSED and each.attributes.get("case") == case.id
    ]
    if not closings:
        return (opened,)
    # Between two closings a case is reopened once, however often it changes then.
    return (opened, _step(case, OPENED, case.changed_at, "after", str(max(closings))))


def _step(case: SupportCase, kind: str, at: Instant, *unique: str) -> Engagement:
    subject = {"subject": case.subject} if case.subject else {}
    return Engagement(
        id=engagement_id(_SOURCE, kind, case.id, *unique),
        kind=kind,
        occurred_at=at,
        source=_SOURCE,
        keys=(case.of,),
        attributes={"case": case.id, **subject},
    )
