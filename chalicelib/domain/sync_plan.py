"""What has to be done on a platform for one person whose records changed: written, taken away, noted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from chalicelib.domain.eligibility import Decision
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import PersonId
from chalicelib.domain.person import Person
from chalicelib.domain.row_hashes import checksum, field_hash, field_hashes
from chalicelib.domain.sync import Platform, Row
from chalicelib.domain.sync_rows import in_preference
from chalicelib.domain.sync_state import SyncState, Verdict, verdict_of
from chalicelib.domain.sync_verdict import ABOUT_THE_RECORD

HANDED_OVER: frozenset[Platform] = frozenset({"account_engagement"})
"""Platforms whose row can go over to another record: a prospect is known by its e-mail address and an id of
its own. In Marketing Cloud the record's id is the row's key, so that another record needs another row."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A row to write or take away.

    Attributes:
        state: the record's state once that is done.
        released: states of records that gave their row to this one; they hold once it is written.
    """

    row: Row
    state: SyncState
    released: tuple[SyncState, ...] = ()


@dataclass(slots=True)
class Plan:
    """What to do.

    Attributes:
        noted: states of records about which nothing has to be done on the platform.
        unread: records that have to be read first, since the row may have become theirs.
        unchanged: of the records that were read, how many are as they were left.
    """

    write: list[Planned] = field(default_factory=list)
    withdraw: list[Planned] = field(default_factory=list)
    noted: list[SyncState] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """One person's records on one platform.

    Attributes:
        decision: about the person; None where nobody is known.
        names: of all records that the person is or was known by, those that were read among them.
        verdicts: of those that were read.
        moved_to: of those that were merged or converted, the record that they live on in.
        accounts: of the Contacts among them.
        states: of those that were decided before.
        row: builds the row of a record that was read, given the platform's own name of it.
        owners: of the records that were read, who is known by each itself; a merged one may be of another.
    """

    platform: Platform
    person: Person | None
    decision: Decision | None
    names: frozenset[str]
    verdicts: Mapping[str, Verdict]
    moved_to: Mapping[str, str]
    accounts: Mapping[str, str | None]
    states: Mapping[str, SyncState]
    row: Callable[[str, str | None], Row]
    now: Instant
    owners: Mapping[str, Person] = field(default_factory=dict)

    @property
    def permitted(self) -> bool:
        """Whether the person may be written to."""
        return self.decision is not None and self.decision.eligible

    def holds(self, name: str) -> bool:
        """Whether the platform holds a row of the record."""
        return name in self.states and self.states[name].held


def plan(group: Group) -> Plan:
    """Decide what to do for one person; nothing at all where a record has to be read first.

    Of the person's records that Salesforce still has and that may be written to, the first in preference has
    the row. Rows of the others are handed over to it, where the platform can do that, or taken away.
    """
    first = next((name for name in in_preference(list(group.names)) if _may_have_row(group, name)), None)
    if unread := _unread(group, first):
        return Plan(unread=unread)
    result = Plan()
    row = group.row(first, _remote_id(group, first)) if first in group.verdicts and first else None
    released = _settle_others(group, first, row, result)
    if first is not None and row is not None:
        _settle_first(group, first, row, released, result)
    return result


def address_of(state: SyncState, person: Person | None) -> str:
    """Find the address that was written among a person's; empty where it is none of them."""
    written = state.hashes.get("email")
    addresses = sorted(key.value for key in person.keys if key.kind == "email") if person else []
    return next((each for each in addresses if field_hash(state.record, "email", each) == written), "")


def _may_have_row(group: Group, name: str) -> bool:
    """Whether a record may have the person's row; one that isn't read is judged as it was last seen."""
    if name in group.verdicts:
        return group.verdicts[name].eligible
    if name not in group.states or not group.permitted:
        return False
    judged = group.states[name].verdict
    return not judged.gone and judged.reason not in ABOUT_THE_RECORD


def _unread(group: Group, first: str | None) -> list[str]:
    """Name the records without which nothing can be decided."""
    unread = [
        target
        for name, target in group.moved_to.items()
        if group.holds(name) and target not in group.verdicts and target not in group.states
    ]
    if first is not None and first not in group.verdicts:
        state = group.states[first]
        if not state.held and state.outcome != "failed":
            unread.append(first)
    return unread


