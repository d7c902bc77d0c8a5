"""What Salesforce should hold of a person: the records, and the values of the fields that are ours."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from chalicelib.domain.command import Command
from chalicelib.domain.commands import interest_command, known_to_salesforce, person_command
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import Interest, PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.gateways.salesforce.mapping import INTEREST, INTEREST_ID, LEAD_PROFILE, STATE, Value, write_of

_FADING = frozenset(STATE[word].name for word in ("score", "explanation"))
"""Fields of a person that change with time: without the time for which they were told, they say nothing."""

_NOT_OURS = frozenset(field.name for field in LEAD_PROFILE.values()) | {
    "OwnerId",
    "Lead__c",
    "Contact__c",
    "Opportunity__c",
    INTEREST["changed_at"].name,
}
"""Fields that are people's own, or move on by their work, by a merger or a conversion."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One record as it should be.

    Attributes:
        person: whose numbers it shows, or whose interest it is.
        key: the field that names it: `Id` or an external id.
        values: of the fields that are compared, by API name.
    """

    person: PersonId
    object: str
    key: str
    key_value: str
    values: Mapping[str, Value]

    @property
    def title(self) -> str:
        """Object and id, ours or the record's: nothing that a person gave."""
        return f"{self.object} {self.key_value}"


def expected_of(compiled: Compiled, person: Person, interests: Iterable[Interest]) -> Iterator[Expected]:
    """Tell what Salesforce should hold of a person; nothing of one whom it is not to know yet.

    A score fades all the time and is told now and then: it is compared as of when it was last told. Of a
    person who was last told before that time was noted, score and explanation are left out.
    """
    if not known_to_salesforce(person):
        return
    # What happened since then and changed nothing must not move the moment that the score is computed for.
    as_told = replace(person, score=replace(person.score, last=None))
    person_told = _expected(person_command(compiled, as_told, person.told_at or Instant(0)))
    yield person_told if person.told_at is not None else _without(person_told, _FADING)
    for interest in interests:
        told = _expected(interest_command(interest, person))
        # Once it is there it keeps its id, whoever it belongs to.
        yield replace(told, key=INTEREST_ID, key_value=interest.id)


def _expected(command: Command) -> Expected:
    write = write_of(command, queue_id="")
    ours = {name: value for name, value in write.values.items() if name not in _NOT_OURS and "." not in name}
    return Expected(command.person, write.object, write.key, write.key_value, ours)


def _without(expected: Expected, names: Collection[str]) -> Expected:
    values = {name: value for name, value in expected.values.items() if name not in names}
    return replace(expected, values=values)
