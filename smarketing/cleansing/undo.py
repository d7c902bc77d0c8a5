"""Writes back what fields held before a plan was applied, where nobody has changed them since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from smarketing.cleansing import manifest as files
from smarketing.cleansing import org_records, writing
from smarketing.cleansing.apply import BATCH, Applying, Progress, refuse_other_org
from smarketing.cleansing.done import read_done
from smarketing.cleansing.proposal import OBJECTS, Record
from smarketing.cleansing.undo_file import Former, read_former
from smarketing.cleansing.writing import Change


@dataclass(slots=True)
class Undone:
    """What became of the fields that an apply wrote; the parts add up to all of them.

    Attributes:
        same: hold the former value already, as where an apply broke off before it wrote.
        changed: by somebody since; they are left alone.
    """

    fields: int
    restored: int = 0
    same: int = 0
    changed: list[Former] = field(default_factory=list)
    gone: int = 0
    failures: list[tuple[Former, str]] = field(default_factory=list)

    @property
    def balanced(self) -> bool:
        """Whether no field was lost on the way."""
        parts = self.restored + self.same + len(self.changed) + self.gone + len(self.failures)
        return parts == self.fields


def undo_plan(applying: Applying, org: str, progress: Progress = lambda *_: None) -> Undone:
    """Restore the former values; a repetition does no harm.

    Consents stay: the ledger only grows, and each entry says where it came from.

    Raises:
        Rejected: the plan is of another org, or its undo file can't be read.
        Retryable, Misconfigured: the org takes no more; call it again.
    """
    refuse_other_org(applying.manifest, org, applying.folder)
    former = read_former(applying.folder / files.UNDO)
    undone = Undone(len(former))
    if applying.send is not None:
        # First: whoever applies after an undo that broke off has each row looked at again.
        read_done(applying.folder / files.DONE).forget()
    for name in OBJECTS:
        records = iter(_by_record([each for each in former if each.object == name]).items())
        while batch := dict(islice(records, BATCH)):
            _undo_batch(applying, name, batch, undone)
            progress(undone.fields - _left(undone), undone.fields)
    return undone


def _undo_batch(applying: Applying, name: str, batch: Mapping[str, Sequence[Former]], undone: Undone) -> None:
    fields = dict.fromkeys(each.field for some in batch.values() for each in some)
    types = {each: applying.manifest.types[f"{name}.{each}"] for each in fields}
    now = org_records.read_some(applying.rest, name, types, list(fields), batch)
    todo = {record: _to_restore(some, now.get(record), undone) for record, some in batch.items()}
    changes = [
        Change(name, record, {each.field: each.before for each in some})
        for record, some in todo.items()
        if some
    ]

    def take(change: Change, fault: str) -> None:
        some = todo[change.record]
        if fault:
            undone.failures += [(each, fault) for each in some]
        else:
            undone.restored += len(some)

    if applying.send is None:
        undone.restored += sum(len(each.values) for each in changes)
    elif changes:
        writing.write(applying.rest, changes, applying.patience, take)


def _to_restore(some: Sequence[Former], record: Record | None, undone: Undone) -> list[Former]:
    if record is None:
        undone.gone += len(some)
        return []
    todo = []
    for each in some:
        held = record.get(each.field)
        if held == each.before:
            undone.same += 1
        elif held == each.after:
            todo.append(each)
        else:
            undone.changed.append(each)
    return todo


def _left(undone: Undone) -> int:
    parts = undone.restored + undone.same + len(undone.changed) + undone.gone + len(undone.failures)
    return undone.fields - parts


def _by_record(former: Sequence[Former]) -> dict[str, list[Former]]:
    found: dict[str, list[Former]] = defaultdict(list)
    for each in former:
        found[each.record].append(each)
    return found
