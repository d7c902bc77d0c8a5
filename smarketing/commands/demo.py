"""`smarketing demo`: a year of engagements through the whole system, and what came of it."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from chalicelib.domain.instant import Instant, parse_instant
from chalicelib.errors import Rejected
from smarketing.demo import handoff_story
from smarketing.demo.pardot_rows import ACTIVITIES
from smarketing.demo.report import Figures, show, show_chapter
from smarketing.demo.run import Plan, beginning, run
from smarketing.demo.stage import stage_of
from smarketing.sandbox.running import running_sandbox

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)

STORIES = {"handoff": (handoff_story.write_playbook, handoff_story.tell)}
"""By name: what writes the story's playbook, and what tells it."""

MONDAY = parse_instant("2026-03-02T08:00:00Z")
"""When stories begin: a morning on which people work."""

_EXAMPLES = """Examples:

  smarketing demo

  smarketing demo --seed 7 --persons 500 --json > figures.json

  smarketing demo --data exported-pardot-rows

  smarketing demo --story handoff
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
    story: Annotated[
        str | None,
        typer.Option(help=f"Play one story step by step instead of the year: {', '.join(STORIES)}."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the closing figures, or the chapters, as JSON.")
    ] = False,
) -> None:
    """Send a generated year of engagements through the whole system and show what came of it.

    Starts the sandbox (an emulated Salesforce org, Marketing Cloud, Account Engagement and AWS on this
    machine), sends the year in the senders' own formats, with repeats, disorder and forged signatures, and
    closes with the figures and one interest explained point by point. Needs no account; keeps nothing.

    With `--story handoff` it follows one person instead: a click, Sales Support, a rejection, another
    handoff, an Opportunity that is won, and what ends with it.
    """
    if story is not None:
        _play(story, as_json=as_json)
        return
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


def _play(name: str, *, as_json: bool) -> None:
    if name not in STORIES:
        raise Rejected(f"--story: {name!r} is none of {', '.join(STORIES)}")
    write_playbook, tell = STORIES[name]
    Console(stderr=True).print(
        "Starting the sandbox: Salesforce org, Marketing Cloud, Account Engagement, AWS ..."
    )
    chapters = []
    with (
        TemporaryDirectory() as folder,
        running_sandbox(playbook=write_playbook(Path(folder)), start_at=MONDAY, speed=0) as sandbox,
    ):
        for number, chapter in enumerate(tell(stage_of(sandbox)), 1):
            chapters.append(asdict(chapter))
            if not as_json:
                show_chapter(number, chapter, Console())
    if as_json:
        typer.echo(json.dumps(chapters, ensure_ascii=False))


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
