"""Gives back what a lock took away, from its undo file."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.field_permissions import Org, Permission, survey
from smarketing.lock import rows
from smarketing.lock.undo_file import UndoFile


@dataclass(frozen=True, slots=True)
class Undoing:
    """What has to be done for the former state.

    Attributes:
        change: rows that are there with other rights.
        make: rows that were deleted meanwhile.
        gone: of profiles and permission sets that were deleted meanwhile; nobody can give these back.
    """

    same: int
    change: tuple[Permission, ...]
    make: tuple[Permission, ...]
    gone: tuple[Permission, ...]


def plan_undo(org: Org, organization: str, file: UndoFile) -> Undoing:
    """Compare the org with what it was before.

    Raises:
        Rejected: the file is of another org.
        Misconfigured, Retryable: as `survey` does.
    """
    if file.org != organization:
        raise Rejected(f"{file.path}: is of org {file.org}, and this is {organization}; choose the target")
    found = survey(org, sorted({each.field for each in file.rows}))
    holders = {each.id for each in found.holders}
    there = {(each.holder.id, each.field): each for each in found.permissions}
    now: Mapping[Permission, Permission | None] = {
        row: there.get((row.holder.id, row.field)) for row in file.rows if row.holder.id in holders
    }
    return Undoing(
        same=sum(each is not None and _rights(each) == _rights(row) for row, each in now.items()),
        change=tuple(
            # It may have been deleted and made again since, with another id.
            replace(row, id=each.id)
            for row, each in now.items()
            if each is not None and _rights(each) != _rights(row)
        ),
        make=tuple(row for row, each in now.items() if each is None),
        gone=tuple(row for row in file.rows if row.holder.id not in holders),
    )


def undo_lock(org: Org, undoing: Undoing, file: UndoFile) -> tuple[str, ...]:
    """Restore the former state; a repetition does no harm.

    Returns:
        A line for each right that the org did not take; where there is none, the file is done with.

    Raises:
        Retryable, Misconfigured: the org takes no more; plan and call it again.
    """
    failures = [*rows.update(org, undoing.change), *rows.create(org, undoing.make)]
    if not failures:
        file.becomes("undone")
    return tuple(each.line for each in failures)


def _rights(row: Permission) -> tuple[bool, bool]:
    return (row.read, row.edit)
