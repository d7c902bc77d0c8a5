"""`smarketing playbook`: check, show and publish the rules that both teams own."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from chalicelib.domain.interest import PersonId
from chalicelib.errors import Misconfigured, Rejected
from chalicelib.playbook.compiler import version_of
from chalicelib.playbook.problems import unknown
from chalicelib.playbook.source import SECTIONS, PlaybookSource
from smarketing.lifecycle_page import lifecycle_page
from smarketing.playbook_changes import PlaybookStore, Publication, publication
from smarketing.playbook_changes import publish as put_in_force
from smarketing.playbook_files import WrongPlaybook, default_folder, read_playbook
from smarketing.playbook_reference import reference
from smarketing.playbook_schema import schema_text, write_schemas
from smarketing.playbook_tables import counted, tables

app = typer.Typer(
    help="Check, show and publish the playbook that both teams own.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _known(name: str | None) -> str | None:
    if name is not None and name not in SECTIONS:
        raise Rejected(f"FILE: {unknown('file of the playbook', name, SECTIONS)}")
    return name


Folder = Annotated[
    Path | None, typer.Argument(metavar="FOLDER", help="Folder of the playbook; left out: the default one.")
]


class Lang(StrEnum):
    """A language that labels are written in."""

    en = "en"
    de = "de"


_REFUSED = 2


@app.command(epilog="Example: smarketing playbook check playbook")
def check(
    folder: Folder = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the outcome as one JSON object.")] = False,
) -> None:
    """Refuse what makes no sense, each mistake with file, line, key and mend; exit code 2 if there is any."""
    try:
        playbook = read_playbook(folder)
    except WrongPlaybook as wrong:
        if as_json:
            typer.echo(_json({"ok": False, "mistakes": [asdict(each) for each in wrong.mistakes]}))
        else:
            _tell(wrong)
        raise typer.Exit(_REFUSED) from None
    version = version_of(playbook)
    if as_json:
        typer.echo(_json({"ok": True, "version": version, "mistakes": []}))
    else:
        typer.echo(f"{folder or default_folder()}: in order, version {version}: {counted(playbook)}")


@app.command(epilog="Example: smarketing playbook show --section gates --lang de")
def show(
    folder: Folder = None,
    section: Annotated[
        str | None, typer.Option(metavar="FILE", help="Show one file only, such as gates.", callback=_known)
    ] = None,
    lang: Annotated[Lang, typer.Option(help="Language of labels and headings.")] = Lang.en,
    as_json: Annotated[bool, typer.Option("--json", help="Print it as JSON.")] = False,
) -> None:
    """Show the rules as tables: scoring, grading, gates, lifecycle, glossary and the rest."""
    playbook = _read(folder)
    if as_json:
        content = playbook.model_dump(mode="json")
        typer.echo(_json(content if section is None else content[section]))
        return
    console = Console()
    for name in SECTIONS if section is None else (section,):
        for each in tables(playbook, name, lang.value):
            table = Table(*each.header, title=each.title, title_justify="left")
            for row in each.rows:
                table.add_row(*(escape(cell) for cell in row))
            console.print(table)


@app.command(epilog="Example: smarketing playbook schema --write playbook/schema")
def schema(
    file: Annotated[
        str | None, typer.Option(metavar="FILE", help="Print one file's schema.", callback=_known)
    ] = None,
    write: Annotated[
        Path | None, typer.Option(help="Write the schemas of all files into this folder.", file_okay=False)
    ] = None,
) -> None:
    """Print or write the JSON schemas by which editors complete and check the YAML."""
    if (file is None) == (write is None):
        raise Rejected("schema: say --file NAME to print one or --write FOLDER to write all")
    if file is not None:
        typer.echo(schema_text(file), nl=False)
        return
    try:
        written = write_schemas(write or Path())
    except OSError as error:
        raise Rejected(f"--write: {error.strerror}; name a folder that can be written to") from None
    typer.echo(f"wrote {len(written)} schemas to {write}")


@app.command(epilog="Example: smarketing playbook docs --to docs/playbook.md")
def docs(
    folder: Folder = None,
    to: Annotated[Path, typer.Option(help="File to write; - prints it.", dir_okay=False)] = Path(
        "docs/playbook.md"
    ),
) -> None:
    """Write the reference: every key with its meaning and an example, and the playbook's own tables."""
    _write(reference(_read(folder)), to)


