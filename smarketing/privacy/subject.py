"""Whom a request is about: their ids, keys, and the texts by which they are found where nothing has a key."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Protocol

from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.interest import PersonId
from chalicelib.errors import Rejected
from chalicelib.gateways.store.items import Item, person_of
from chalicelib.gateways.store.table import ERASING
from smarketing.named_person import FORMS, key_of

_SHORTEST_PHONE = 6
"""Digits: fewer say nothing about whose number it is."""

_PHONES = ("phone", "mobile")


class Items(Protocol):
    """The items of the table."""

    def owner(self, key: PersonKey) -> PersonId | None:
        """Find whom a key points to."""

    def state(self, person: PersonId) -> Item | None:
        """Read the state of a person, or of the one who absorbed them."""

    def of(self, persons: Iterable[PersonId], keys: Iterable[PersonKey]) -> Iterable[Item]:
        """Read everything that is stored of them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A person, as far as the store knows them.

    Attributes:
        named: what names the erasure: the person's id, else the key that they were asked for by.
        persons: the person and whom they absorbed; nobody where the store knows only that it was asked.
        keys: all that they are known under.
        phones: telephone numbers that they gave.
        interests: ids of their interests.
        engagements: ids of their engagements.
        erasing: the id of an erasure that was begun.
    """

    named: str
    persons: tuple[PersonId, ...]
    keys: frozenset[PersonKey]
    phones: frozenset[str] = frozenset()
    interests: tuple[str, ...] = ()
    engagements: tuple[str, ...] = ()
    erasing: str | None = field(default=None, compare=False)

    def values(self, *kinds: str) -> list[str]:
        """Give the values of keys of these kinds, in order."""
        return sorted(key.value for key in self.keys if key.kind in kinds)

    def with_keys(self, keys: Iterable[PersonKey]) -> "Subject":
        """Know them under further keys, such as those of records that only a platform knew of."""
        return replace(self, keys=self.keys | frozenset(keys))


def find_subject(named: str, items: Items) -> Subject:
    """Find whom an operator names, also somebody whose erasure was begun.

    Somebody whom the store doesn't know is looked for on the platforms by the key alone.

    Raises:
        Rejected: it has none of the forms, or is a person id that the store doesn't know.
    """
    key = key_of(named)
    owner = PersonId(named.strip().upper()) if key is None else items.owner(key)
    state = items.state(owner) if owner is not None else None
    if state is None:
        if key is None:
            raise Rejected(f"PERSON: nobody in the store is known by this; name {FORMS}")
        return Subject(f"{key.kind}:{key.value}", (), frozenset({key}))
    return _known(state, items)


def _known(state: Item, items: Items) -> Subject:
    person = person_of(state)
    persons = (person.id, *person.absorbed)
    profile = {name: fact.value for name, fact in person.profile.items()}
    found = Subject(
        named=person.id,
        persons=persons,
        keys=person.keys,
        phones=frozenset(_phones(profile)),
        erasing=state[ERASING]["S"] if ERASING in state else None,
    )
    interests, engagements, phones = [], [], set(found.phones)
    for item in items.of(persons, ()):
        sk = item["sk"]["S"]
        if sk.startswith("INTEREST#"):
            interests.append(str(json.loads(item["body"]["S"])["id"]))
        elif sk.startswith("ENGAGEMENT#"):
            told = json.loads(item["body"]["S"])
            engagements.append(str(told["id"]))
            phones.update(_phones(told.get("profile", {})))
    return replace(
        found, phones=frozenset(phones), interests=tuple(interests), engagements=tuple(engagements)
    )


def _phones(profile: dict[str, str]) -> Iterable[str]:
    for name in _PHONES:
        number = profile.get(name, "").strip()
        if sum(each.isdigit() for each in number) >= _SHORTEST_PHONE:
            yield number
