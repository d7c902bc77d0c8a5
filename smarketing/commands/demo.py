"""`smarketing demo`: a year of engagements through the whole system, and what came of it."""

import json
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chalicelib.domain.instant import Instant
from chalicelib.errors import Rejected
from smarketing.demo.pardot_rows import ACTIVITIES
from smarketing.demo.report import Figures, show
from smarketing.demo.run import Plan, beginning, run
from smarketing.sandbox.running import running_sandbox

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

_EXAMPLES = """Examples:

  smarketing demo

  smarketing demo --seed 7 --persons 500 --json > figures.json

  smarketing demo --data exported-pardot-rows
"""


@app.command(epilog=_EXAMPLES)
def demo(
    seed: Annotated[int, typer.Option(help="Another seed tells another year.")] = 20_251_124,
    persons: Annotated[int, typer.Option(min=1, help="How many people the year is about.")] = 2_020,
    data: Annotated[
        Path | None,
        typer.Option(help=f"Folder with exported Account Engagement rows ({ACTIVITIES}) to send as well."),
    ] = None,
    database: Annotated[str, typer.Option(help="own, or local: DynamoDB Local, which needs Java.")] = "own",
    as_json: Annotated[bool, typer.Option("--json", help="Print the closing figures as one object.")] = False,
) -> None:
    """Send a generated year of engagements through the whole system and show what came of it.

    Starts the sandbox (an emulated Salesforce org, Marketing Cloud, Account Engagement and AWS on this
    machine), sends the year in the senders' own formats, with repeats, disorder and forged signatures, and
    closes with the figures and one interest explained point by point. Needs no account; keeps nothing.
    """
    if database not in ("own", "local"):
        raise Rejected(f"--database: {database!r} is none of own, local")
    plan = Plan(seed=seed, persons=persons, data=data or _shared_rows())
    console = Console(stderr=True)
    start = beginning(Instant(time.time_ns() // 1_000_000))
    console.print("Starting the sandbox: Salesforce org, Marketing Cloud, Account Engagement, AWS ...")
    with (
        running_sandbox(start_at=start, speed=0, database=database) as sandbox,  # type: ignore[arg-type]
        _progress(console) as progress,
    ):
        task = progress.add_task("A year of engagements", total=None)
        figures = run(
            sandbox, plan, start, lambda sent, total: progress.update(task, completed=sent, total=total)
        )
    _close(figures, as_json=as_json)


def _close(figures: Figures, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(figures.to_json(), ensure_ascii=False))
    else:
        show(figures, Console())


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    )


def _shared_rows() -> Path | None:
    """Find real rows in the folder that developers share beside the checkout, if there is one."""
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "pardot"
    return folder if (folder / ACTIVITIES).is_file() else None
