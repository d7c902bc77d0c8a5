"""Merges the groups that people decided on, each with what is needed to take it back kept before."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from smarketing.cleansing import growing_file
from smarketing.duplicates.manifest import UNDO
from smarketing.duplicates.merge_plan import Merge
from smarketing.duplicates.soap_merge import Request, Result, in_steps

Send = Callable[[Sequence[Request]], Iterator[Result]]
"""Has the platform merge; gives results in order."""

Progress = Callable[[int, int], None]
"""Takes how many groups are done, and of how many."""

_BATCH = 20
"""Groups of which the former values are kept at a time, before they are merged."""


@dataclass(slots=True)
class Merged:
    """What became of the groups.

    Attributes:
        records: that were merged into others.
        moved: records that followed.
        held_back: groups that a guard holds back.
        failures: main record and reason.
    """

    groups: int = 0
    records: int = 0
    moved: int = 0
    held_back: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)


def merge_groups(
    merges: Sequence[Merge],
    folder: Path,
    send: Send | None,
    progress: Progress = lambda *_: None,
) -> Merged:
    """Merge what no guard holds back; without `send` only count.

    What each record held, and which records followed, goes into `undo.jsonl`: a merged record is brought back
    by the recycle bin, its values and the records that followed by that file.

    Raises:
        Misconfigured, Retryable: the org takes no more; call it again, and it goes on.
    """
    merged = Merged(held_back=sum(1 for each in merges if each.held_back))
    waiting = iter(each for each in merges if not each.held_back)
    total = len(merges) - merged.held_back
    while batch := list(islice(waiting, _BATCH)):
        if send is None:
            merged.groups += len(batch)
            merged.records += sum(len(each.others) for each in batch)
        else:
            growing_file.append(folder / UNDO, (_before(each) for each in batch))
            growing_file.append(folder / UNDO, _merge(batch, send, merged))
        progress(merged.groups + len(merged.failures), total)
    return merged


def _merge(batch: Sequence[Merge], send: Send, merged: Merged) -> Iterable[dict[str, Any]]:
    """Merge a batch; gives lines on the records that followed."""
    steps = [(each, step) for each in batch for step in in_steps(_request(each))]
    failed: dict[str, str] = {}
    lines = []
    for (each, step), result in zip(steps, send([step for _, step in steps]), strict=True):
        if result.refusal:
            failed.setdefault(each.main, result.refusal)
        else:
            merged.records += len(step.others)
            merged.moved += len(result.moved)
            lines.append({"main": each.main, "merged": list(step.others), "moved": list(result.moved)})
    merged.failures += failed.items()
    merged.groups += len(batch) - len(failed)
    return lines


def _request(merge: Merge) -> Request:
    return Request(merge.object, merge.main, merge.others, merge.survivor.values)


def _before(merge: Merge) -> dict[str, Any]:
    records = (merge.survivor.main, *merge.survivor.others)
    return {
        "object": merge.object,
        "main": merge.main,
        "values": dict(merge.survivor.values),
        "before": [asdict(each) for each in records],
    }
