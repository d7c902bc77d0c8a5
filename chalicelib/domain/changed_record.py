"""A Salesforce record that changed, as it is now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from chalicelib.domain.command import FieldValue
from chalicelib.domain.instant import Instant


@dataclass(frozen=True, slots=True)
class ChangedRecord:
    """A Lead, Contact or Account that was made, changed or deleted.

    Attributes:
        modstamp: when it last changed; of a Contact that shows a changed Account, when that did.
        merged_into: of a deleted record, the one that it was merged into.
        converted_contact: of a Lead, the Contact that it was converted to.
        values: by our words; a Contact shows those of its Account, too.
    """

    object: Literal["Lead", "Contact", "Account"]
    id: str
    modstamp: Instant
    deleted: bool = False
    merged_into: str | None = None
    converted_contact: str | None = None
    values: Mapping[str, FieldValue] = field(default_factory=dict)
