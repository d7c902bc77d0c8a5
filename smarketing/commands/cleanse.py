"""`smarketing cleanse`: clean the org's data by a plan that people review, and take it back."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from chalicelib import bootstrap
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.model import Model
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.playbook.compiler import compile_playbook
from smarketing.cleansing import report
from smarketing.cleansing.apply import Applied, Applying, apply_plan
from smarketing.cleansing.countries import Form, country_code
from smarketing.cleansing.email_addresses import Marks, dns_check
from smarketing.cleansing.manifest import FILE, Delimiter, read_manifest
from smarketing.cleansing.plan import Options, make_plan
from smarketing.cleansing.progress import Bar
from smarketing.cleansing.undo import undo_plan
from smarketing.lock.plan import organization_id
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.playbook_files import read_playbook
from smarketing.target_store import use_store_of

app = typer.Typer(
    help="Clean Leads, Contacts and Accounts by a plan that people review.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FOLDER = Path(".smarketing") / "cleansing"
"""Where plans lie, below the folder that the command is run in; each has a folder of its own."""

_INCOMPLETE = 1

_Target = Annotated[
    str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
]
_Plan = Annotated[
    Path | None,
    typer.Argument(help="Folder of the plan; the org's newest where none is named.", file_okay=False),
]
_Json = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]
_DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")]


@app.command(epilog="Example: smarketing cleanse plan --target sandbox --mapping opt-ins.yaml")
def plan(
    target: _Target = None,
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", help="YAML: what the opt-in fields mean. Left out: one is suggested."),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where to put the plan; a new one below .smarketing.")
    ] = None,
    region: Annotated[
        str, typer.Option("--region", help="Country of telephone numbers without one: DE, AT, CH ...")
    ] = "DE",
    countries: Annotated[
        Form | None, typer.Option("--countries", help="How to write countries; as most records if not said.")
    ] = None,
    title_field: Annotated[
        str, typer.Option("--title-field", help="Field for academic titles, as Academic_Title__c.")
    ] = "",
    match_key_field: Annotated[
        str, typer.Option("--match-key-field", help="Field of Lead and Account for the company's match key.")
    ] = "",
    delimiter: Annotated[
        Delimiter, typer.Option("--delimiter", help="Of the CSV; semicolon for a German Excel.")
    ] = "comma",
    free_mail: Annotated[
        bool, typer.Option("--free-mail", help="Mark addresses of private and throw-away providers.")
    ] = False,
    check_dns: Annotated[
        bool, typer.Option("--check-dns", help="Ask the DNS whether each domain takes mail.")
    ] = False,
    playbook: Annotated[
        Path | None, typer.Option("--playbook", help="Folder of the playbook that names the purposes.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Propose what to clean, as files to review. Changes nothing in the org."""
    options = Options(
        region=_region(region),
        countries=countries,
        delimiter=delimiter,
        mapping=mapping,
        title_field=title_field,
        match_key_field=match_key_field,
        marks=Marks(free_mail, dns_check() if check_dns else None),
    )
    model = _model(playbook)
    rest = _org(target)
    org, now = organization_id(rest), bootstrap.now()
    place = _new_folder(folder, org, now)
    with Bar() as bar:
        made = make_plan(rest, org, place, options, model, now, bar.show)
    typer.echo(json.dumps(report.plan_json(made, place)) if as_json else report.plan_lines(made, place))


@app.command(epilog="Example: smarketing cleanse apply --dry-run --target sandbox")
def apply(
    plan: _Plan = None, target: _Target = None, dry_run: _DryRun = False, as_json: _Json = False
) -> None:
    """Write what the plan's decisions say; goes on where an apply broke off.

    Ends with 1 where the org did not take a row; call it again once that is mended.
    """
    rest = _org(target)
    org = organization_id(rest)
    applying = _applying(rest, plan, org, dry_run=dry_run)
    with Bar() as bar:
        applied = apply_plan(applying, org, lambda done, total: bar.show("Applying", done, total))
    _show_applied(applied, dry_run=dry_run, as_json=as_json)
    if applied.failures:
        raise typer.Exit(_INCOMPLETE)


@app.command(epilog="Example: smarketing cleanse undo --target sandbox")
def undo(
    plan: _Plan = None, target: _Target = None, dry_run: _DryRun = False, as_json: _Json = False
) -> None:
    """Write back what fields held before, where nobody has changed them since. Consents stay."""
    rest = _org(target)
    org = organization_id(rest)
    applying = _applying(rest, plan, org, dry_run=dry_run)
    with Bar() as bar:
        undone = undo_plan(applying, org, lambda done, total: bar.show("Restoring", done, total))
    plain = report.undone_json(undone, dry_run=dry_run)
    typer.echo(json.dumps(plain) if as_json else report.undone_lines(undone, dry_run=dry_run))
    if undone.failures:
        raise typer.Exit(_INCOMPLETE)


def _org(target: str | None) -> Rest:
    use_store_of(target)
    return rest_of(find_org(target))


def _applying(rest: Rest, plan: Path | None, org: str, *, dry_run: bool) -> Applying:
    folder = plan or _newest(org)
    return Applying(rest, folder, read_manifest(folder), None if dry_run else _send)


def _send(bodies: Any) -> None:
    # The queue is looked for only where a plan has consents.
    messages = list(bodies)
    if messages:
        bootstrap.engagement_queue().send(messages)


def _region(text: str) -> str:
    code = country_code(text)
    if code is None:
        raise Rejected("--region: name a country by its two letters, as DE, AT or CH")
    return code


def _model(playbook: Path | None) -> Model:
    return compile_playbook(read_playbook(playbook))


def _new_folder(folder: Path | None, org: str, now: Instant) -> Path:
    chosen = folder or FOLDER / f"{org}-{iso(now).replace(':', '').replace('.', '')}"
    if chosen.exists() and (not chosen.is_dir() or any(chosen.iterdir())):
        raise Rejected(f"--folder: {chosen} is there already; name a new one")
    return chosen


def _newest(org: str) -> Path:
    for folder in sorted(FOLDER.glob(f"{org}-*"), reverse=True):
        if (folder / FILE).exists():
            return folder
    raise Rejected(f"PLAN: no plan of org {org} in {FOLDER}; make one with smarketing cleanse plan")


def _show_applied(applied: Applied, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(report.applied_json(applied, dry_run=dry_run)))
    else:
        typer.echo(report.applied_lines(applied, dry_run=dry_run))
