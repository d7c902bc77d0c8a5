"""What became of a command at the outside system."""

from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.engagement import PersonKey

LinkKind = Literal["lead_created", "lead_converted", "record_changed"]
"""The engagement that tells the person about a record of theirs."""


@dataclass(frozen=True, slots=True)
class Written:
    """The record is as the command wants it."""

    record_id: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Nothing is wrong with the command; it will be tried again.

    Attributes:
        orphaned: it refers to a Lead by the person's id, and there is none.
    """

    reason: str
    orphaned: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken like this: a human has to look at it. `reason` holds no personal data."""

    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """The person's record is another one than the command names: `to` says which."""

    to: PersonKey
    link: LinkKind


@dataclass(frozen=True, slots=True)
class Blocked:
    """A setting or permission is missing: nothing of this kind can be written until an operator acts."""

    reason: str


Outcome = Written | Deferred | Refused | Moved | Blocked
