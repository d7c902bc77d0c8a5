"""`smarketing metadata`: check the Salesforce project, bring it into an org, compare, and go back."""

import json
from pathlib import Path
from typing import Annotated

import typer

from smarketing.commands import metadata_deploys
from smarketing.commands.metadata_options import DryRun, Json, Project, Target, logged_in
from smarketing.metadata import drift, report
from smarketing.metadata.deployment import Phase
from smarketing.metadata.generate import generate as bring_in_step
from smarketing.metadata.generated.glossary import glossary_records
from smarketing.metadata.glossary_records import plan_glossary, write_glossary
from smarketing.metadata.project import default_root, read_project
from smarketing.metadata.retrieving import Retrieving
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.playbook_files import read_playbook

app = typer.Typer(
    help="Check the Salesforce project, bring it into an org, compare, and go back.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_REFUSED = 2
_DIFFERS = 1

_Playbook = Annotated[
    Path | None, typer.Option("--playbook", help="Folder of the playbook; the project's own if not said.")
]


@app.command()
def check(project: Project = None, as_json: Json = False) -> None:
    """Find what an org would refuse, without one; ends with 2 where there is anything.

    Example: smarketing metadata check
    """
    # Only here: to build the schema of the Metadata API takes a second.
    from smarketing.metadata.checks import check_project

    root = project or default_root()
    found = check_project(root)
    if as_json:
        plain = [{"path": str(each.path), "line": each.line, "message": each.message} for each in found]
        typer.echo(json.dumps(plain))
    else:
        for each in found:
            typer.echo(f"{each.path}:{each.line}: {each.message}")
        if not found:
            typer.echo(f"{len(read_project(root).files)} files in order")
    if found:
        raise typer.Exit(_REFUSED)


@app.command()
def generate(
    project: Project = None,
    playbook: _Playbook = None,
    check_only: Annotated[bool, typer.Option("--check", help="Change nothing; 1 if it would.")] = False,
    as_json: Json = False,
) -> None:
    """Carry what the playbook says into the project.

    Example: smarketing metadata generate --check
    """
    root = project or default_root()
    changed = bring_in_step(playbook, root, write=not check_only)
    names = [path.relative_to(root).as_posix() for path in changed]
    if as_json:
        typer.echo(json.dumps({"changed": names}))
    else:
        for each in names:
            typer.echo(f"{'differs' if check_only else 'written'} {each}")
        typer.echo(
            f"{len(names)} files {'differ from' if check_only else 'brought in step with'} the playbook"
        )
    if check_only and names:
        raise typer.Exit(_DIFFERS)


app.command()(metadata_deploys.deploy)
app.command("rollback")(metadata_deploys.roll_back)
app.command()(metadata_deploys.cancel)


@app.command()
def diff(
    target: Target = None,
    phase: Annotated[
        Phase | None, typer.Option("--phase", help="What the org should be in; found out if not said.")
    ] = None,
    project: Project = None,
    beyond: Annotated[bool, typer.Option("--all", help="Also what only the org has on our objects.")] = False,
    as_json: Json = False,
) -> None:
    """Show where org and project differ; ends with 1 where they do.

    Example: smarketing metadata diff --all --target rehearsal
    """
    _, calls = logged_in(target, project)
    source = read_project(project or default_root())
    retrieved = Retrieving(calls).retrieve(drift.members_of(source)).package
    found = drift.drift(source, drift.held_in(retrieved), phase, beyond=beyond)
    if as_json:
        typer.echo(json.dumps([report.drift_json(each) for each in found]))
    else:
        for each in found:
            typer.echo(report.drift_line(each))
        typer.echo(f"{len(found)} differences in {len(source.files)} files")
    if found:
        raise typer.Exit(_DIFFERS)


@app.command()
def records(
    target: Target = None, playbook: _Playbook = None, dry_run: DryRun = False, as_json: Json = False
) -> None:
    """Bring the glossary's records in an org in step with the playbook; deploy the metadata first.

    Example: smarketing metadata records --target rehearsal
    """
    org = rest_of(find_org(target))
    plan = plan_glossary(org, glossary_records(read_playbook(playbook)))
    written = len(plan.write) if dry_run else write_glossary(org, plan.write)
    if as_json:
        plain = {"written": written, "same": plan.same, "strangers": list(plan.strangers)}
        typer.echo(json.dumps(plain))
        return
    typer.echo(f"{'would write' if dry_run else 'wrote'} {written} terms; {plan.same} are as they should be")
    for each in plan.strangers:
        typer.echo(f"note: {each} is not in the playbook; it stays")
