"""Somebody else changed a value in a marketing automation that isn't theirs: seen, put on record, undone.

Which system owns a value says the playbook's section `sync`. What was written last is known by its hash, so
that a contradiction is seen without keeping what a person gave.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.command import FieldValue
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.row_hashes import field_hash
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_fields import OURS, Owner, SyncField
from chalicelib.domain.sync_state import SyncState


@dataclass(frozen=True, slots=True)
class Held:
    """A row as a platform tells it.

    Attributes:
        remote_id: the platform's own name of it.
        person: whose row it is, as it says itself.
        records: `contact:003...`, `lead:00Q...`, as it says itself.
        values: in our words.
        changed_at: when somebody, we ourselves included, changed it last.
    """

    remote_id: str
    person: PersonId | None
    records: tuple[str, ...]
    changed_at: Instant
    values: Mapping[str, FieldValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conflict:
    """A value that another than its owner changed.

    Attributes:
        owner: whose value it is, and who has it written again.
        changed_at: when the row was changed.
    """

    platform: Platform
    record: str
    word: str
    owner: Owner
    changed_at: Instant


def state_of(held: Held, states: Collection[SyncState]) -> SyncState | None:
    """Find the state that a row is held for; without one, that of a row which we ourselves withdrew."""
    there = [each for each in states if each.held and each.remote_id in (held.remote_id, None)]
    withdrawn = [each for each in states if each.outcome == "withdrawn"]
    return next(iter([*there, *withdrawn]), None)


def contradictions(held: Held, state: SyncState, fields: Sequence[SyncField]) -> tuple[Conflict, ...]:
    """Find the values of ours that are others than those that we wrote last.

    A row that shows a change from before our last writing may be an old reading, or our own change.
    """
    if not state.held or state.written_at is None or held.changed_at <= state.written_at:
        return ()
    return tuple(
        Conflict(state.platform, state.record, each.word, each.owner, held.changed_at)
        for each in fields
        if each.owner in OURS
        and each.word in held.values
        and each.word in state.hashes
        and field_hash(state.record, each.word, held.values[each.word]) != state.hashes[each.word]
    )
