"""`smarketing sync`: keep the marketing automations in step, see how that stands, and compare all sides."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.domain.instant import iso
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_conflicts import Conflict
from chalicelib.errors import Rejected
from chalicelib.services.platform_push import PlatformPush
from chalicelib.services.push_records import Run, push_records
from smarketing.commands.sync_options import AsJson, OnePlatform, Target
from smarketing.commands.sync_verify import verify
from smarketing.sync.rehearsal import Rehearsal, rehearse
from smarketing.sync.status import PlatformStatus, plain_decision, plain_status, status_of
from smarketing.target_store import reach_store, use_store_of

app = typer.Typer(
    help="Keep the marketing automations in step with Salesforce and the consent ledger.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("verify", epilog="Example: smarketing sync verify --target sandbox")(verify)

Record = Annotated[str | None, typer.Argument(help="One record only: contact:003... or lead:00Q...")]


@app.command(epilog="Example: smarketing sync run --platform marketing_cloud --dry-run --target sandbox")
def run(
    target: Target = None,
    platform: OnePlatform = None,
    full: Annotated[
        bool, typer.Option("--full", help="Read everything; what is unchanged is not written again.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be written.")] = False,
    as_plain: AsJson = False,
) -> None:
    """Push now what the timed push would: rows of people who may be written to, and nobody else's.

    It may be broken off at any point; the next run goes on.
    """
    use_store_of(target)
    reach_store()
    if dry_run:
        _show_rehearsals([_rehearse(each, full) for each in _platforms(platform)], as_plain)
        return
    _platforms(platform)
    pushes = bootstrap.platform_pushes(platform)
    try:
        _push(pushes, full)
    finally:
        _show_pushes(pushes, as_plain)


@app.command(epilog="Example: smarketing sync status contact:003Ab00000CdEfG --target sandbox")
def status(
    record: Record = None, target: Target = None, platform: OnePlatform = None, as_plain: AsJson = False
) -> None:
    """Show how far each platform is and why records are left out, or what was decided about one record."""
    use_store_of(target)
    reach_store()
    platforms = _platforms(platform)
    if record is not None:
        _show_decisions(record, platforms)
        return
    with Console(stderr=True).status("Reading ..."):
        found = status_of(platforms, bootstrap.sync_states(), bootstrap.watermarks())
    if as_plain:
        typer.echo(json.dumps({name: plain_status(each) for name, each in found.items()}))
    else:
        for each in found.values():
            _show_status(each)


@app.command(epilog="Example: smarketing sync conflicts --seen --target sandbox")
def conflicts(
    target: Target = None,
    platform: OnePlatform = None,
    seen: Annotated[bool, typer.Option("--seen", help="Take them off the list.")] = False,
    as_plain: AsJson = False,
) -> None:
    """Show which values somebody changed who doesn't own them; the owner's were written again."""
    use_store_of(target)
    reach_store()
    found = [each for each in bootstrap.sync_conflicts().everything() if platform in (None, each.platform)]
    if as_plain:
        typer.echo(json.dumps([asdict(each) | {"changed_at": iso(each.changed_at)} for each in found]))
    else:
        _show_conflicts(found)
    if seen:
        bootstrap.sync_conflicts().forget(found)


def _platforms(platform: Platform | None) -> list[Platform]:
    used: list[Platform] = [each.platform for each in bootstrap.automations()]
    if platform is not None and platform not in used:
        raise Rejected(f"--platform: {platform} is not set up; set its secret, see docs/operations.md")
    if not used:
        raise Rejected("sync: no marketing automation is set up; set its secret, see docs/operations.md")
    return used if platform is None else [platform]


def _push(pushes: Sequence[PlatformPush], full: bool) -> None:
    with Console(stderr=True).status("Pushing ...") as shown:
        crm, planner = bootstrap.salesforce(), bootstrap.planner()
        push_records(
            pushes,
            Run(
                crm,
                planner,
                bootstrap.now,
                full=full,
                progress=lambda read: shown.update(f"Read {read} records ..."),
            ),
        )


def _rehearse(platform: Platform, full: bool) -> Rehearsal:
    with Console(stderr=True).status("Reading ...") as shown:
        return rehearse(
            platform,
            bootstrap.salesforce(),
            bootstrap.planner(),
            bootstrap.sync_states(),
            bootstrap.watermarks(),
            full,
            lambda so_far: shown.update(f"{platform}: read {so_far.read} records ..."),
        )


def _show_rehearsals(found: Sequence[Rehearsal], as_plain: bool) -> None:
    if as_plain:
        typer.echo(json.dumps({each.platform: asdict(each) for each in found}))
        return
    for each in found:
        typer.echo(
            f"{each.platform}: {each.read} records read; would write {each.write} rows, take away "
            f"{each.withdraw}, leave {each.unchanged} as they are"
        )
        for reason, number in each.reasons.most_common():
            typer.echo(f"  {number} without a row: {reason}")


def _show_pushes(pushes: Sequence[PlatformPush], as_plain: bool) -> None:
    if as_plain:
        plain = {
            each.platform: asdict(each.tally)
            | {"stopped_by": str(each.stopped_by) if each.stopped_by else None}
            for each in pushes
        }
        typer.echo(json.dumps(plain))
        return
    table = Table("platform", "written", "failed", "not processed", "taken away", "unchanged", "jobs")
    for each in pushes:
        tally = each.tally
        numbers = (tally.written, tally.failed, tally.unprocessed, tally.withdrawn, tally.unchanged)
        table.add_row(each.platform, *map(str, (*numbers, tally.jobs)))
    Console().print(table)
    for each in pushes:
        if each.tally.failed:
            typer.echo(f"{each.platform}: see smarketing sync status for why rows failed")


def _show_decisions(record: str, platforms: Sequence[Platform]) -> None:
    kind, _, record_id = record.partition(":")
    if kind not in ("contact", "lead") or len(record_id) not in (15, 18):
        raise Rejected(f"RECORD: {record[:40]} is none; write contact:003... or lead:00Q...")
    name = f"{kind}:{record_id[:15]}"
    states = [bootstrap.sync_states().load(each, [name]) for each in platforms]
    typer.echo(json.dumps([plain_decision(each[name]) for each in states if name in each], indent=2))


def _show_status(status: PlatformStatus) -> None:
    plain: dict[str, Any] = plain_status(status)
    typer.echo(f"{status.platform}")
    for source, at in plain["read_up_to"].items():
        typer.echo(f"  {source}: read up to {at or 'nothing yet'}")
    for basis, number in plain["held"].items():
        typer.echo(f"  {number} rows held by {basis.replace('_', ' ')}")
    for reason, number in plain["left_out"].items():
        typer.echo(f"  {number} records without a row: {reason}")
    for record, reason in plain["failed"].items():
        typer.echo(f"  {record}: refused, {reason}")
    if status.due:
        typer.echo(f"  {status.due} records are looked at again by the next push")
    if plain["job_since"]:
        typer.echo(f"  a job of {plain['job_since']} was not heard of since; the next push asks for it")


def _show_conflicts(found: Sequence[Conflict]) -> None:
    if not found:
        typer.echo("No conflicts.")
        return
    table = Table("platform", "record", "value", "owner", "changed at")
    for each in found:
        table.add_row(each.platform, each.record, each.word, each.owner, iso(each.changed_at))
    Console().print(table)
