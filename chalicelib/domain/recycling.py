"""What has to be before a product line may open an interest again, by the reason that closed the last one."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.history import retell
from chalicelib.domain.instant import Instant
from chalicelib.domain.model import Lifecycle, Recycling
from chalicelib.domain.person import InterestSummary, Person
from chalicelib.domain.qualification import Compiled, Qualification, qualify

_NOTHING = Recycling()


def rule_of(lifecycle: Lifecycle, interest: InterestSummary) -> Recycling:
    """Give the rule of the reason that closed an interest; an open one has none."""
    if interest.stage not in lifecycle.closed or interest.reason is None:
        return _NOTHING
    return lifecycle.recycling.get(interest.reason, _NOTHING)


def asks_for_news(compiled: Compiled, person: Person, qualified: Qualification) -> bool:
    """Whether what happened since the last interest closed decides about a new one."""
    last = person.interests.get(qualified.product_line)
    if last is None:
        return False
    rule = rule_of(compiled.model.lifecycle, last)
    return rule.afresh or bool(rule.needs)


def opens_again(
    compiled: Compiled,
    person: Person,
    qualified: Qualification,
    history: Sequence[Engagement],
    at: Instant,
) -> Qualification | None:
    """Judge a qualified product line by what happened since its last interest closed.

    Args:
        compiled: the playbook.
        person: as they are with their whole history.
        qualified: the product line, and the gate that the whole history opens.
        history: all of it, in order.
        at: the time of the decision.

    Returns:
        The gate that opens the interest, by what is new; None where too little happened yet.
    """
    last = person.interests[qualified.product_line]
    rule = rule_of(compiled.model.lifecycle, last)
    news = [each for each in history if each.occurred_at > last.changed_at]
    if rule.needs and not any(each.kind in rule.needs for each in news):
        return None
    if not rule.afresh:
        return qualified
    told = retell(compiled, person, news)
    afresh = replace(person, score=told.score, hand_raises=told.hand_raises)
    line = qualified.product_line
    return next((each for each in qualify(compiled, afresh, at) if each.product_line == line), None)
