"""`smarketing sync`: see whether the outside systems hold what the store says."""

import getpass
import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.gateways.store.verification import Verification
from chalicelib.services.review_persons import ask_for_reviews
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.sync.verification import Comparison, compare
from smarketing.target_store import reach_store, use_store_of

app = typer.Typer(
    help="See whether Salesforce holds what it should.",
    add_completion=False,
    pretty_exceptions_enable=False,
)

_DIFFERS = 1
_MOST_SHOWN = 20


@app.callback()
def group() -> None:
    """See whether Salesforce holds what it should."""


@app.command()
def verify(
    target: Annotated[
        str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
    ] = None,
    mend: Annotated[
        bool, typer.Option("--mend", help="Have the numbers of everybody who differs told again.")
    ] = False,
    as_plain: Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")] = False,
) -> None:
    """Compare everybody in the store with Salesforce; ends with 1 where anything differs."""
    comparison = _compare(target)
    found = Verification(bootstrap.now(), getpass.getuser(), comparison.records, comparison.differences)
    bootstrap.verifications().save(found)
    if mend:
        ask_for_reviews(comparison.to_tell_again, bootstrap.engagement_queue())
    if as_plain:
        typer.echo(json.dumps(_plain(comparison)))
    else:
        _show(comparison)
        if mend:
            typer.echo(f"{len(comparison.to_tell_again)} persons are told again; verify in a minute")
    if comparison.differences:
        raise typer.Exit(_DIFFERS)


def _compare(target: str | None) -> Comparison:
    use_store_of(target)
    reach_store()
    with Console(stderr=True).status("Comparing ...") as status:
        return compare(
            bootstrap.persons(),
            bootstrap.outbox(),
            rest_of(find_org(target)),
            bootstrap.playbook()(),
            lambda so_far: status.update(f"Compared {so_far.persons} persons ..."),
        )


def _plain(comparison: Comparison) -> dict[str, Any]:
    return {
        "persons": comparison.persons,
        "records": comparison.records,
        "differences": comparison.differences,
        "by_field": comparison.by_field(),
        "waiting": comparison.waiting,
        "parked": comparison.parked,
        "found": [{"record": each.record, "field": each.field} for each in comparison.found],
    }


def _show(comparison: Comparison) -> None:
    if comparison.found:
        table = Table("what", "differences")
        for what, number in comparison.by_field().items():
            table.add_row(what, str(number))
        Console().print(table)
    for each in comparison.found[:_MOST_SHOWN]:
        typer.echo(f"{each.record}: {each.field or 'not there'}")
    if comparison.waiting:
        typer.echo(f"{comparison.waiting} commands wait for delivery; verify again when they are through")
    if comparison.parked:
        typer.echo(f"{comparison.parked} commands are parked; see smarketing outbox list")
    typer.echo(
        f"{comparison.persons} persons, {comparison.records} records, {comparison.differences} differences"
    )
