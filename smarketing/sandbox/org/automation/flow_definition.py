"""What a record-triggered flow is made of.

Elements: Metadata API Developer Guide, Flow.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.instant import Duration
from smarketing.formulas.formula import Formula


@dataclass(frozen=True, slots=True)
class Reference:
    """A value that is read from somewhere: `$Record.Stage__c`, a formula, a record that was found."""

    path: str


Given = Reference | str | float | bool | None


@dataclass(frozen=True, slots=True)
class Condition:
    """`left operator right`; `left` is a field's name in filters, and a reference in decisions."""

    left: str
    operator: str
    right: Given


@dataclass(frozen=True, slots=True)
class Setting:
    """A field, or with assignments a reference, and what it becomes."""

    target: str
    value: Given


@dataclass(frozen=True, slots=True)
class Assignment:
    """Sets fields of the record."""

    settings: tuple[Setting, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """Goes on with the first outcome whose conditions all hold."""

    outcomes: tuple[tuple[tuple[Condition, ...], str | None], ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Lookup:
    """Finds one record."""

    object: str
    filters: tuple[Condition, ...]
    sort_field: str | None
    descending: bool
    following: str | None


@dataclass(frozen=True, slots=True)
class Creation:
    """Creates a record."""

    object: str
    settings: tuple[Setting, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Update:
    """Changes the record that started the flow, or those of an object that the filters find."""

    object: str | None
    filters: tuple[Condition, ...]
    settings: tuple[Setting, ...]
    following: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """Sends an outbound message of the record; `name` is a workflow's, such as `Lead.Changed`."""

    name: str
    following: str | None


Element = Assignment | Decision | Lookup | Creation | Update | Message


@dataclass(frozen=True, slots=True)
class ScheduledPath:
    """What happens some time after the time that a field of the record holds."""

    name: str
    field: str
    offset: Duration
    first: str


@dataclass(frozen=True, slots=True)
class Flow:
    """A record-triggered flow.

    Attributes:
        when: `Create`, `Update` or `CreateAndUpdate`.
        only_when_met_anew: whether an update counts only if the record did not meet the filters before.
        first: element that it begins with at once.
    """

    name: str
    label: str
    active: bool
    order: int
    object: str
    before_save: bool
    when: str
    condition: Formula | None
    filters: tuple[Condition, ...]
    only_when_met_anew: bool
    first: str | None
    scheduled: tuple[ScheduledPath, ...]
    elements: Mapping[str, Element]
    formulas: Mapping[str, Formula]
