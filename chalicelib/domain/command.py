"""A change to an outside system, stored in the same transaction as its cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.interest import PersonId

RecordKind = Literal[
    "person",
    "interest",
    "touchpoint",
    "twins",
    "possible_duplicate",
    "move",
    "handoff",
    "confirmation",
    "suppression",
    "promotion",
    "enrichment",
    "row",
]
"""Of Salesforce: person, interest, touchpoint; twins, the search for whom a new Lead may be; the move of an
interest to the Contact that its Lead became; the handoff that gives it its owner in sales. Of the mail: the
confirmation of a double opt-in. Of the marketing automations: the suppression of somebody to whom they may
not write any more, and the promotion that a purchase ends. Of all who may know more of a company: the
enrichment of an interest. Of the timed push into the marketing automations: the row of a person whose record
in Salesforce need not change. A possible duplicate is what twins finds, and is written past the outbox."""

FieldValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Command:
    """One record as it shall be in an outside system.

    A state (`person`, `interest`, `move`, `handoff`, `suppression`) has one command per record: a newer one
    takes the older one's place, so the last wins. A fact (`touchpoint`, `confirmation`) is written once. Each
    is safe to repeat.

    Attributes:
        record: what kind of record; it decides the object and the order of writing.
        external_id: of the record: person id, interest id, engagement id.
        person: whose it is; the outbox item lies in this person's partition.
        version: of the person's state that made it; a delivery removes only what it delivered.
        fields: in our words; the gateway's mapping knows the platform's.
    """

    record: RecordKind
    external_id: str
    person: PersonId
    version: int
    fields: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The outbox key within the person's partition: `person#...`, `interest#...`, `touchpoint#...`."""
        return f"{self.record}#{self.external_id}"


def names_record(command: Command) -> bool:
    """Tell whether a command names the Lead or Contact that it is about."""
    return bool(command.fields.get("lead_id") or command.fields.get("contact_id"))


def makes_lead(command: Command) -> bool:
    """Tell whether a command makes a Lead of a person of whom we know no record."""
    return command.record == "person" and not names_record(command)
