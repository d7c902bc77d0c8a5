"""Persons and changes of them for examples: a test names only what it is about."""

from dataclasses import replace
from typing import Any

from chalicelib.domain.change import Change
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement, engagement_id, person_key
from chalicelib.domain.interest import Interest, PersonId, interest_id
from chalicelib.domain.person import Person
from chalicelib.domain.ulid import ulid
from tests.domain.builders import START, day

EMAIL = person_key("email", "a@example.com")
OTHER = person_key("email", "b@example.com")


def person_id(number: int = 1) -> PersonId:
    """Lower numbers are older persons."""
    return PersonId(ulid(START, number.to_bytes(10)))


def person(number: int = 1, version: int = 1, **more: Any) -> Person:
    return Person(
        **{"id": person_id(number), "version": version, "playbook": "p", "keys": frozenset(), **more}
    )


def told(name: str = "first", on: float = 1, **more: Any) -> Engagement:
    return Engagement(
        engagement_id("test", name), "page_viewed", day(on), "test", **{"keys": (EMAIL,), **more}
    )


def first(number: int = 1, engagement: Engagement | None = None, **more: Any) -> Change:
    """What makes a person: their first engagement and its key."""
    told_now = engagement or told()
    keys = frozenset(told_now.keys)
    return Change(**{"person": person(number, keys=keys), "engagement": told_now, "new_keys": keys, **more})


def after(change: Change, engagement: Engagement | None = None, **more: Any) -> Change:
    """What comes next for the same person."""
    following = replace(change.person, version=change.person.version + 1, **more.pop("now", {}))
    return Change(person=following, engagement=engagement, **more)


def interest(number: int = 1, line: str = "presses", count: int = 1, **more: Any) -> Interest:
    opened = Interest(
        id=interest_id(person_id(number), line, count),
        person=person_id(number),
        product_line=line,
        number=count,
        stage="mql",
        gate="warm",
        opened_at=day(3),
        changed_at=day(3),
        score_when_opened=61.2,
        grade_when_opened="B",
        explanation="<p>why</p>",
    )
    return replace(opened, **more)


def command(number: int = 1, version: int = 1, **fields: Any) -> Command:
    return Command("person", person_id(number), person_id(number), version, fields)


def merged(survivor: Change, absorbed: Change, engagement: Engagement, **more: Any) -> Change:
    """What makes one person of two."""
    both = survivor.person.keys | absorbed.person.keys
    taken = (absorbed.person.id, *absorbed.person.absorbed)
    now = {"keys": both, "absorbed": (*survivor.person.absorbed, *taken)}
    return after(survivor, engagement, now=now, absorbed=(absorbed.person,), **more)
