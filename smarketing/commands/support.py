"""`smarketing support`: what Sales Support works on, and in which order."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.domain.instant import Instant, iso
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.support.queue import Waits, read_queue
from smarketing.target_store import use_store_of

app = typer.Typer(
    help="See what Sales Support works on.", add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def group() -> None:
    """See what Sales Support works on."""


@app.command()
def queue(
    target: Annotated[
        str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="How many are shown.")] = 50,
    why: Annotated[bool, typer.Option("--why", help="Say what each one's turn is made of.")] = False,
    as_plain: Annotated[bool, typer.Option("--json", help="Print it as a JSON array.")] = False,
) -> None:
    """Show the queue in working order: whose turn comes first stands first.

    Example: smarketing support queue --target sandbox --most 10
    """
    use_store_of(target)
    model = bootstrap.playbook()().model
    with Console(stderr=True).status("Reading the queue ..."):
        waiting = read_queue(rest_of(find_org(target)), model.working_order, model.lifecycle.with_support)
    if as_plain:
        typer.echo(json.dumps([_plain(place, each) for place, each in enumerate(waiting[:most], 1)]))
    else:
        _show(waiting, most, why=why)


def _plain(place: int, waits: Waits) -> dict[str, Any]:
    return {
        "place": place,
        "name": waits.name,
        "interest": waits.interest,
        "product_line": waits.product_line,
        "stage": waits.stage,
        "gate": waits.gate,
        "owner": waits.owner,
        "opened_at": iso(waits.opened_at),
        "due_at": None if waits.due_at is None else iso(waits.due_at),
        "turn_at": iso(waits.turn.at),
        "worth": round(waits.turn.worth, 2),
        "completeness": round(waits.completeness, 4),
        "lacking": list(waits.lacking),
        "why": waits.turn.explanation,
    }


def _show(waiting: list[Waits], most: int, *, why: bool) -> None:
    if not waiting:
        typer.echo("Nobody waits.")
        return
    now = bootstrap.now()
    table = Table("", "interest", "line", "stage", "worth", "due", "complete", "lacks")
    for place, each in enumerate(waiting[:most], 1):
        table.add_row(str(place), *_cells(each, now))
    Console().print(table)
    if why:
        for each in waiting[:most]:
            typer.echo(f"{each.name}: {each.turn.explanation}")
    if len(waiting) > most:
        typer.echo(f"{len(waiting) - most} more wait; show them with --most {len(waiting)}")


def _cells(waits: Waits, now: Instant) -> tuple[str, ...]:
    due = "" if waits.due_at is None else iso(waits.due_at)[:16].replace("T", " ")
    return (
        waits.name,
        waits.product_line,
        waits.stage,
        f"{waits.turn.worth:,.0f}",
        f"{due} overdue" if waits.is_overdue(now) else due,
        f"{waits.completeness:.0%}",
        ", ".join(waits.lacking),
    )
