"""`smarketing marketing-cloud`: connect Marketing Cloud Engagement."""

import json
import time
from typing import Annotated

import typer
from rich.console import Console

from chalicelib import bootstrap
from chalicelib.gateways.marketing_cloud.callbacks import Callback
from smarketing.ens_callback import keep_in_secret, plan, set_up
from smarketing.target_store import use_store_of

app = typer.Typer(
    help="Connect Marketing Cloud Engagement.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_PATH = "/marketing-cloud/events"


@app.callback()
def group() -> None:
    """Connect Marketing Cloud Engagement."""


@app.command(
    epilog="Example: smarketing marketing-cloud callback --url https://api.example.com/marketing-cloud/events"
)
def callback(
    url: Annotated[
        str | None,
        typer.Option(
            "--url", help="Where the front door takes events; from SMARKETING_PUBLIC_URL if not said."
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", help="Of the callback and its subscription.")] = "smarketing",
    target: Annotated[str | None, typer.Option("--target", help="sandbox, to work on a sandbox.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what there is to do.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Have Marketing Cloud send its events here: register, keep the key, wait to be confirmed, subscribe."""
    use_store_of(target)
    address = url or f"{bootstrap.settings().public_url}{_PATH}"
    account = bootstrap.marketing_cloud()
    todo = plan(account, address)
    if dry_run:
        _say(address, todo.callback, todo.steps, as_json, "would ")
        return
    with Console(stderr=True).status("Looking ...") as status:
        made = set_up(account, name, address, _keep, time.sleep, status.update)
    _say(address, made, todo.steps, as_json)


def _keep(key: str) -> None:
    import boto3

    keep_in_secret(boto3.client("secretsmanager"), bootstrap.settings().callback_secret_id, key)


def _say(url: str, callback: Callback | None, steps: tuple[str, ...], as_json: bool, would: str = "") -> None:
    if as_json:
        state = None if callback is None else {"id": callback.id, "verified": callback.verified}
        typer.echo(json.dumps({"url": url, "callback": state, "steps": list(steps), "done": not would}))
        return
    for step in steps:
        typer.echo(f"{would}{step}" if would else f"done: {step}")
    if not steps:
        typer.echo("Marketing Cloud sends its events here already; nothing to do.")