def _remote_id(group: Group, first: str) -> str | None:
    """Find the platform's own name of the row: the record's, or that of a row that is handed over to it."""
    state = group.states.get(first)
    if state is not None and state.held and state.remote_id:
        return state.remote_id
    if group.platform not in HANDED_OVER:
        return None
    held = [name for name in in_preference(list(group.states)) if group.holds(name)]
    ids = (group.states[name].remote_id for name in held)
    if found := next((each for each in ids if each), None):
        return found
    keys = () if group.person is None else group.person.keys
    return min((key.value for key in keys if key.kind == "prospect"), default=None)


def _settle_others(group: Group, first: str | None, row: Row | None, result: Plan) -> tuple[SyncState, ...]:
    """Settle the records that don't have the row; gives the states of those that hand theirs over."""
    released = []
    for name in in_preference([each for each in group.names if each != first]):
        if name not in group.verdicts and not group.holds(name):
            continue
        before, after = group.states.get(name), _decided(group, name, first)
        if before is None or not before.held:
            _note(before, after, result)
        elif first is None or not _is_same_row(group, before, first, row):
            result.withdraw.append(Planned(_leaving(group, before), after))
        else:
            released.append(without_row(after))
    if row is None:
        result.noted += released
        return ()
    return tuple(released)


def without_row(state: SyncState) -> SyncState:
    """Say that the platform holds no row of the record any more."""
    return replace(state, held=False, remote_id=None, checksum="", hashes={})


def _settle_first(group: Group, first: str, row: Row, released: tuple[SyncState, ...], result: Plan) -> None:
    """Write the row, unless it is there as it shall be, or was refused as it is."""
    before, after = group.states.get(first), _decided(group, first, None)
    hashes = field_hashes(row)
    whole = checksum(row, hashes)
    settled = before is not None and (before.held or before.outcome == "failed")
    if settled and before is not None and before.checksum == whole and not released:
        _note(before, after, result)
        return
    written = replace(after, remote_id=row.remote_id, checksum=whole, hashes=hashes)
    result.write.append(Planned(replace(row, silenced=_was_silenced(group, before)), written, released))


def _was_silenced(group: Group, before: SyncState | None) -> bool:
    """Whether the row was taken away and never written since: the record's own, or else another's."""
    judged = [before] if before is not None else list(group.states.values())
    return any(each.written_at and not each.held and each.outcome != "written" for each in judged)


def _decided(group: Group, name: str, first: str | None) -> SyncState:
    """Give a record's state by what is decided now."""
    before, judged = group.states.get(name), group.verdicts.get(name)
    if judged is None:
        judged = group.states[name].verdict
        if group.person is not None and group.decision is not None and not group.permitted:
            judged = verdict_of(group.person.id, group.decision)
    state = before or SyncState(group.platform, name, judged, group.now)
    return replace(
        state,
        verdict=judged,
        decided_at=group.now,
        stands_back_for=first if first is not None and judged.eligible else "",
        account=group.accounts.get(name, state.account),
    )


def _note(before: SyncState | None, after: SyncState, result: Plan) -> None:
    """Keep a decision, but not once more where it is the same."""
    if before is None or replace(after, decided_at=before.decided_at) != before:
        result.noted.append(after)
    else:
        result.unchanged += 1


def _is_same_row(group: Group, holder: SyncState, first: str, row: Row | None) -> bool:
    """Whether the row that a record holds is, or becomes, the first one's."""
    if group.platform not in HANDED_OVER:
        return False
    if row is not None:
        remote_id, address = row.remote_id, row.email
    else:
        there = group.states[first]
        remote_id, address = there.remote_id, address_of(there, group.person)
    if holder.remote_id and remote_id:
        return holder.remote_id == remote_id
    return holder.hashes.get("email") == field_hash(holder.record, "email", address)


def _leaving(group: Group, state: SyncState) -> Row:
    """Name a row that is taken away, by the address that was written."""
    person = group.person.id if group.person is not None else state.verdict.person
    address = address_of(state, group.person) or address_of(state, group.owners.get(state.record))
    return Row(person or PersonId(""), state.record, address, state.remote_id)
