"""Says what activities and support cases tell of persons, by the playbook and by what is recorded already."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.activity import Activity, ActivityTerms, touchpoint_of
from chalicelib.domain.engagement import Engagement, PersonKey
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.support_case import SupportCase, may_be_reopened, steps_of_case

Fact = Engagement | Activity | SupportCase


class Persons(Protocol):
    """The persons of the store."""

    def find(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, PersonId]:
        """Find who the keys belong to; a person may have been absorbed by another since."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""

    def history(self, person: Person) -> Sequence[Engagement]:
        """Read all engagements of a person."""


@dataclass(frozen=True, slots=True)
class Telling:
    """What the facts are judged by."""

    terms: Callable[[], ActivityTerms]
    persons: Persons
    clock: Callable[[], Instant]

    def __call__(self, facts: Sequence[Fact]) -> Iterator[Engagement]:
        """Give what facts tell, in their order; an engagement tells itself.

        Raises:
            Retryable, Misconfigured: the store did not answer.
        """
        terms, now = self.terms(), self.clock()
        owners = self._owners(facts)
        for fact in facts:
            match fact:
                case Activity():
                    told = touchpoint_of(terms, fact, now)
                    yield from () if told is None else (told,)
                case SupportCase():
                    yield from steps_of_case(fact, lambda of=fact.of: self._history(owners.get(of)))  # type: ignore[misc]
                case _:
                    yield fact

    def _owners(self, facts: Iterable[Fact]) -> Mapping[PersonKey, Person]:
        """Find whose history has to be asked: few cases are reopened."""
        asked = {each.of for each in facts if isinstance(each, SupportCase) and may_be_reopened(each)}
        found = self.persons.find(asked) if asked else {}
        persons = self.persons.load(set(found.values())) if found else {}
        return {key: persons[owner] for key, owner in found.items() if owner in persons}

    def _history(self, person: Person | None) -> Sequence[Engagement]:
        return () if person is None else self.persons.history(person)
