"""Looks up whom changed records belong to, and plans what that means for their rows on a platform."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from chalicelib.domain.changed_record import ChangedRecord
from chalicelib.domain.eligibility import Decision, eligible
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.qualification import Compiled
from chalicelib.domain.sync import Platform, Row
from chalicelib.domain.sync_plan import Group, Plan, Planned, address_of, plan
from chalicelib.domain.sync_rows import Links, key_of, name_of, records_of, row_of
from chalicelib.domain.sync_state import SyncState, Verdict
from chalicelib.domain.sync_verdict import Known, email_key, verdict

_ROUNDS = 5
"""A record that has to be read may show another one; more than a few in a row there are not."""

States = Callable[[Collection[str]], Mapping[str, SyncState]]


class Persons(Protocol):
    """The persons of the store."""

    def find(self, keys: Iterable[PersonKey]) -> Mapping[PersonKey, PersonId]:
        """Find who the keys belong to; a person may have been absorbed by another since."""

    def load(self, persons: Iterable[PersonId]) -> Mapping[PersonId, Person]:
        """Load persons by the ids that were asked for, each as who they are by now."""


class Records(Protocol):
    """The records of Salesforce, by name."""

    def records(self, names: Sequence[str]) -> Iterable[ChangedRecord]:
        """Read records as they are now, deleted ones too; those that Salesforce forgot are left out."""


@dataclass(slots=True)
class _Together:
    """A person's records, some of them read."""

    person: Person | None
    read: dict[str, ChangedRecord] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


class Planner:
    """Plans rows by the ledger's word, the playbook and the records as Salesforce has them."""

    def __init__(
        self,
        compiled: Compiled,
        persons: Persons,
        crm: Records,
        links: Links,
        clock: Callable[[], Instant],
    ) -> None:
        """Plan by a playbook.

        Args:
            compiled: the playbook in force.
            persons: who is known by which record, and what they permit.
            crm: where a record is read that has become a row's.
            links: gives the addresses by which a person changes what they get.
            clock: tells when a decision is made.
        """
        self._compiled = compiled
        self._persons = persons
        self._crm = crm
        self._links = links
        self._clock = clock

    def look_up(self, records: Iterable[ChangedRecord]) -> "Look":
        """Find out whose records these are; of a record that comes twice the later reading counts."""
        read = {name_of(each): each for each in records}
        keys = [key_of(name) for name in (*read, *(_target(each) for each in read.values())) if name]
        keys += [key for each in read.values() if (key := email_key(each)) is not None]
        owners = self._persons.find(keys)
        return Look(read, Known(owners, self._persons.load(set(owners.values()))))

    def plans(self, look: "Look", platform: Platform, states: States) -> Iterator[Plan]:
        """Plan person by person what has to be done on a platform.

        Args:
            look: records, and whose they are.
            platform: which one.
            states: gives what is known of records' rows there, by the records' names.

        Raises:
            Retryable, Misconfigured: store or Salesforce did not answer.
        """
        for _ in range(_ROUNDS):
            groups = look.groups()
            before = states({name for each in groups for name in each.names})
            unread: list[str] = []
            again: dict[str, ChangedRecord] = {}
            for each in groups:
                made = plan(self._group(look, each, platform, before))
                yield made
                if made.unread:
                    unread += made.unread
                    again |= each.read
            if not unread:
                return
            look = self.look_up([*again.values(), *self.read(unread)])

    def read(self, names: Sequence[str]) -> list[ChangedRecord]:
        """Read records; one that Salesforce has forgotten was deleted."""
        found = {name_of(each): each for each in self._crm.records(names)} if names else {}
        return [found.get(name) or _forgotten(name, self._clock()) for name in dict.fromkeys(names)]

    def decisions(self, persons: Collection[PersonId]) -> dict[PersonId, Decision]:
        """Decide anew about persons; who isn't in the store any more permits nothing."""
        loaded = self._persons.load(persons)
        return {
            each: eligible(self._compiled, loaded[each]) if each in loaded else _ERASED for each in persons
        }

    def with_addresses(self, rows: Sequence[Planned]) -> list[Planned]:
        """Put the addresses back that were written, into rows that the store kept without them."""
        persons = self._persons.load({each.row.person for each in rows})
        found = [address_of(each.state, persons.get(each.row.person)) for each in rows]
        return [
            replace(each, row=replace(each.row, email=address))
            for each, address in zip(rows, found, strict=True)
        ]

    def _group(
        self, look: "Look", together: _Together, platform: Platform, before: Mapping[str, SyncState]
    ) -> Group:
        person = together.person

        def row(name: str, remote_id: str | None) -> Row:
            owner = person or look.person_of(name)
            if owner is None:
                raise LookupError(name)
            return row_of(self._compiled, owner, together.read[name], platform, self._links, remote_id)

        return Group(
            platform=platform,
            person=person,
            decision=None if person is None else eligible(self._compiled, person),
            names=frozenset(together.names),
            verdicts={name: self._verdict(look, each, person) for name, each in together.read.items()},
            moved_to={name: to for name, each in together.read.items() if (to := _target(each))},
            accounts={
                name: str(each.values["account_id"])[:15] if each.values.get("account_id") else None
                for name, each in together.read.items()
            },
            states={name: before[name] for name in together.names if name in before},
            row=row,
            now=self._clock(),
            owners={name: owner for name in together.read if (owner := look.person_of(name)) is not None},
        )

    def _verdict(self, look: "Look", record: ChangedRecord, person: Person | None) -> Verdict:
        return verdict(self._compiled, record, person, look.known)


_ERASED = Decision(False, "not in the store any more")


@dataclass(frozen=True, slots=True)
class Look:
    """Records that were read, and who is known by them."""

    read: Mapping[str, ChangedRecord]
    known: Known

    def person_of(self, name: str) -> Person | None:
        """Give whom a record tells of."""
        return self.known.by(key_of(name))

    @property
    def names(self) -> frozenset[str]:
        """All records that planning may touch."""
        return frozenset(name for each in self.groups() for name in each.names)

    def groups(self) -> list[_Together]:
        """Put together what is of one person.

        A record that was merged or converted belongs to whom the one belongs to that it lives on in; as long
        as nobody is known by that one, it belongs to the person of the record that is gone.
        """
        heirs = {
            target: person
            for name, each in self.read.items()
            if (target := _target(each)) and (person := self.person_of(name)) is not None
        }
        groups: dict[str, _Together] = {}
        for name, record in self.read.items():
            target = _target(record)
            person = self.person_of(target or name) or self.person_of(name) or heirs.get(name)
            group = groups.setdefault(person.id if person else target or name, _Together(person))
            group.read[name] = record
            group.names |= {name, *([target] if target else []), *(records_of(person) if person else [])}
        return list(groups.values())


def _target(record: ChangedRecord) -> str:
    """Name the record that another one was merged into or converted to."""
    if record.converted_contact:
        return f"contact:{record.converted_contact[:15]}"
    if record.merged_into:
        return f"{record.object.lower()}:{record.merged_into[:15]}"
    return ""


def _forgotten(name: str, now: Instant) -> ChangedRecord:
    kind, _, record_id = name.partition(":")
    return ChangedRecord("Contact" if kind == "contact" else "Lead", record_id, now, deleted=True)