@app.command(epilog="Example: smarketing playbook lifecycle --to docs/lifecycle.md")
def lifecycle(
    folder: Folder = None,
    to: Annotated[Path, typer.Option(help="File to write; - prints it.", dir_okay=False)] = Path(
        "docs/lifecycle.md"
    ),
) -> None:
    """Write the page about the lifecycle, with its state diagram (Mermaid)."""
    _write(lifecycle_page(_read(folder)), to)


@app.command(epilog="Example: smarketing playbook publish --dry-run")
def publish(
    folder: Folder = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Put the playbook in force for the table that SMARKETING_TABLE names; functions follow within a minute.

    Equal content has an equal version, so that to publish twice changes nothing.
    """
    playbook, store = _read(folder), _store()
    coming = publication(store, playbook)
    _say_changes(coming)
    if not coming.is_news:
        typer.echo(f"version {coming.version} is in force already")
    elif dry_run:
        typer.echo(f"would publish version {coming.version}: {counted(playbook)}")
    else:
        put_in_force(store, playbook)
        typer.echo(f"published version {coming.version}: {counted(playbook)}")


@app.command(epilog="Example: smarketing playbook retell --dry-run")
def retell(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count the persons.")] = False,
) -> None:
    """Have everybody's numbers told again by the playbook in force; begin a minute after publishing.

    Without it a person is told again with the next engagement or review. To ask twice does no harm.
    """
    from chalicelib import bootstrap
    from chalicelib.services.review_persons import ask_for_reviews

    persons = 0

    def counting(everyone: Iterable[PersonId]) -> Iterator[PersonId]:
        nonlocal persons
        for each in everyone:
            persons += 1
            yield each

    with Console(stderr=True).status("Going through everybody ..."):
        everyone = counting(bootstrap.persons().everyone())
        if dry_run:
            for _ in everyone:
                pass
        else:
            ask_for_reviews(everyone, bootstrap.engagement_queue())
    typer.echo(f"{persons} persons {'would be' if dry_run else 'will be'} told again")


def _store() -> PlaybookStore:
    # Only publishing talks to AWS, whose library takes its time to import.
    from botocore.exceptions import BotoCoreError

    from chalicelib import bootstrap

    try:
        return bootstrap.playbooks()
    except BotoCoreError as error:
        raise Misconfigured(f"AWS: {error} Set AWS_DEFAULT_REGION and AWS_PROFILE for the account") from None


def _say_changes(coming: Publication) -> None:
    if coming.replaces is None:
        typer.echo("no playbook is in force yet")
    for each in coming.changes:
        typer.echo(str(each))


def _read(folder: Path | None) -> PlaybookSource:
    try:
        return read_playbook(folder)
    except WrongPlaybook as wrong:
        _tell(wrong)
        raise typer.Exit(_REFUSED) from None


def _tell(wrong: WrongPlaybook) -> None:
    for mistake in wrong.mistakes:
        typer.echo(str(mistake), err=True)
    count = len(wrong.mistakes)
    typer.echo(f"{count} mistake{'s' if count > 1 else ''}", err=True)


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _write(text: str, to: Path) -> None:
    if str(to) == "-":
        typer.echo(text, nl=False)
        return
    try:
        to.write_text(text, encoding="utf-8")
    except OSError as error:
        raise Rejected(f"--to: {error.strerror}; name a file that can be written") from None
    typer.echo(f"wrote {to}")
