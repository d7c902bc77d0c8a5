"""What is stored of persons, in memory, for decisions."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from chalicelib.domain.change import Change
from chalicelib.domain.decide import newcomer, record, review
from chalicelib.domain.engagement import Engagement, PersonKey
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, InterestId, PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from tests.domain.builders import day


@dataclass
class Remembered:
    """One or more persons' history, and decisions on it."""

    compiled: Compiled
    now: Instant = day(100)
    persons: dict[PersonId, Person] = field(default_factory=dict)
    engagements: dict[PersonId, list[Engagement]] = field(default_factory=dict)
    interests_by_id: dict[InterestId, Interest] = field(default_factory=dict)
    asked_for_history: int = 0

    def history(self, person: Person) -> Sequence[Engagement]:
        self.asked_for_history += 1
        return [each for part in (person.id, *person.absorbed) for each in self.engagements.get(part, [])]

    def interest(self, interest: InterestId) -> Interest:
        return self.interests_by_id[interest]

    def interests(self, person: Person) -> Sequence[Interest]:
        whose = {person.id, *person.absorbed}
        return [each for each in self.interests_by_id.values() if each.person in whose]

    def whose(self, keys: Sequence[PersonKey]) -> list[Person]:
        """The persons behind some keys, the oldest first."""
        found = [each for each in self.persons.values() if not each.keys.isdisjoint(keys)]
        return sorted(found, key=lambda each: each.id)

    def tell(self, engagement: Engagement, new: str = "P1") -> Change:
        """Record an engagement; somebody unknown gets the id `new`."""
        persons = self.whose(engagement.keys) or [newcomer(PersonId(new), self.compiled)]
        change = record(self.compiled, persons, engagement, self, self.now)
        self._keep(change)
        return change

    def review(self, person: str = "P1") -> Change:
        change = review(self.compiled, self.persons[PersonId(person)], self, self.now)
        self._keep(change)
        return change

    def _keep(self, change: Change) -> None:
        for absorbed in change.absorbed:
            del self.persons[absorbed.id]
        self.persons[change.person.id] = change.person
        if change.engagement:
            self.engagements.setdefault(change.person.id, []).append(change.engagement)
        self.interests_by_id |= {each.id: each for each in change.interests}
