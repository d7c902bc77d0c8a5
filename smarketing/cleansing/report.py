"""What the commands print: no personal data, which stands in the plan's files alone."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from smarketing.cleansing.apply import Applied
from smarketing.cleansing.done import Outcome
from smarketing.cleansing.manifest import PLAN, SUMMARY, Manifest
from smarketing.cleansing.summary import RULES
from smarketing.cleansing.undo import Undone

_MOST_SHOWN = 20

_OUTCOMES: Mapping[Outcome, str] = {
    "written": "written",
    "recorded": "consents put on the queue for the ledger",
    "already": "were so already",
    "changed": "changed meanwhile, left alone",
    "gone": "deleted meanwhile",
    "replaced": "replaced by another row for the same field",
}


def plan_json(made: Manifest, folder: Path) -> dict[str, Any]:
    """Give a plan in numbers."""
    return {
        "org": made.org,
        "folder": str(folder),
        "records": dict(made.records),
        "proposals": made.rows,
        "by_rule": {rule: dict(count) for rule, count in made.counts.items()},
    }


def plan_lines(made: Manifest, folder: Path) -> str:
    """Tell of a plan."""
    read = ", ".join(f"{number} {name}s" for name, number in made.records.items())
    lines = [f"{made.rows} proposals from {read}"]
    for rule in sorted(made.counts, key=list(RULES).index):
        counted = ", ".join(f"{number} {decision}" for decision, number in made.counts[rule].items())
        lines.append(f"  {RULES[rule]}: {counted}")
    lines.append(
        f"read {folder / SUMMARY}, decide in {folder / PLAN}, then smarketing cleanse apply {folder}"
    )
    return "\n".join(lines)


def applied_json(applied: Applied, *, dry_run: bool) -> dict[str, Any]:
    """Give what became of a plan."""
    return {
        "dry_run": dry_run,
        "rows": applied.rows,
        "removed": applied.removed,
        "skipped": applied.skipped,
        **{outcome: applied.outcomes[outcome] for outcome in _OUTCOMES},
        "failed": len(applied.failures),
        "balanced": applied.balanced,
        "failures": [
            {
                "row": each.row.number,
                "record": each.row.record,
                "field": each.row.field,
                "reason": each.reason,
            }
            for each in applied.failures
        ],
    }


def applied_lines(applied: Applied, *, dry_run: bool) -> str:
    """Tell what became of a plan."""
    return "\n".join(_applied(applied, "would be " if dry_run else ""))


def undone_json(undone: Undone, *, dry_run: bool) -> dict[str, Any]:
    """Give what became of an undo."""
    return {
        "dry_run": dry_run,
        "fields": undone.fields,
        "restored": undone.restored,
        "same": undone.same,
        "changed": [{"record": each.record, "field": each.field} for each in undone.changed],
        "gone": undone.gone,
        "failures": [
            {"record": each.record, "field": each.field, "reason": why} for each, why in undone.failures
        ],
        "balanced": undone.balanced,
    }


def undone_lines(undone: Undone, *, dry_run: bool) -> str:
    """Tell what became of an undo."""
    restored = "would be restored" if dry_run else "restored"
    counted = (
        f"{undone.restored} {restored}",
        f"{undone.same} were so already",
        f"{len(undone.changed)} changed since and left alone",
        f"{undone.gone} deleted since",
        f"{len(undone.failures)} failed",
    )
    lines = [f"{undone.fields} fields: {', '.join(counted)}"]
    lines += [f"changed since: {each.record} {each.field}" for each in undone.changed[:_MOST_SHOWN]]
    lines += [f"failed: {each.record} {each.field}: {why}" for each, why in undone.failures[:_MOST_SHOWN]]
    return "\n".join(lines)


def _applied(applied: Applied, would: str) -> Iterator[str]:
    yield f"{applied.rows} rows: {applied.skipped} skipped or marks, {applied.removed} taken out of the file"
    for outcome, meaning in _OUTCOMES.items():
        if number := applied.outcomes[outcome]:
            doing = would if outcome in ("written", "recorded") else ""
            yield f"  {number} {doing}{meaning}"
    if applied.failures:
        yield f"  {len(applied.failures)} failed; apply again when that is mended"
    for each in applied.failures[:_MOST_SHOWN]:
        yield f"row {each.row.number}: {each.row.record} {each.row.field}: {each.reason}"
