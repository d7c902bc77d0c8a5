"""What the lock's commands show: tables for people, JSON for machines."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

from rich.markup import escape
from rich.table import Column, Table

from chalicelib.gateways.salesforce.field_permissions import Survey
from smarketing.lock.apply import Applied
from smarketing.lock.plan import Plan, looked_at
from smarketing.lock.undo import Undoing
from smarketing.lock.undo_file import UndoFile

_MOST_NAMED = 3


def plan_table(plan: Plan) -> Table:
    """Show who loses the edit right on what; the names of many fields are left to JSON."""
    table = Table(Column("who", no_wrap=True), "fields", Column("users", justify="right"))
    for holder, losses in groupby(plan.losses, key=lambda each: each.holder):
        some = list(losses)
        fields = ", ".join(_shortened(each.object, each.fields) for each in some)
        table.add_row(escape(holder.title), fields, str(some[0].users))
    return table


def grants_table(found: Survey) -> Table:
    """Show who may edit what, without asking how many people that are."""
    table = Table(Column("who", no_wrap=True), "fields")
    for holder, grants in groupby(found.grants, key=lambda each: each.holder):
        objects = groupby(grants, key=lambda each: each.object)
        fields = ", ".join(_shortened(name, [each.field for each in some]) for name, some in objects)
        table.add_row(escape(holder.title), fields)
    return table


def looked_at_line(found: Survey) -> str:
    """Say what was looked at and found."""
    counted = looked_at(found)
    holders = {each.holder.id for each in found.grants}
    held = f"{len(found.grants)} edit rights, held by {len(holders)} of them"
    return (
        f"{counted['profiles']} profiles, {counted['permission_sets']} permission sets, "
        f"{counted['fields']} fields: {held if holders else 'nobody but the integration user may edit them'}"
    )


def survey_json(found: Survey) -> dict[str, Any]:
    """Give what `verify` found."""
    return {
        "locked": not found.grants,
        "looked_at": looked_at(found),
        "grants": [
            {"kind": each.holder.kind, "name": each.holder.name, "field": each.field} for each in found.grants
        ],
        "integration_lacks": list(found.lacking),
    }


def applied_json(applied: Applied) -> dict[str, Any]:
    """Give what `apply` did."""
    return {
        "taken": applied.taken,
        "undo_file": str(applied.file.path) if applied.file else None,
        "failures": [each.line for each in applied.failures],
        **survey_json(applied.after),
    }


def undoing_json(undoing: Undoing, file: UndoFile, failures: Iterable[str]) -> dict[str, Any]:
    """Give what `undo` did, or would do."""
    return {
        "undo_file": str(file.path),
        "changed": len(undoing.change),
        "made_again": len(undoing.make),
        "already_so": undoing.same,
        "gone": [f"{each.holder.title}, {each.field}" for each in undoing.gone],
        "failures": list(failures),
    }


def _shortened(name: str, fields: Sequence[str]) -> str:
    return f"{name} {len(fields)}" if len(fields) > _MOST_NAMED else ", ".join(fields)
