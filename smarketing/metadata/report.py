"""What the commands of the metadata show: tables for people, plain values for programs."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from rich.table import Table

from smarketing.metadata.deploy_requests import DeployStatus, Message
from smarketing.metadata.deployment import Plan
from smarketing.metadata.drift import Drift
from smarketing.metadata.package import Member
from smarketing.metadata.rollback import RollBack

_MOST_NAMED = 8


def plan_table(plan: Plan) -> Table:
    """Say by type what goes to the org."""
    new, deleted = set(plan.new), Counter(kind for kind, _ in plan.deletions)
    table = Table("type", "components", "of them new", "deleted")
    sent = Counter(kind for kind, _ in plan.sources.members)
    added = Counter(kind for kind, name in plan.sources.members if (kind, name) in new)
    for kind in sorted({*sent, *deleted}):
        table.add_row(kind, str(sent[kind]), str(added[kind] or ""), str(deleted[kind] or ""))
    return table


def plan_json(plan: Plan) -> dict[str, Any]:
    """Give a plan as plain values."""
    return {
        "phase": plan.sources.phase,
        "api_version": plan.sources.api_version,
        "components": _plain(plan.sources.members),
        "new": _plain(plan.new),
        "deletions": _plain(plan.deletions),
    }


def errors_table(errors: Iterable[Message]) -> Table:
    """Say where the org refuses a component."""
    table = Table()
    for name in ("file", "line", "component", "problem"):
        # What is cut off can't be searched for.
        table.add_column(name, overflow="fold")
    for each in errors:
        table.add_row(each.file, str(each.line or ""), each.component, each.problem)
    return table


def status_json(status: DeployStatus) -> dict[str, Any]:
    """Give how a deploy ended as plain values."""
    return {
        "id": status.id,
        "status": status.status,
        "success": status.success,
        "check_only": status.check_only,
        "components": {"done": status.components[0], "total": status.components[1]},
        "tests": {"done": status.tests[0], "total": status.tests[1]},
        "errors": [_message(each) for each in status.errors],
        "warnings": [_message(each) for each in status.warnings],
    }


def drift_line(each: Drift) -> str:
    """Say in a line where org and project differ."""
    what = f"{each.kind}: {each.type} {each.full_name}"
    one = each.difference
    if one is None:
        return f"{each.path}: {what}" if each.path else what
    values = f"{_value(one.source)} in the project, {_value(one.org)} in the org"
    return f"{each.path}:{one.line}: {what}: {one.element}: {values}"


def drift_json(each: Drift) -> dict[str, Any]:
    """Give a difference as plain values."""
    one = each.difference
    plain: dict[str, Any] = {"kind": each.kind, "type": each.type, "full_name": each.full_name}
    plain |= {"path": each.path, "line": one.line if one else None}
    if one:
        plain |= {"element": one.element, "source": one.source, "org": one.org}
    return plain


def roll_back_line(found: RollBack) -> str:
    """Say in a line what a roll-back file is of."""
    used = f", rolled back {found.rolled_back_at}" if found.rolled_back_at else ""
    deleted = len(found.deletions)
    return f"{found.path}: {found.org}, {found.at}, phase {found.phase}, would delete {deleted}{used}"


def roll_back_json(found: RollBack) -> dict[str, Any]:
    """Give what a roll-back file would do as plain values."""
    return {
        "file": str(found.path),
        "org": found.org,
        "organization": found.organization,
        "at": found.at,
        "phase": found.phase,
        "deploy_id": found.deploy_id,
        "rolled_back_at": found.rolled_back_at,
        "restore": _plain(found.standing.members),
        "delete": _plain(found.deletions),
    }


def named(members: Iterable[Member]) -> str:
    """Name some components in one line."""
    names = [f"{kind} {name}" for kind, name in members]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more


def _plain(members: Iterable[Member]) -> dict[str, list[str]]:
    by_type: dict[str, list[str]] = {}
    for kind, name in sorted(members):
        by_type.setdefault(kind, []).append(name)
    return by_type


def _message(message: Message) -> dict[str, Any]:
    return {name: getattr(message, name) for name in Message.__slots__}


def _value(text: str | None) -> str:
    return "nothing" if text is None else f'"{text}"'
