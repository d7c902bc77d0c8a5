"""`smarketing metadata deploy`, `rollback` and `cancel`: change an org, and take the change back."""

import json
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from chalicelib.errors import Rejected
from smarketing.commands.metadata_options import DryRun, Json, Project, Target, logged_in
from smarketing.lock.plan import organization_id
from smarketing.metadata import report, rollback
from smarketing.metadata.deploy_requests import DeployOptions, DeployRequests, DeployStatus, TestLevel
from smarketing.metadata.deployment import Phase
from smarketing.metadata.placeholders import checked_places, sandbox_places
from smarketing.metadata.preparing import Prepared, prepare, roll_back_of
from smarketing.metadata.project import default_root
from smarketing.metadata.sending import conclude, followed, hand_in, record_of
from smarketing.org_login import Org
from smarketing.org_rest import rest_of

_REFUSED = 2

_CheckOnly = Annotated[bool, typer.Option("--check-only", help="Have the org try it without keeping it.")]
_Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
_Folder = Annotated[Path, typer.Option("--folder", help="Folder of the roll-back files.", file_okay=False)]


def deploy(
    target: Target = None,
    phase: Annotated[
        Phase | None, typer.Option("--phase", help="Before go-live open, then locked; open if not said.")
    ] = None,
    callback_url: Annotated[
        str | None, typer.Option("--callback-url", help="Where the org sends its outbound messages.")
    ] = None,
    integration_user: Annotated[
        str | None, typer.Option("--integration-user", help="User name with which it sends them.")
    ] = None,
    check_only: _CheckOnly = False,
    test_level: Annotated[
        TestLevel | None,
        typer.Option("--test-level", help="Apex tests to run; the platform's rule if not said."),
    ] = None,
    run_test: Annotated[
        list[str] | None, typer.Option("--run-test", help="Test class, with RunSpecifiedTests; repeatable.")
    ] = None,
    dry_run: DryRun = False,
    resume: Annotated[
        str | None, typer.Option("--resume", metavar="ID", help="Watch a deploy that was begun.")
    ] = None,
    project: Project = None,
    folder: _Folder = rollback.FOLDER,
    yes: _Yes = False,
    as_json: Json = False,
) -> None:
    """Bring the project into an org; keeps what was there for a roll-back.

    Examples: smarketing metadata deploy --check-only --target rehearsal,
    smarketing metadata deploy --phase locked --target production
    """
    if (test_level == "RunSpecifiedTests") != bool(run_test):
        raise Rejected("--run-test: name at least one, and say --test-level RunSpecifiedTests with it")
    org, calls = logged_in(target, project)
    requests = DeployRequests(calls)
    if resume is not None:
        _end(requests, resume, record_of(folder, resume), target, as_json)
        return
    places = checked_places(callback_url, integration_user) | sandbox_places(target)
    prepared = prepare(calls, project or default_root(), phase, places, check_only=check_only)
    if dry_run:
        _show_plan(prepared, as_json)
        return
    record = None if check_only else _agreed(prepared, org, folder, yes=yes)
    options = DeployOptions(check_only, test_level, tuple(run_test or ()))
    deploy_id, record = hand_in(requests, prepared.plan.package, options, record)
    _end(requests, deploy_id, record, target, as_json)


