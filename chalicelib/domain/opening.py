"""Opens interests: where a gate is passed and, after a rejection, what its reason asks for has happened."""

from collections.abc import Iterator
from dataclasses import replace

from chalicelib.domain.explanation import explain
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, interest_id
from chalicelib.domain.person import Person, summary_of
from chalicelib.domain.qualification import Compiled, Qualification, grade_of, qualify
from chalicelib.domain.recycling import asks_for_news, opens_again
from chalicelib.domain.rich_text import rich_text
from chalicelib.domain.told import Told


def open_interests(
    compiled: Compiled, person: Person, told: Told, now: Instant
) -> tuple[Person, tuple[Interest, ...]]:
    """Open the interests for which the person qualifies; give the person with them."""
    ready = _ready(compiled, person, told, now)
    opened = tuple(_interest(compiled, person, each, told, now) for each in ready)
    summaries = {each.product_line: summary_of(each) for each in opened}
    return replace(person, interests={**person.interests, **summaries}) if opened else person, opened


def _ready(compiled: Compiled, person: Person, told: Told, now: Instant) -> Iterator[Qualification]:
    """Find the interests to open; the history is read only where a reason asks for what is new in it."""
    for each in qualify(compiled, person, now):
        if not asks_for_news(compiled, person, each):
            yield each
        elif (again := opens_again(compiled, person, each, told(person), now)) is not None:
            yield again


def _interest(
    compiled: Compiled, person: Person, qualified: Qualification, told: Told, now: Instant
) -> Interest:
    line = qualified.product_line
    latest = person.interests.get(line)
    number = 1 if latest is None else latest.number + 1
    explanation = explain(compiled.scoring, told(person), now)
    return Interest(
        id=interest_id(person.id, line, number),
        person=person.id,
        product_line=line,
        number=number,
        stage=compiled.model.lifecycle.handoff_stage,
        gate=qualified.gate,
        opened_at=now,
        changed_at=now,
        score_when_opened=explanation.score.total,
        grade_when_opened=grade_of(compiled, person).grade,
        explanation=rich_text(explanation),
    )
