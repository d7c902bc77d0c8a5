"""Compares what Salesforce holds of every person with what it should hold, field by field."""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from chalicelib.domain.interest import Interest, PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from smarketing.sync.comparing import same
from smarketing.sync.expected import Expected, expected_of
from smarketing.sync.row_comparison import Side

PAGE = 200
"""Persons who are read from the store, and looked for in Salesforce, at a time."""


class Persons(Protocol):
    """The persons of the store."""

    def everyone(self) -> Iterator[PersonId]:
        """List all persons."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""

    def interests(self, person: Person) -> Sequence[Interest]:
        """Read all interests that a person ever had."""


class Outbox(Protocol):
    """The commands of the store that are not delivered."""

    def waiting(self) -> int:
        """Count the commands that wait."""

    def parked(self) -> Iterator[object]:
        """List the commands that Salesforce refused for good."""


class Org(Protocol):
    """The reading side of Salesforce."""

    def rows(self, soql: str, values: Iterable[str]) -> Iterator[Mapping[str, Any]]:
        """Run a query whose `{values}` are the given ones."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that is not there, or a field that holds another value.

    Attributes:
        record: object and id.
        field: API name; empty where the record is missing.
    """

    person: PersonId
    record: str
    field: str

    @property
    def about_person(self) -> bool:
        """Whether a Lead or Contact differs, and not an interest."""
        return not self.record.startswith("Interest__c ")


@dataclass(slots=True)
class Comparison:
    """What was compared, and what is not as it should be."""

    persons: int = 0
    expected: Side = field(default_factory=Side)
    held: Side = field(default_factory=Side)
    found: list[Difference] = field(default_factory=list)
    waiting: int = 0
    parked: int = 0

    @property
    def records(self) -> int:
        """How many records were compared."""
        return self.expected.rows

    @property
    def differences(self) -> int:
        """All that is not as it should be; what waits for delivery has not reached Salesforce yet."""
        return len(self.found) + self.waiting + self.parked

    @property
    def to_tell_again(self) -> tuple[PersonId, ...]:
        """Name the persons whose Lead or Contact differs."""
        return tuple(dict.fromkeys(each.person for each in self.found if each.about_person))

    def by_field(self) -> Mapping[str, int]:
        """Count the differences by object and field, as in `Lead.Smarketing_Score__c`, the most first."""
        counted = Counter(_what(each) for each in self.found)
        return dict(counted.most_common())


def compare(
    persons: Persons,
    outbox: Outbox,
    org: Org,
    compiled: Compiled,
    progress: Callable[[Comparison], None] = lambda _: None,
) -> Comparison:
    """Compare everybody in the store with Salesforce, and count what is still on its way.

    Touchpoints are not compared: sales may delete them, and they say nothing that is read again.

    Args:
        progress: is called after each page of persons.

    Raises:
        Misconfigured: the org lacks a field, or the user may not read it.
        Retryable: the store or Salesforce is busy.
    """
    comparison = Comparison()
    everyone = persons.everyone()
    while page := list(islice(everyone, PAGE)):
        loaded = {each.id: each for each in persons.load(page).values()}
        expected = list(_expected(compiled, persons, loaded.values()))
        comparison.persons += len(loaded)
        for each, row in _with_rows(org, expected):
            _compare_record(comparison, each, row)
        progress(comparison)
    comparison.waiting = outbox.waiting()
    comparison.parked = sum(1 for _ in outbox.parked())
    return comparison


def _expected(compiled: Compiled, persons: Persons, some: Iterable[Person]) -> Iterator[Expected]:
    for person in some:
        interests = persons.interests(person) if person.interests else ()
        yield from expected_of(compiled, person, interests)


def _with_rows(org: Org, expected: Iterable[Expected]) -> Iterator[tuple[Expected, Mapping[str, Any] | None]]:
    ways: dict[tuple[str, str, tuple[str, ...]], list[Expected]] = defaultdict(list)
    for each in expected:
        ways[each.object, each.key, tuple(each.values)].append(each)
    for (name, key, fields), some in ways.items():
        columns = ", ".join(dict.fromkeys((key, *fields)))
        soql = f"SELECT {columns} FROM {name} WHERE {key} IN {{values}}"  # noqa: S608 - the mapping's names
        held = {_id(row[key]): row for row in org.rows(soql, [each.key_value for each in some])}
        yield from ((each, held.get(_id(each.key_value))) for each in some)


def _compare_record(comparison: Comparison, expected: Expected, row: Mapping[str, Any] | None) -> None:
    comparison.expected += _hash(expected, expected.values)
    if row is None:
        comparison.found.append(Difference(expected.person, expected.title, ""))
        return
    # What Salesforce gives back in another form is the same value, and has the same hash.
    held = {
        name: value if same(value, row.get(name)) else row.get(name)
        for name, value in expected.values.items()
    }
    comparison.held += _hash(expected, held)
    comparison.found += [
        Difference(expected.person, expected.title, name)
        for name, value in expected.values.items()
        if held[name] != value
    ]


def _hash(expected: Expected, values: Mapping[str, Any]) -> str:
    text = json.dumps([expected.title, values], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _id(value: str) -> str:
    """Make ids of 15 and 18 characters comparable; ours are longer."""
    return value[:15] if len(value) in (15, 18) else value


def _what(difference: Difference) -> str:
    name = difference.record.partition(" ")[0]
    return f"{name}.{difference.field}" if difference.field else f"{name}, missing"
