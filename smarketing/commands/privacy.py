"""`smarketing privacy`: hand out, or erase, all that is stored of a person (GDPR articles 15, 17 and 20)."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status

from chalicelib import bootstrap
from chalicelib.domain.erasure import RecordsTo
from chalicelib.domain.instant import iso
from chalicelib.errors import Rejected
from smarketing.named_person import FORMS
from smarketing.privacy import wiring
from smarketing.privacy.erase import Ended, plan
from smarketing.privacy.erase import erase as erase_person
from smarketing.privacy.steps import Step
from smarketing.privacy.subject import Subject
from smarketing.target_store import reach_store, use_store_of

app = typer.Typer(
    help="Hand out, or erase, all that is stored of a person.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Person = Annotated[str, typer.Argument(help=FORMS)]
Target = Annotated[
    str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]


@app.command(epilog="Example: smarketing privacy export contact:003Ab00000CdEfG --to person.json")
def export(
    person: Person,
    target: Target = None,
    to: Annotated[
        Path | None, typer.Option("--to", help="File to write, for its owner alone; printed if left out.")
    ] = None,
) -> None:
    """Hand out all that is stored of a person, in every store, as JSON."""
    use_store_of(target)
    reach_store()
    with Console(stderr=True).status("Reading ...") as status:
        subject, steps = _known(person, target, "delete")
        told = {step.name: _read(step, subject, status) for step in steps}
    text = json.dumps(
        {"person": subject.named, "exported_at": iso(bootstrap.now()), "stores": told},
        indent=2,
        ensure_ascii=False,
        default=str,
    )
    if to is None:
        typer.echo(text)
        return
    wiring.write_for_its_owner(to, text)
    parts = sum(len(found) for store in told.values() for found in store.values())
    typer.echo(f"wrote {to}: {parts} parts of {len(told)} stores")


@app.command(epilog="Example: smarketing privacy erase contact:003Ab00000CdEfG --dry-run --target sandbox")
def erase(
    person: Person,
    target: Target = None,
    records: Annotated[
        RecordsTo, typer.Option("--records", help="What becomes of Leads and Contacts in Salesforce.")
    ] = "delete",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be erased.")] = False,
    as_json: AsJson = False,
) -> None:
    """Erase a person from every store; a keyed hash of their keys stays, so that no import brings them back.

    Run it again to go on where it was broken off.
    """
    use_store_of(target)
    reach_store()
    with Console(stderr=True).status("Looking ...") as status:
        subject, steps = _known(person, target, records)
        erasing = wiring.erasing(steps, _shown(status), time.sleep)
        planned = plan(subject, erasing)
    if dry_run:
        _show_plan(planned, as_json)
        return
    if not yes:
        _show_plan(planned, as_json=False)
        if not typer.confirm("Erase it? There is no way back", err=True):
            raise Rejected("erase: not confirmed; nothing was changed")
    with Console(stderr=True).status("Erasing ...") as status:
        ended = erase_person(subject, records, wiring.erasing(steps, _shown(status), time.sleep))
    _show_end(ended, as_json)


def _known(person: str, target: str | None, records: RecordsTo) -> tuple[Subject, list[Step]]:
    steps = wiring.steps(target, records)
    subject = wiring.subject(person)
    return subject.with_keys(wiring.keys_of_platforms(steps, subject)), steps


def _read(step: Step, subject: Subject, status: Status) -> Mapping[str, Any]:
    status.update(f"Reading {step.name} ...")
    return step.read(subject)


def _shown(status: Status) -> Any:
    return lambda name: status.update(f"{name} ...")


def _show_plan(planned: Mapping[str, Mapping[str, int]], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(planned))
        return
    for store, counts in planned.items():
        told = ", ".join(f"{number} {what}" for what, number in counts.items()) or "nothing"
        typer.echo(f"{store}: {told}")


def _show_end(ended: Ended, as_json: bool) -> None:
    erasure = ended.erasure
    if as_json:
        plain = {
            "erasure": erasure.id,
            "begun_at": iso(erasure.begun_at),
            "finished_at": iso(erasure.finished_at) if erasure.finished_at is not None else None,
            "done": erasure.done,
            "waiting_for": erasure.waiting_for,
            "left": list(ended.left),
        }
        typer.echo(json.dumps(plain))
        return
    _show_plan(erasure.done, as_json=False)
    for store, operations in erasure.waiting_for.items():
        typer.echo(f"{store}: deletes the rest within days, operation {', '.join(operations)}")
    for each in ended.left:
        typer.echo(f"left to do by hand: {each}")
    typer.echo(f"erased, noted as {erasure.id}")
