"""What is kept in step with a marketing automation: a row for each Lead or Contact who may be written to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.command import FieldValue
from chalicelib.domain.interest import PersonId

Platform = Literal["account_engagement", "marketing_cloud"]


@dataclass(frozen=True, slots=True)
class Row:
    """A record as a marketing automation should hold it, or holds it.

    Attributes:
        record: `contact:003...` or `lead:00Q...`, with 15 characters of the id.
        remote_id: the platform's own name of it, where it is known.
        values: in our words, those of `playbook/sync.yaml`.
        silenced: we had the platform write to it no more; now it may again.
    """

    person: PersonId
    record: str
    email: str
    remote_id: str | None = None
    values: Mapping[str, FieldValue] = field(default_factory=dict)
    silenced: bool = False


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of a row.

    Attributes:
        outcome: an unprocessed row was neither taken nor refused; it is handed over again.
        remote_id: the platform's own name of the row, where it tells it.
        reason: why it failed, without personal data.
    """

    person: PersonId
    outcome: Literal["written", "failed", "unprocessed"]
    remote_id: str | None = None
    reason: str = ""
