"""`smarketing lock`: marketing-owned fields that nobody but the integration user may edit."""

import getpass
import json
import logging
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from chalicelib import bootstrap
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.field_permissions import survey
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.gateways.store.locks import Lock
from chalicelib.log import log_line
from smarketing.lock import report, undo_file
from smarketing.lock.apply import Applied, apply_lock
from smarketing.lock.leave import objection
from smarketing.lock.plan import Plan, as_json, organization_id, plan_lock
from smarketing.lock.undo import Undoing, plan_undo, undo_lock
from smarketing.lock.undo_file import FOLDER, UndoFile
from smarketing.metadata.ownership import marketing_owned
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.target_store import reach_store, use_store_of

app = typer.Typer(
    help="Lock the marketing-owned fields for everybody but the integration user.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_NOT_LOCKED = 1

_Target = Annotated[
    str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
]
_Playbook = Annotated[
    Path | None, typer.Option("--playbook", help="Folder of the playbook that names the fields.")
]
_Json = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]
_Folder = Annotated[Path, typer.Option("--folder", help="Folder of the undo files.", file_okay=False)]


@app.command()
def plan(
    target: _Target = None,
    playbook: _Playbook = None,
    save: Annotated[
        Path | None, typer.Option("--save", help="File to keep the plan in, as JSON.", dir_okay=False)
    ] = None,
    as_plain: _Json = False,
) -> None:
    """Show who may edit marketing-owned fields, and would not after a lock. Changes nothing."""
    found = plan_lock(_org(target), _fields(playbook))
    plain = json.dumps(as_json(found), indent=1)
    if save is not None:
        save.write_text(plain + "\n", encoding="utf-8")
    if as_plain:
        typer.echo(plain)
        return
    _show_plan(found)


@app.command()
def apply(
    target: _Target = None,
    playbook: _Playbook = None,
    force: Annotated[bool, typer.Option("--force", help="Lock though the sync is not verified.")] = False,
    reason: Annotated[str, typer.Option("--reason", help="Why it is forced; it is logged.")] = "",
    folder: _Folder = FOLDER,
    dry_run: _DryRun = False,
    as_plain: _Json = False,
) -> None:
    """Take the edit right away, keep what was as an undo file, and read the org back."""
    org = _org(target)
    reach_store()
    _give_leave(org, force=force, reason=reason.strip())
    found = plan_lock(org, _fields(playbook))
    if dry_run:
        _show(as_json(found)) if as_plain else _show_plan(found)
        return
    applied = apply_lock(
        org, found, folder=folder, at=bootstrap.now(), by=getpass.getuser(), reason=reason.strip()
    )
    if applied.locked:
        _note_lock(found, reason.strip())
    _show(report.applied_json(applied)) if as_plain else _show_applied(applied)
    if not applied.locked:
        raise typer.Exit(_NOT_LOCKED)


@app.command()
def verify(target: _Target = None, playbook: _Playbook = None, as_plain: _Json = False) -> None:
    """Read every profile and permission set; ends with 1 where somebody may edit a field."""
    found = survey(_org(target), _fields(playbook))
    if as_plain:
        _show(report.survey_json(found))
    else:
        typer.echo(report.looked_at_line(found))
        if found.grants:
            Console().print(report.grants_table(found))
    if found.grants:
        raise typer.Exit(_NOT_LOCKED)


@app.command()
def undo(
    target: _Target = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="Undo file; the newest of the org where none is named.")
    ] = None,
    folder: _Folder = FOLDER,
    dry_run: _DryRun = False,
    as_plain: _Json = False,
) -> None:
    """Give back exactly what a lock took away, also what was deleted meanwhile."""
    org = _org(target)
    reach_store()
    organization = organization_id(org)
    chosen = undo_file.read(file) if file is not None else undo_file.newest(folder, organization)
    if chosen is None:
        raise Rejected(f"--folder: no undo file of org {organization} in {folder}; name one with --file")
    undoing = plan_undo(org, organization, chosen)
    failures: Sequence[str] = ()
    if not dry_run:
        bootstrap.locks().lift()
        failures = undo_lock(org, undoing, chosen)
    if as_plain:
        _show(report.undoing_json(undoing, chosen, failures))
    else:
        _show_undone(undoing, chosen, failures, dry_run=dry_run)
    if failures:
        raise typer.Exit(_NOT_LOCKED)


def _org(target: str | None) -> Rest:
    use_store_of(target)
    return rest_of(find_org(target))


def _fields(playbook: Path | None) -> tuple[str, ...]:
    return marketing_owned(playbook)


def _give_leave(org: Rest, *, force: bool, reason: str) -> None:
    """See that the sync with the org is verified, or say in the log why it does not matter."""
    if force != bool(reason):
        raise Rejected("--force: say --reason TEXT with it" if force else "--reason: goes with --force only")
    if force:
        log_line("lock forced", level=logging.WARNING, reason=reason)
        return
    why_not = objection(bootstrap.verifications().latest(), organization_id(org), bootstrap.now())
    if why_not is not None:
        raise Rejected(why_not)


def _note_lock(found: Plan, reason: str) -> None:
    fields = found.survey.fields
    bootstrap.locks().save(Lock(bootstrap.now(), getpass.getuser(), found.org, fields, reason))


def _show(plain: dict[str, Any]) -> None:
    typer.echo(json.dumps(plain))


def _show_plan(found: Plan) -> None:
    if found.losses:
        Console().print(report.plan_table(found))
    typer.echo(report.looked_at_line(found.survey))
    for each in found.warnings:
        typer.echo(f"note: {each}")


def _show_applied(applied: Applied) -> None:
    typer.echo(f"took {applied.taken} edit rights away")
    if applied.file is not None:
        typer.echo(f"undo file {applied.file.path}")
    for each in applied.failures:
        typer.echo(f"not taken: {each.line}")
    typer.echo(report.looked_at_line(applied.after))


def _show_undone(undoing: Undoing, file: UndoFile, failures: Sequence[str], *, dry_run: bool) -> None:
    done = "would restore" if dry_run else "restored"
    typer.echo(f"{done} {len(undoing.change)} rights, {len(undoing.make)} of deleted rows, from {file.path}")
    for name, rights in Counter(row.holder.title for row in undoing.gone).items():
        typer.echo(f"gone: {name} was deleted meanwhile, with {rights} rights; nobody can give these back")
    for each in failures:
        typer.echo(f"not restored: {each}")
