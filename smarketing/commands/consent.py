"""`smarketing consent`: the proof of a person's consents, and whether the ledger holds."""

import json
from typing import Annotated

import typer
from rich.console import Console

from chalicelib import bootstrap
from chalicelib.errors import Rejected
from chalicelib.playbook.compiler import compile_playbook, from_json
from smarketing.consent.proof import Wordings, plain_proof, proof_of, read_aloud
from smarketing.consent.verification import Checked, verify
from smarketing.named_person import FORMS, find_person
from smarketing.target_store import reach_store, use_store_of

app = typer.Typer(
    help="Show the proof of a person's consents, and check the ledger.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Target = Annotated[
    str | None, typer.Option("--target", help="Whose store: an alias or user name of sf, or sandbox.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]

_BROKEN = 1


@app.command(epilog="Example: smarketing consent show anna.berger@pressteile-berger.example --target sandbox")
def show(
    person: Annotated[str, typer.Argument(help=FORMS)],
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Show each consent of a person: how it stands, and everything that proves it."""
    use_store_of(target)
    reach_store()
    found = find_person(person)
    proven = proof_of(bootstrap.playbook()().model, found, bootstrap.persons().consents(found))
    if as_json:
        typer.echo(json.dumps(plain_proof(found, proven, _wordings())))
    elif proven:
        typer.echo("\n".join(read_aloud(proven, _wordings())).rstrip())
    else:
        typer.echo("Nothing was ever said about a consent: nobody may write to this person.")


@app.command("verify", epilog="Example: smarketing consent verify --target sandbox")
def verify_ledger(
    person: Annotated[str | None, typer.Argument(help=f"{FORMS}; everybody if left out")] = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Check that no entry was changed, added or taken out; ends with 1 if one was."""
    use_store_of(target)
    reach_store()
    persons = bootstrap.persons()
    with Console(stderr=True).status("Checking ...") as status:
        checked = verify(
            persons,
            persons.everyone() if person is None else [find_person(person).id],
            lambda so_far: status.update(f"Checked {so_far.persons} persons ..."),
        )
    if as_json:
        typer.echo(json.dumps(_plain(checked)))
    else:
        for each in checked.faults:
            typer.echo(f"{each.person}: {each.reason}")
        typer.echo(f"{checked.persons} persons, {checked.entries} entries, {len(checked.faults)} faults")
    if checked.faults:
        raise typer.Exit(_BROKEN)


def _plain(checked: Checked) -> dict[str, object]:
    return {
        "persons": checked.persons,
        "entries": checked.entries,
        "faults": [{"person": each.person, "reason": each.reason} for each in checked.faults],
    }


def _wordings() -> Wordings:
    """Gather the words of all playbooks that were ever published; one of an older release is left out."""
    wordings: dict[tuple[str, str], dict[str, str]] = {}
    for text in bootstrap.playbooks().all():
        try:
            consent = compile_playbook(from_json(text)).consent
        except Rejected:
            continue
        for purpose, wording in consent.wordings.items():
            wordings[purpose, wording.version] = dict(wording.texts)
    return wordings
