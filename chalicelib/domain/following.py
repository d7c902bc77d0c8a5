"""Takes an interest further by what people did with it, or with the Opportunity that came of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from chalicelib.domain.assignment import ASSIGNED
from chalicelib.domain.change import Past
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.history import retell
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest
from chalicelib.domain.lifecycle import CHANGED, as_opened, concerned_line, follow, steps_of, target_of
from chalicelib.domain.model import Lifecycle
from chalicelib.domain.person import Person, summary_of
from chalicelib.domain.qualification import Compiled, contactable
from chalicelib.domain.step import Step, moved, refused
from chalicelib.domain.told import Told


@dataclass(frozen=True, slots=True)
class Following:
    """What following an engagement's step came to.

    Attributes:
        told: the interest, where Salesforce told of it: it need not be told back.
        to_tell: the interest, where Salesforce does not know yet.
        refused: why the step was not followed.
    """

    told: tuple[Interest, ...] = ()
    to_tell: tuple[Interest, ...] = ()
    steps: tuple[Step, ...] = ()
    refused: str | None = None


def follow_engagement(
    compiled: Compiled, person: Person, engagement: Engagement, told: Told, past: Past
) -> tuple[Person, Following]:
    """Follow the steps that people took in Salesforce, where the lifecycle allows them.

    A step that comes late makes the interest take all its steps again, from its opening: a later one that
    was refused may be allowed now.
    """
    lifecycle = compiled.model.lifecycle
    told_line = compiled.scoring.product_line_of(engagement)
    line = concerned_line(lifecycle, person.interests, engagement, told_line)
    if line is None:
        return person, Following()
    before = past.interest(person.interests[line].id)
    steps = steps_of(lifecycle, before, told(person))
    late = engagement in steps and steps[-1] != engagement
    followed = follow(
        lifecycle,
        as_opened(lifecycle, before) if late else before,
        steps if late else [engagement],
        compiled.model.checklist,
        may_contact=_permitted(compiled, person, told),
    )
    interest, why = followed.interest, followed.refused.get(engagement.id)
    rows = tuple(_rows(lifecycle, before, interest, engagement, why))
    if interest == before:
        return person, Following(steps=rows, refused=why)
    person = replace(person, interests={**person.interests, line: summary_of(interest)})
    if engagement.kind in (CHANGED, ASSIGNED):
        return person, Following(told=(interest,), steps=rows, refused=why)
    return person, Following(to_tell=(interest,), steps=rows, refused=why)


def _permitted(compiled: Compiled, person: Person, told: Told) -> Callable[[Instant], bool]:
    """Tell of a time whether the person could be got in touch with then, by what was known of then."""

    def permitted(at: Instant) -> bool:
        last = person.score.last
        if last is None or at >= last[0]:
            return contactable(compiled, person)
        known = [each for each in told(person) if each.occurred_at <= at]
        return contactable(compiled, replace(person, consents=retell(compiled, person, known).consents))

    return permitted


def _rows(
    lifecycle: Lifecycle, before: Interest, after: Interest, engagement: Engagement, why: str | None
) -> Iterator[Step]:
    if why is not None:
        yield refused(before, engagement, target_of(lifecycle, engagement), why)
    if after.stage != before.stage or after.owner != before.owner:
        yield moved(before, after, engagement)
