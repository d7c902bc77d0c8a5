"""Who somebody new may be: whom they are taken for before a Lead is made, and what people decide about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.engagement import PersonKey, person_key
from chalicelib.domain.interest import PersonId
from chalicelib.domain.likeness import (
    CONTACT,
    Alike,
    Bounds,
    Traits,
    Verdict,
    among,
    domains_of,
    keys_of,
    number_of,
)

TRAITS = ("first_name", "last_name", "company", "email", "phone", "website")
"""Words of a command by which its person is compared."""

ALIKE = "alike"
"""Word of a command whose Lead is made although it is like another: people were asked about it."""


@dataclass(frozen=True, slots=True)
class Sought:
    """Somebody who is looked for among the records of Salesforce."""

    person: PersonId
    traits: Traits


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found for some persons.

    Attributes:
        own: the Lead that was made of a person, as `lead:00Q...`; a converted one is left out.
        candidates: Leads that are not converted, and Contacts; each may be several persons'.
    """

    own: Mapping[PersonId, str]
    candidates: Sequence[Traits]


def sought(command: Command) -> Sought:
    """Read from a command whom to look for."""
    told = {word: str(value) for word in TRAITS if (value := command.fields.get(word))}
    return Sought(command.person, Traits(**told))


def is_findable(traits: Traits, free_mail: frozenset[str]) -> bool:
    """Tell whether somebody can be found by what is known: an address, or a name and something beside it."""
    return bool(traits.email) or is_findable_by_name(traits, free_mail)


def is_findable_by_name(traits: Traits, free_mail: frozenset[str]) -> bool:
    """Tell whether a name is known, and a company, its domain or a telephone number beside it."""
    return bool(traits.last_name and (traits.company or number_of(traits) or domains_of(traits, free_mail)))


def twins_among(wanted: Sequence[Sought], seen: Seen, bounds: Bounds) -> dict[PersonId, Alike]:
    """Judge for each person whom they are like; their own Lead is none of these."""
    by_key: dict[str, list[Traits]] = {}
    for each in seen.candidates:
        for key in keys_of(each):
            by_key.setdefault(key, []).append(each)
    found = {}
    for one in wanted:
        near = {each for key in keys_of(one.traits) for each in by_key.get(key, ())}
        others = [each for each in near if each.record != seen.own.get(one.person)]
        found[one.person] = among(one.traits, others, bounds)
    return found


def possible_duplicates(command: Command, lead: str, alike: Alike) -> list[Command]:
    """Write down each pair about which people have to decide.

    The pair has one name, whichever of the two was found by the other.

    Args:
        command: that a new Lead be compared.
        lead: the name of this Lead, as `lead:00Q...`.
        alike: whom it is like.
    """
    return [_possible_duplicate(command, lead, record, verdict) for record, verdict in alike.verdicts]


def _possible_duplicate(command: Command, lead: str, record: str, verdict: Verdict) -> Command:
    kind, _, other = record.partition(":")
    ours = lead.partition(":")[2]
    fields: dict[str, FieldValue] = {
        "lead": ours,
        f"other_{kind}": other,
        "likeness": round(100 * verdict.names, 1),
        "why": ", ".join(verdict.why),
    }
    pair = "-".join(sorted((ours, other)))
    return Command("possible_duplicate", pair, command.person, command.version, fields)


def record_key(record: str) -> PersonKey:
    """Turn the name of a record, such as `contact:003...`, into a person's key."""
    return person_key("contact" if record.startswith(CONTACT) else "lead", record.partition(":")[2])
