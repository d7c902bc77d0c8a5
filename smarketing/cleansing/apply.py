"""Applies a plan as it was decided: consents into the ledger, values into the org."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Protocol

from chalicelib.domain.message import pack
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.bulk import Patience
from smarketing.cleansing import manifest as files
from smarketing.cleansing import org_records, undo_file, writing
from smarketing.cleansing.done import Done, Outcome, read_done
from smarketing.cleansing.ledger_entries import engagement_of
from smarketing.cleansing.manifest import Manifest
from smarketing.cleansing.plan_file import read_plan
from smarketing.cleansing.proposal import OBJECTS, Proposal, Record
from smarketing.cleansing.undo_file import Former
from smarketing.cleansing.writing import Change

BATCH = 10_000
"""Records that are read again, then written: one Bulk job."""

Send = Callable[[Iterable[str]], None]
"""Puts message bodies on the engagement queue; when it returns they are kept durably."""

Progress = Callable[[int, int], None]
"""Takes how many rows are done, and of how many."""


class Rest(org_records.Rest, writing.Rest, Protocol):
    """The calls that are needed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A row that the org did not take; it is tried again by the next apply."""

    row: Proposal
    reason: str


@dataclass(slots=True)
class Applied:
    """What became of a plan's rows; the parts add up to all of them.

    Attributes:
        removed: rows that somebody took out of the file.
        skipped: rows that are not to be applied, marks included.
        outcomes: of the rows that are done, also by an apply before.
    """

    rows: int
    removed: int
    skipped: int
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)

    @property
    def done(self) -> int:
        """All rows that something became of."""
        return self.removed + self.skipped + sum(self.outcomes.values()) + len(self.failures)

    @property
    def balanced(self) -> bool:
        """Whether no row was lost on the way."""
        return self.done == self.rows


@dataclass(frozen=True, slots=True)
class Applying:
    """What an apply works with.

    Attributes:
        send: None for a rehearsal, which writes nothing.
    """

    rest: Rest
    folder: Path
    manifest: Manifest
    send: Send | None
    patience: Patience = org_records.PATIENCE


def apply_plan(applying: Applying, org: str, progress: Progress = lambda *_: None) -> Applied:
    """Apply all rows of a plan that are decided so and not done yet.

    Raises:
        Rejected: the plan is of another org, or was edited beyond its decisions.
        Retryable, Misconfigured: the org or the queue takes no more; call it again, and it goes on.
    """
    refuse_other_org(applying.manifest, org, applying.folder)
    done = read_done(applying.folder / files.DONE)
    wanted, applied = _decided(applying, done)
    total = sum(len(rows) for rows in wanted.values()) + len(done.outcomes)
    for name in OBJECTS:
        records = iter(_by_record(wanted[name]).items())
        while batch := dict(islice(records, BATCH)):
            failures, outcomes = _apply_batch(applying, name, batch, done)
            applied.failures += failures
            applied.outcomes.update(outcomes.values())
            progress(sum(applied.outcomes.values()) + len(applied.failures), total)
    return applied


def refuse_other_org(manifest: Manifest, org: str, folder: Path) -> None:
    """See that a plan is of the org that it is applied to.

    Raises:
        Rejected: it is not.
    """
    if manifest.org[:15] != org[:15]:
        raise Rejected(f"{folder}: is of org {manifest.org}, and this is {org}; choose the target")


def _decided(applying: Applying, done: Done) -> tuple[dict[str, list[Proposal]], Applied]:
    """Sort the rows: what is to be done by object, and the count of what is not."""
    wanted: dict[str, list[Proposal]] = {name: [] for name in OBJECTS}
    applied = Applied(applying.manifest.rows, applying.manifest.rows, 0)
    for each in read_plan(applying.folder / files.PLAN):
        applied.removed -= 1
        if each.number in done.outcomes:
            applied.outcomes[done.outcomes[each.number]] += 1
        elif each.decision == "apply":
            wanted[each.object].append(each)
        else:
            applied.skipped += 1
    for rows in wanted.values():
        # A person may have sorted the file.
        rows.sort(key=lambda each: each.number)
    return wanted, applied


def _by_record(rows: Sequence[Proposal]) -> dict[str, list[Proposal]]:
    found: dict[str, list[Proposal]] = defaultdict(list)
    for each in rows:
        found[each.record].append(each)
    return found


def _apply_batch(
    applying: Applying, name: str, batch: Mapping[str, Sequence[Proposal]], done: Done
) -> tuple[list[Failure], dict[int, Outcome]]:
    rows = [each for some in batch.values() for each in some]
    now = _as_they_are(applying, name, rows)
    outcomes, todo = _compare(rows, now)
    if applying.send is None:
        would: Mapping[bool, Outcome] = {True: "recorded", False: "written"}
        return [], outcomes | {each.number: would[each.is_consent] for each in todo}
    done.note(outcomes)
    consents = [each for each in todo if each.is_consent]
    manifest = applying.manifest
    applying.send(pack(engagement_of(each, manifest.org, manifest.at) for each in consents))
    recorded: dict[int, Outcome] = {each.number: "recorded" for each in consents}
    done.note(recorded)
    failures, written = _write(applying, [each for each in todo if not each.is_consent], done)
    return failures, outcomes | recorded | written


def _as_they_are(applying: Applying, name: str, rows: Sequence[Proposal]) -> Mapping[str, Record]:
    fields = dict.fromkeys(each for row in rows for each in _fields(row))
    types = {each: applying.manifest.types[f"{name}.{each}"] for each in fields}
    ids = dict.fromkeys(each.record for each in rows)
    return org_records.read_some(applying.rest, name, types, list(fields), ids)


def _fields(row: Proposal) -> Iterator[str]:
    yield from json.loads(row.before) if row.is_consent else (row.field,)


def _compare(
    rows: Sequence[Proposal], now: Mapping[str, Record]
) -> tuple[dict[int, Outcome], list[Proposal]]:
    """Part what is still to be done from what has its outcome already."""
    outcomes: dict[int, Outcome] = {}
    todo: dict[tuple[str, str], Proposal] = {}
    for row in rows:
        outcome = _outcome(row, now.get(row.record))
        if outcome is not None:
            outcomes[row.number] = outcome
            continue
        # Of two for one field the later one goes further and holds the other.
        former = todo.get((row.record, row.field))
        if former is not None:
            outcomes[former.number] = "replaced"
        todo[row.record, row.field] = row
    return outcomes, list(todo.values())


def _outcome(row: Proposal, record: Record | None) -> Outcome | None:
    if record is None:
        return "gone"
    if row.is_consent:
        told = json.loads(row.before)
        return None if all(record.get(name) == value for name, value in told.items()) else "changed"
    held = record.get(row.field)
    if held == row.before:
        return None
    return "already" if held == row.after else "changed"


def _write(
    applying: Applying, rows: Sequence[Proposal], done: Done
) -> tuple[list[Failure], dict[int, Outcome]]:
    by_record = _by_record(rows)
    undo_file.keep(
        applying.folder / files.UNDO,
        (Former(each.object, each.record, each.field, each.before, each.after) for each in rows),
    )
    changes = [
        Change(some[0].object, record, {each.field: each.after for each in some})
        for record, some in by_record.items()
    ]
    failures: list[Failure] = []
    outcomes: dict[int, Outcome] = {}

    def take(change: Change, fault: str) -> None:
        for each in by_record[change.record]:
            if fault:
                failures.append(Failure(each, fault))
            else:
                outcomes[each.number] = "written"

    try:
        if changes:
            writing.write(applying.rest, changes, applying.patience, take)
    finally:
        # Also what was written before the org stopped taking more.
        done.note(outcomes)
    return failures, outcomes
