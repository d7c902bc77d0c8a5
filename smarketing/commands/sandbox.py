"""`smarketing sandbox`: run the whole system on this machine, and try it."""

import json
import signal
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Annotated, Any

import requests
import typer
from rich.console import Console
from rich.live import Live

from chalicelib.domain.instant import parse_instant
from chalicelib.routes.signatures import REPLAY_WINDOW_SECONDS
from smarketing.sandbox import examples, notice
from smarketing.sandbox.aws import Database
from smarketing.sandbox.mailbox import sent_mails
from smarketing.sandbox.running import running_sandbox
from smarketing.sandbox.sandbox import Sandbox

app = typer.Typer(
    help="Run the whole system on this machine, without any account.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

_REFRESH_SECONDS = 0.5
_Data = Annotated[
    Path | None, typer.Option("--data", help="Folder that keeps the sandbox's state.", file_okay=False)
]


@app.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    data: _Data = None,
    port: Annotated[int, typer.Option(help="Port of the front door; 0 takes a free one.")] = 8700,
    speed: Annotated[float, typer.Option(help="60 lets a minute pass in a second.", min=0.0)] = 1.0,
    database: Annotated[
        Database, typer.Option(help="Which DynamoDB; local is Amazon's and needs Java and npm.")
    ] = "own",
    empty_org: Annotated[
        bool,
        typer.Option("--empty-org", help="Start Salesforce without our metadata, to deploy it yourself."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the addresses and keys as JSON.")] = False,
) -> None:
    """Run the sandbox until Ctrl-C; without --data its state ends with it."""
    if context.invoked_subcommand is not None:
        return
    _end_on_termination()
    console = Console(stderr=as_json)
    with ExitStack() as stack:
        with console.status("Starting AWS, the Salesforce org, Marketing Cloud and Account Engagement ..."):
            running = running_sandbox(data, port=port, speed=speed, database=database, empty_org=empty_org)
            sandbox = stack.enter_context(running)
        _serve(sandbox, data, console, as_json)


@app.command()
def sign(
    body: Annotated[Path, typer.Argument(help="File with the body to send.", exists=True, dir_okay=False)],
    sender: Annotated[examples.Sender, typer.Option(help="Whose signature.")] = "intake",
    path: Annotated[str, typer.Option(help="Path to send it to, for the printed command.")] = "",
    data: _Data = None,
) -> None:
    """Sign a file for the running sandbox and print the curl command that sends it."""
    found = notice.read(data)
    path = path or ("/marketing-cloud/events" if sender == "ens" else "/intake/website")
    now = parse_instant(str(_status(found)["time"]))
    headers = examples.signed_headers(found, sender, body.read_bytes(), now)
    typer.echo(examples.curl(f"{found.front_door}{path}", headers, f"@{body}"))


@app.command()
def status(
    data: _Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Show the running sandbox: its time, its addresses and what its handlers did."""
    found = notice.read(data)
    shown = _status(found)
    if as_json:
        typer.echo(json.dumps({"front_door": found.front_door, "salesforce": found.salesforce, **shown}))
        return
    typer.echo(f"front door {found.front_door}   Salesforce {found.salesforce}   time {shown['time']}")
    for name, each in shown["sources"].items():
        typer.echo(f"{name}: {each['records']} records, {each['failures']} failed")


@app.command(epilog="Example: smarketing sandbox mails --json")
def mails(
    data: _Data = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as one JSON array.")] = False,
) -> None:
    """Show the mails that were sent, which never leave this machine, each with its links."""
    sent = sent_mails(notice.read(data).environment["AWS_ENDPOINT_URL"])
    if as_json:
        typer.echo(
            json.dumps([{"to": each.to, "subject": each.subject, "links": each.links} for each in sent])
        )
        return
    for each in sent:
        typer.echo(f"{', '.join(each.to)}: {each.subject}")
        for link in each.links:
            typer.echo(f"  {link}")
    typer.echo(f"{len(sent)} mails")


@app.command()
def review(data: _Data = None) -> None:
    """Review the persons who are due now, without waiting for the schedule."""
    found = notice.read(data)
    requests.post(f"{found.front_door}/sandbox/schedules/review_due", timeout=120).raise_for_status()


def _serve(sandbox: Sandbox, data: Path | None, console: Console, as_json: bool) -> None:
    found = notice.notice_of(sandbox)
    file = notice.put_up(found, data)
    try:
        if as_json:
            typer.echo(json.dumps(notice.as_json(found) | {"examples": _examples(sandbox, found)}))
        else:
            _introduce(sandbox, found, console)
        _watch(sandbox, console)
    except KeyboardInterrupt:
        console.print("Stopping ...")
    finally:
        file.unlink(missing_ok=True)


def _introduce(sandbox: Sandbox, found: notice.Notice, console: Console) -> None:
    shown = {
        "Front door": found.front_door,
        "Salesforce org": found.salesforce,
        "Marketing Cloud": found.marketing_cloud,
        "Account Engagement": found.account_engagement,
        "AWS": f"{sandbox.aws.endpoint}, DynamoDB {sandbox.aws.dynamodb_endpoint}",
        "Logs": str(sandbox.run),
        "salesforce_access_token": found.salesforce_access_token,
        **found.keys,
    }
    console.print("[bold]The sandbox is running; Ctrl-C ends it[/bold]\n")
    for name, value in shown.items():
        # Not in a table: its borders would get in the way of copying what is longer than a line.
        console.out(f"{name:<34}{value}", highlight=False)
    for title, command in _examples(sandbox, found).items():
        console.print(f"\n[bold]{title}[/bold]")
        console.out(command, highlight=False)
    console.print("\nSign a file of your own: [bold]smarketing sandbox sign FILE[/bold]\n")


def _examples(sandbox: Sandbox, found: notice.Notice) -> dict[str, str]:
    now = sandbox.clock()
    click, form = examples.click(now), examples.form(now)
    return {
        "A click in an e-mail": examples.curl(
            f"{found.front_door}/marketing-cloud/events",
            examples.signed_headers(found, "ens", click, now),
            click.decode(),
        ),
        f"A demo request on the website{_good_for(sandbox.clock.speed)}": examples.curl(
            f"{found.front_door}/intake/website",
            examples.signed_headers(found, "intake", form, now),
            form.decode(),
        ),
    }


def _good_for(speed: float) -> str:
    """Say how long a signature of the intake is good for, in the reader's own time."""
    if speed == 0:
        return ""
    return f" (its signature is good for {REPLAY_WINDOW_SECONDS / speed:.0f} seconds)"


def _watch(sandbox: Sandbox, console: Console) -> None:
    """Show one line of figures until Ctrl-C or until a process fails."""
    with Live(console=console, refresh_per_second=4, transient=True) as live:
        while True:
            sandbox.check()
            try:
                live.update(_line(sandbox))
            except requests.Timeout:
                # It has much to do; its next figures come.
                live.update("busy ...")
            time.sleep(_REFRESH_SECONDS)


def _line(sandbox: Sandbox) -> str:
    figures = sandbox.statistics()
    done = {name.rpartition(".")[2]: 0 for name in figures["sources"]}
    for name, each in figures["sources"].items():
        done[name.rpartition(".")[2]] += each["records"]
    waiting = ", ".join(f"{name} {depth}" for name, depth in figures["queues"].items() if depth)
    worked = ", ".join(f"{name} {number}" for name, number in done.items() if number)
    return f"{worked or 'nothing sent yet'}; waiting: {waiting or 'nothing'}"


def _status(found: notice.Notice) -> dict[str, Any]:
    response = requests.get(f"{found.front_door}/sandbox/status", timeout=30)
    response.raise_for_status()
    shown: dict[str, Any] = response.json()
    return shown


def _end_on_termination() -> None:
    """Let `kill` end the sandbox as Ctrl-C does, with everything stopped in order."""

    def interrupt(_: int, __: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
