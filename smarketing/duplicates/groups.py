"""The groups of records that people decided are one, as far as their decisions agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from smarketing.duplicates.pair import Pair


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one object that are one; ids of Salesforce, sorted."""

    object: str
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """A Lead who is a Contact already: a person converts it, as a merge can't join the two objects."""

    lead: str
    contact: str


@dataclass(frozen=True, slots=True)
class Grouped:
    """What the decisions come to.

    Attributes:
        contradictions: numbers of pairs that are said to be different, and are one by way of others.
    """

    groups: tuple[Group, ...]
    conversions: tuple[Conversion, ...]
    contradictions: tuple[int, ...]


def grouped(pairs: Iterable[Pair]) -> Grouped:
    """Join the pairs that are the same; a group within which two are said to differ is left out."""
    decided = [each for each in pairs if each.decision != "later"]
    roots: dict[str, str] = {}

    def root(record: str) -> str:
        while roots.setdefault(record, record) != record:
            roots[record] = roots[roots[record]]
            record = roots[record]
        return record

    for each in decided:
        if each.decision == "same":
            roots[root(each.left)] = root(each.right)
    torn = [each for each in decided if each.decision == "different" and root(each.left) == root(each.right)]
    barred = {root(each.left) for each in torn}
    members: dict[str, list[str]] = defaultdict(list)
    for record in sorted(roots):
        if root(record) not in barred:
            members[root(record)].append(record)
    sets = [each for each in members.values() if len(each) > 1]
    return Grouped(
        tuple(group for each in sets for group in _of_objects(each)),
        tuple(conversion for each in sets for conversion in _conversions(each)),
        tuple(each.number for each in torn),
    )


def _of_objects(records: list[str]) -> list[Group]:
    by_object: dict[str, list[str]] = defaultdict(list)
    for each in records:
        name, _, record = each.partition(":")
        by_object[name].append(record)
    return [Group(name, tuple(ids)) for name, ids in by_object.items() if len(ids) > 1]


def _conversions(records: list[str]) -> list[Conversion]:
    """Have each Lead converted into the Contact, where there is one only; several are merged first."""
    contacts = [each.partition(":")[2] for each in records if each.startswith("Contact:")]
    leads = [each.partition(":")[2] for each in records if each.startswith("Lead:")]
    return [Conversion(lead, contacts[0]) for lead in leads] if len(contacts) == 1 else []
