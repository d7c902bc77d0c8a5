"""Checks the consent ledger: that its chains hold, and that the persons' state is what they add up to."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Protocol

from chalicelib.domain.interest import PersonId
from chalicelib.domain.ledger import Entry, Head, broken_links, folded
from chalicelib.domain.person import Person

PAGE = 100
"""Persons who are read at a time."""


class Chain(Protocol):
    """A chain of the ledger, as the store gives it."""

    @property
    def person(self) -> PersonId:
        """In whose partition it lies."""

    @property
    def entries(self) -> tuple[Entry, ...]:
        """In their order."""

    @property
    def head(self) -> Head | None:
        """The end that the person's state names."""


class Persons(Protocol):
    """The persons of the store."""

    def everyone(self) -> Iterator[PersonId]:
        """List all persons."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""

    def chains(self, person: Person) -> Sequence[Chain]:
        """Read the chains of a person's consent ledger."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where the ledger does not hold."""

    person: PersonId
    reason: str


@dataclass(slots=True)
class Checked:
    """What was checked, and what does not hold."""

    persons: int = 0
    entries: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify(
    persons: Persons,
    some: Iterable[PersonId],
    progress: Callable[[Checked], None] = lambda _: None,
) -> Checked:
    """Check the ledger of persons; `progress` is called after each page of them."""
    checked = Checked()
    left = iter(some)
    while page := list(islice(left, PAGE)):
        for person in {each.id: each for each in persons.load(page).values()}.values():
            _verify(persons, person, checked)
        progress(checked)
    return checked


def _verify(persons: Persons, person: Person, checked: Checked) -> None:
    chains = persons.chains(person)
    for chain in chains:
        checked.entries += len(chain.entries)
        checked.faults += [
            Fault(chain.person, f"entry {each.sequence} {each.reason}")
            for each in broken_links(chain.entries, chain.head)
        ]
    if folded([entry for chain in chains for entry in chain.entries]) != person.consents:
        checked.faults.append(Fault(person.id, "the state does not say what the entries add up to"))
    checked.persons += 1
