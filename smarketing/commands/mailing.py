"""`smarketing mailing`: whether a person may be written to, as a journey would be told."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.domain.instant import iso, parse_instant
from chalicelib.domain.may_send import Answer, may_send
from chalicelib.domain.model import Model
from chalicelib.errors import Rejected
from smarketing.named_person import FORMS, find_person
from smarketing.target_store import reach_store, use_store_of

app = typer.Typer(
    help="See whether a person may be written to, and what is in the way.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def group() -> None:
    """See whether a person may be written to, and what is in the way."""


@app.command(
    epilog="Example: smarketing mailing ask anna.berger@pressteile-berger.example --line presses"
    " --target sandbox"
)
def ask(
    person: Annotated[str, typer.Argument(help=FORMS)],
    purpose: Annotated[
        str | None, typer.Option("--purpose", help="What the mailing is about; left out: every purpose.")
    ] = None,
    line: Annotated[
        str | None, typer.Option("--line", help="The product line that it promotes; left out: none.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", help="When, as 2026-01-31T08:00:00Z; left out: now.")
    ] = None,
    target: Annotated[
        str | None, typer.Option("--target", help="Whose store: an alias or user name of sf, or sandbox.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as one JSON array.")] = False,
) -> None:
    """Say what a journey would be told that asks about this person; nothing is recorded."""
    use_store_of(target)
    reach_store()
    found = find_person(person)
    compiled = bootstrap.playbook()()
    purposes = _known("--purpose", purpose, [each.name for each in compiled.model.purposes])
    _known("--line", line, [each.name for each in compiled.model.product_lines])
    moment = bootstrap.now() if at is None else parse_instant(at, "--at")
    answers = {each: may_send(compiled, found, each, line or "", moment) for each in purposes}
    if as_json:
        typer.echo(json.dumps([_plain(each, answer) for each, answer in answers.items()]))
    else:
        _show(compiled.model, answers)


def _known(option: str, given: str | None, known: list[str]) -> list[str]:
    if given is None:
        return known
    if given not in known:
        raise Rejected(f"{option}: name one of {', '.join(known)}")
    return [given]


def _plain(purpose: str, answer: Answer) -> dict[str, Any]:
    return {
        "purpose": purpose,
        "answer": answer.branch,
        "hindrance": answer.hindrance,
        "detail": answer.detail or None,
        "until": None if answer.until is None else iso(answer.until),
    }


def _show(model: Model, answers: dict[str, Answer]) -> None:
    labels = {each.name: each.label for each in model.purposes}
    table = Table("purpose", "answer", "because of", "until")
    for purpose, answer in answers.items():
        why = " ".join(part for part in (answer.hindrance, answer.detail) if part)
        until = "" if answer.until is None else iso(answer.until)
        table.add_row(labels[purpose], answer.branch, why, until)
    Console().print(table)
