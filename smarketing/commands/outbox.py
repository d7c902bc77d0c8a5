"""`smarketing outbox`: see and retry what an outside system refused."""

import json
from typing import Annotated, Any, get_args

import typer
from rich.console import Console
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.domain.command import RecordKind
from chalicelib.errors import Rejected
from chalicelib.gateways.store.outbox import Parked

app = typer.Typer(
    help="See and retry what could not be delivered.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command("list")
def list_parked(
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON array.")] = False,
) -> None:
    """Show the parked commands, each with the reason and what to do about it."""
    parked = _parked()
    if as_json:
        typer.echo(json.dumps([_plain(each) for each in parked]))
        return
    if not parked:
        typer.echo("Nothing is parked.")
        return
    table = Table("key", "reason")
    for each in parked:
        table.add_row(each.key, each.reason)
    Console().print(table)


@app.command()
def retry(
    key: Annotated[str | None, typer.Argument(help="Key of one command, as `list` shows it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Retry all parked commands.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be retried.")] = False,
) -> None:
    """Put parked commands back into the outbox, from where they are delivered again."""
    if everything == (key is not None):
        raise Rejected("retry: name one KEY or say --all")
    chosen = [each for each in _parked() if everything or each.key == key]
    if key is not None and not chosen:
        raise Rejected(f"KEY: nothing is parked as {key}; see smarketing outbox list")
    for each in chosen:
        if not dry_run:
            bootstrap.outbox().retry(each)
        typer.echo(f"{'would retry' if dry_run else 'retried'} {each.key}")


def _parked() -> list[Parked]:
    """List persons before interests before touchpoints, so that a Lead is retried before what needs it."""
    return sorted(bootstrap.outbox().parked(), key=lambda each: (_ORDER.index(each.command.record), each.key))


_ORDER: tuple[RecordKind, ...] = get_args(RecordKind)


def _plain(parked: Parked) -> dict[str, Any]:
    command = parked.command
    return {
        "key": parked.key,
        "person": command.person,
        "record": command.record,
        "external_id": command.external_id,
        "reason": parked.reason,
    }
