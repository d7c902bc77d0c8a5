"""`smarketing interest`: what became of a person's interests, step by step."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.domain.instant import iso
from chalicelib.domain.interest import Interest
from chalicelib.domain.step import Step
from smarketing.named_person import FORMS, find_person
from smarketing.target_store import reach_store, use_store_of

app = typer.Typer(
    help="See what became of a person's interests, step by step.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def group() -> None:
    """See what became of a person's interests, step by step."""


@app.command(
    epilog="Example: smarketing interest show anna.berger@pressteile-berger.example --target sandbox"
)
def show(
    person: Annotated[str, typer.Argument(help=FORMS)],
    target: Annotated[
        str | None, typer.Option("--target", help="Whose store: an alias or user name of sf, or sandbox.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON array.")] = False,
) -> None:
    """Show each interest of a person with every step that it took or was refused, its cause and actor."""
    use_store_of(target)
    reach_store()
    found = find_person(person)
    interests = sorted(bootstrap.persons().interests(found), key=lambda each: (each.opened_at, each.id))
    steps = bootstrap.persons().steps(found)
    of = {each.id: [step for step in steps if step.interest == each.id] for each in interests}
    if as_json:
        typer.echo(json.dumps([_plain(each, of[each.id]) for each in interests]))
    elif not interests:
        typer.echo("No interest was ever opened.")
    for each in interests if not as_json else ():
        _show(each, of[each.id])


def _plain(interest: Interest, steps: list[Step]) -> dict[str, Any]:
    return {
        "interest": interest.id,
        "product_line": interest.product_line,
        "stage": interest.stage,
        "reason": interest.reason,
        "opportunity": interest.opportunity,
        "steps": [asdict(each) | {"at": iso(each.at)} for each in steps],
    }


def _show(interest: Interest, steps: list[Step]) -> None:
    why = f" ({interest.reason})" if interest.reason else ""
    typer.echo(f"{interest.id}: {interest.product_line}, {interest.stage}{why}")
    table = Table("at", "from", "to", "by", "because of", "reason")
    for each in steps:
        reason = f"refused: {each.refused}" if each.refused else each.reason or ""
        table.add_row(iso(each.at), each.source or "", each.target, each.actor, each.cause, reason)
    Console().print(table)
