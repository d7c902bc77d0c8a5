"""What the commands on duplicates print, for people and as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from rich.table import Table

from smarketing.duplicates.groups import Grouped
from smarketing.duplicates.manifest import PAIRS, Manifest
from smarketing.duplicates.merge import Merged
from smarketing.duplicates.merge_plan import Merge
from smarketing.duplicates.pair import Pair

_MOST_SHOWN = 20


def found_json(manifest: Manifest, folder: Path) -> dict[str, Any]:
    """Tell what a search found."""
    return {
        "folder": str(folder),
        "file": str(folder / PAIRS),
        "records": dict(manifest.records),
        "pairs": manifest.pairs,
    }


def found_lines(manifest: Manifest, folder: Path) -> str:
    """Tell what a search found, for people."""
    read = ", ".join(f"{number:,} {name}s" for name, number in manifest.records.items())
    return (
        f"{manifest.pairs:,} pairs among {read}\n{folder / PAIRS}: decide there, or run\n"
        f"smarketing duplicates review {folder}"
    )


def side_by_side(pair: Pair) -> Table:
    """Show both records, with what speaks for one and against below."""
    why = "\n".join(str(each) for each in sorted(pair.why, key=lambda each: -abs(each.weight)))
    title = f"{pair.number}: one with {pair.probability:.1%} ({pair.decision})"
    table = Table("", pair.left, pair.right, title=title, caption=why, caption_justify="left")
    for name, (left, right) in pair.values.items():
        alike = left.casefold() == right.casefold()
        style = "dim" if alike else ""
        table.add_row(name.replace("_", " "), left, right, style=style)
    return table


def decisions(pairs: Sequence[Pair]) -> dict[str, int]:
    """Count decisions."""
    counts = Counter(each.decision for each in pairs)
    return {each: counts[each] for each in ("same", "different", "later")}


def merged_json(
    merges: Sequence[Merge], grouped: Grouped, merged: Merged, *, dry_run: bool
) -> dict[str, Any]:
    """Tell what was or would be merged."""
    return {
        "dry_run": dry_run,
        "groups": merged.groups,
        "records": merged.records,
        "moved": merged.moved,
        "held_back": [
            {"main": each.main, "why": [one.why for one in each.held_back]}
            for each in merges
            if each.held_back
        ],
        "conversions": [{"lead": each.lead, "contact": each.contact} for each in grouped.conversions],
        "contradictions": list(grouped.contradictions),
        "failures": [{"main": main, "reason": reason} for main, reason in merged.failures],
        "merges": [_merge_json(each) for each in merges],
    }


def merged_lines(merges: Sequence[Merge], grouped: Grouped, merged: Merged, *, dry_run: bool) -> str:
    """Tell what was or would be merged, for people."""
    lines = list(_previews(merges)) if dry_run else []
    lines += [
        f"pair {number}: said to be different, but one by way of others; decide again"
        for number in grouped.contradictions
    ]
    lines += [f"{main}: {reason}" for main, reason in merged.failures]
    for each in [each for each in merges if each.held_back][:_MOST_SHOWN]:
        why = "; ".join(one.why for one in each.held_back)
        lines.append(f"{each.object} {each.main}: held back, {why}")
    for conversion in grouped.conversions[:_MOST_SHOWN]:
        lines.append(f"Lead {conversion.lead}: convert it into Contact {conversion.contact}")
    done = "would be merged" if dry_run else "merged"
    lines.append(
        f"{merged.records} records of {merged.groups} groups {done}, {merged.held_back} groups held back, "
        f"{len(grouped.conversions)} Leads to convert, {len(merged.failures)} failures"
    )
    return "\n".join(lines)


def _previews(merges: Sequence[Merge]) -> Iterator[str]:
    for each in [each for each in merges if not each.held_back][:_MOST_SHOWN]:
        yield f"{each.object} {each.main} takes over {', '.join(each.others)}"
        for name, value in each.survivor.values.items():
            yield f"  {name}: {each.survivor.main.get(name) or '(empty)'} -> {value or '(empty)'}"
        if each.survivor.lost:
            yield f"  does not stay of the others: {', '.join(each.survivor.lost)}"
        if each.objections:
            yield f"  the stricter consent stays: {', '.join(each.objections)}"


def _merge_json(merge: Merge) -> dict[str, Any]:
    return {
        "object": merge.object,
        "main": merge.main,
        "others": list(merge.others),
        "values": dict(merge.survivor.values),
        "lost": list(merge.survivor.lost),
        "objections": list(merge.objections),
        "held_back": [each.guard for each in merge.held_back],
    }
