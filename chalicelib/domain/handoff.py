"""What Salesforce is asked to do with an interest that sales shall take over, or must not any more."""

from collections.abc import Iterator, Sequence
from typing import Literal, cast

from chalicelib.domain.command import Command
from chalicelib.domain.instant import Instant
from chalicelib.domain.person import InterestSummary, Person
from chalicelib.domain.qualification import Compiled, contactable
from chalicelib.domain.step import Step

Action = Literal["assign", "overdue", "withdraw"]
"""Find its owner in sales; do what follows when nobody accepts it in time; take it back without consent."""

CONSENT_WITHDRAWN = "consent_withdrawn"
"""The reason of an interest that was closed since nobody may get in touch with the person any more."""


def handoff_commands(
    compiled: Compiled, before: Sequence[Person], person: Person, steps: Sequence[Step], now: Instant
) -> tuple[Command, ...]:
    """Ask for what a change means to sales; the service looks at the record before it does anything.

    Args:
        compiled: the playbook.
        before: who the person was.
        person: who they are now.
        steps: that interests took just now.
        now: of the decision.
    """
    found = [
        *(_assignments(compiled, person, steps)),
        *(_overdue(compiled, person, now)),
        *(_withdrawn(compiled, before, person, now)),
    ]
    # One interest has one command: to take it back goes before everything else.
    return tuple({each.external_id: each for each in found}.values())


def action_of(command: Command) -> Action:
    """Read what a command asks for."""
    return cast("Action", command.fields["action"])


def next_deadline(compiled: Compiled, person: Person, now: Instant) -> Iterator[Instant]:
    """Give the later times at which an acceptance falls due."""
    for _, summary in _waiting_for_sales(compiled, person):
        if summary.accept_by is not None and summary.accept_by > now:
            yield summary.accept_by


def _assignments(compiled: Compiled, person: Person, steps: Sequence[Step]) -> Iterator[Command]:
    """Ask for an owner of what came to a checked stage just now, and is still there."""
    lifecycle = compiled.model.lifecycle
    if not compiled.model.routing.pools:
        return
    arrived = {
        each.interest
        for each in steps
        if each.refused is None and each.target in lifecycle.checked and each.source != each.target
    }
    for line, summary in _waiting_for_sales(compiled, person):
        if summary.id in arrived:
            yield _command(person, line, summary, "assign", summary.changed_at)


def _overdue(compiled: Compiled, person: Person, now: Instant) -> Iterator[Command]:
    for line, summary in _waiting_for_sales(compiled, person):
        if summary.accept_by is not None and summary.accept_by <= now:
            yield _command(person, line, summary, "overdue", summary.accept_by)


def _withdrawn(
    compiled: Compiled, before: Sequence[Person], person: Person, now: Instant
) -> Iterator[Command]:
    """Take back what sales has not accepted yet; what is under way is for people to judge."""
    permitted = any(contactable(compiled, each) for each in before)
    if not permitted or contactable(compiled, person):
        return
    lifecycle = compiled.model.lifecycle
    for line, summary in person.interests.items():
        if summary.stage in lifecycle.with_support or summary.stage in lifecycle.checked:
            yield _command(person, line, summary, "withdraw", max(now, summary.changed_at))


def _waiting_for_sales(compiled: Compiled, person: Person) -> Iterator[tuple[str, InterestSummary]]:
    checked = compiled.model.lifecycle.checked
    for line, summary in person.interests.items():
        if summary.stage in checked:
            yield line, summary


def _command(person: Person, line: str, summary: InterestSummary, action: Action, at: Instant) -> Command:
    return Command(
        "handoff",
        summary.id,
        person.id,
        person.version,
        {
            "interest_id": summary.id,
            "product_line": line,
            "stage": summary.stage,
            "action": action,
            "at": int(at),
        },
    )
