"""Interests that go along when their person's Lead becomes a Contact."""

from collections.abc import Iterator, Sequence

from chalicelib.domain.change import Past
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.person import Person


def moves(before: Sequence[Person], person: Person, past: Past) -> Iterator[Command]:
    """Hang all interests that a person ever had on the Contact that they became or turned out to be.

    The command holds nothing else, so that it never takes back what sales did with an interest meanwhile.
    """
    contact = _contact(person)
    if contact is None or not any(each.interests and _contact(each) != contact for each in before):
        return
    for interest in past.interests(person):
        fields = {"interest_id": interest.id, "contact_id": contact.value}
        yield Command("move", interest.id, person.id, person.version, fields)


def _contact(person: Person) -> PersonKey | None:
    return min((key for key in person.keys if key.kind == "contact"), default=None)
