"""A change to an outside system, stored in the same transaction as its cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.interest import PersonId

RecordKind = Literal[
    "person", "interest", "touchpoint", "confirmation", "suppression", "promotion", "enrichment", "row"
]
"""Of Salesforce: person, interest, touchpoint. Of the mail: the confirmation of a double opt-in. Of the
marketing automations: the suppression of somebody to whom they may not write any more, and the promotion that
a purchase ends. Of all who may know more of a company: the enrichment of an interest. Of the timed push into
the marketing automations: the row of a person whose record in Salesforce need not change."""

FieldValue = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Command:
    """One record as it shall be in an outside system.

    A state (`person`, `interest`, `suppression`) has one command per record: a newer one takes the older
    one's place, so the last wins. A fact (`touchpoint`, `confirmation`) is written once. Each is safe to
    repeat.

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