def roll_back(
    file: Annotated[
        Path | None, typer.Argument(help="Roll-back file; the newest of the org where none is named.")
    ] = None,
    target: Target = None,
    show: Annotated[bool, typer.Option("--list", help="Show the files.")] = False,
    check_only: _CheckOnly = False,
    dry_run: DryRun = False,
    project: Project = None,
    folder: _Folder = rollback.FOLDER,
    yes: _Yes = False,
    as_json: Json = False,
) -> None:
    """Put an org back to what it was before a deploy; what that added is deleted, records and all.

    Example: smarketing metadata rollback --target rehearsal
    """
    if show:
        _show_roll_backs(folder, as_json)
        return
    org, calls = logged_in(target, project)
    chosen = rollback.choose(file, folder, organization_id(rest_of(org)))
    restored, deleted = len(chosen.standing.members), len(chosen.deletions)
    what = f"restore {restored} components and delete {deleted} in {org.name}"
    if dry_run:
        _show_roll_back(chosen, what, as_json)
        return
    if not check_only:
        _ask(f"{what[0].upper()}{what[1:]}, with all their records?", org, yes=yes)
    requests = DeployRequests(calls)
    deploy_id, _ = hand_in(requests, chosen.package(), DeployOptions(check_only), None)
    status = _end(requests, deploy_id, None, target, as_json)
    if status.success and not check_only:
        rollback.save(replace(chosen, rolled_back_at=rollback.timestamp(datetime.now(UTC))))


def cancel(
    deploy_id: Annotated[str, typer.Argument(metavar="ID", help="Id of the deploy, as `deploy` shows it.")],
    target: Target = None,
    project: Project = None,
    as_json: Json = False,
) -> None:
    """Stop a deploy; what it did is undone.

    Example: smarketing metadata cancel 0Af000000000001AAA --target rehearsal
    """
    _, calls = logged_in(target, project)
    status = DeployRequests(calls).cancel(deploy_id)
    typer.echo(json.dumps(report.status_json(status)) if as_json else f"{deploy_id}: {status.status}")


def _end(
    requests: DeployRequests,
    deploy_id: str,
    record: rollback.RollBack | None,
    target: str | None,
    as_json: bool,
) -> DeployStatus:
    """Follow a deploy, say how it ended, and end with 2 where the org refused it."""
    console = Console(stderr=as_json)
    status = followed(requests, deploy_id, target, console)
    conclude(status, record, target, console)
    if as_json:
        kept = str(record.path) if record is not None and status.success else None
        typer.echo(json.dumps(report.status_json(status) | {"roll_back": kept}))
    if not status.success:
        raise typer.Exit(_REFUSED)
    return status


def _agreed(prepared: Prepared, org: Org, folder: Path, *, yes: bool) -> rollback.RollBack:
    """Ask whether to go on, then write the way back before anything is changed."""
    plan = prepared.plan
    sent, gone = len(plan.sources.members), len(plan.deletions)
    deleted = f", {gone} deleted ({report.named(plan.deletions)})" if gone else ""
    _ask(f"Deploy {sent} components to {org.name}, phase {plan.sources.phase}{deleted}?", org, yes=yes)
    organization = organization_id(rest_of(org))
    record = roll_back_of(prepared, folder, organization, org.name, datetime.now(UTC))
    return rollback.save(record, prepared.standing)


def _ask(question: str, org: Org, *, yes: bool) -> None:
    if yes or org.is_on_this_machine:
        return
    if not sys.stdin.isatty():
        raise Rejected("--yes: say it where nobody can answer")
    typer.confirm(question, abort=True)


def _show_plan(prepared: Prepared, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.plan_json(prepared.plan)))
        return
    Console().print(report.plan_table(prepared.plan))
    gone = report.named(prepared.plan.deletions)
    typer.echo(f"phase {prepared.plan.sources.phase}; deleted: {gone or 'nothing'}")


def _show_roll_back(chosen: rollback.RollBack, what: str, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.roll_back_json(chosen)))
        return
    typer.echo(f"would {what}, by {chosen.path}")
    for kind, name in chosen.deletions:
        typer.echo(f"delete {kind} {name}")


def _show_roll_backs(folder: Path, as_json: bool) -> None:
    found = rollback.files(folder)
    if as_json:
        typer.echo(json.dumps([report.roll_back_json(each) for each in found]))
        return
    for each in found:
        typer.echo(report.roll_back_line(each))
    if not found:
        typer.echo(f"No roll-back file in {folder}.")
