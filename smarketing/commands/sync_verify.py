"""`smarketing sync verify`: whether Salesforce and the marketing automations hold what they should."""

import getpass
import json
from collections.abc import Collection
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.status import Status
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Platform
from chalicelib.gateways.salesforce.rest import Rest
from chalicelib.gateways.store.verification import Verification
from chalicelib.services.review_persons import ask_for_reviews
from smarketing.commands.sync_options import AsJson, OnePlatform, Target
from smarketing.consent.verification import verify as verify_ledger
from smarketing.lock.plan import organization_id
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.sync.row_comparison import RowComparison, Side
from smarketing.sync.row_verification import verify_rows
from smarketing.sync.verification import Comparison, compare
from smarketing.target_store import reach_store, use_store_of

_DIFFERS = 1
_MOST_SHOWN = 20


def verify(
    target: Target = None,
    platform: OnePlatform = None,
    mend: Annotated[
        bool, typer.Option("--mend", help="Have everything that differs told or written again.")
    ] = False,
    as_plain: AsJson = False,
) -> None:
    """Compare everybody in the store with Salesforce, and every row of the marketing automations.

    Ends with 1 where anything differs. Without --platform the result is kept: the lock asks for it.
    """
    use_store_of(target)
    reach_store()
    org = None if platform else rest_of(find_org(target))
    with Console(stderr=True).status("Comparing ...") as status:
        comparison = None if org is None else _compare(org, status)
        rows = [_compare_rows(each, status) for each in _platforms(platform)]
    differences = sum(each.differences for each in (comparison, *rows) if each is not None)
    if org is not None and comparison is not None:
        _keep(org, comparison, rows, differences)
    if mend:
        _mend(comparison, rows)
    if as_plain:
        typer.echo(json.dumps(_plain(comparison, rows, differences)))
    else:
        _show(comparison, rows)
        if mend and differences:
            typer.echo("What differs is told again, or written again by the next push; then verify again")
    if differences:
        raise typer.Exit(_DIFFERS)


def _platforms(platform: Platform | None) -> list[Platform]:
    return [each.platform for each in bootstrap.automations() if platform in (None, each.platform)]


def _compare(org: Rest, status: Status) -> Comparison:
    return compare(
        bootstrap.persons(),
        bootstrap.outbox(),
        org,
        bootstrap.playbook()(),
        lambda so_far: status.update(f"Compared {so_far.persons} persons with Salesforce ..."),
    )


def _compare_rows(platform: Platform, status: Status) -> RowComparison:
    [automation] = [each for each in bootstrap.automations() if each.platform == platform]

    def unproven(some: Collection[PersonId]) -> Collection[PersonId]:
        checked = verify_ledger(
            bootstrap.persons(),
            some,
            lambda so_far: status.update(f"Checked the proof of {so_far.persons} persons ..."),
        )
        return {each.person for each in checked.faults}

    return verify_rows(
        automation,
        bootstrap.salesforce(),
        bootstrap.planner(),
        bootstrap.playbook()().model.sync,
        unproven,
        lambda so_far: status.update(
            f"{platform}: {so_far.expected.rows} rows worked out, {so_far.held.rows} compared ..."
        ),
    )


def _keep(org: Rest, comparison: Comparison, rows: list[RowComparison], differences: int) -> None:
    records = comparison.records + sum(each.expected.rows for each in rows)
    kept = Verification(bootstrap.now(), getpass.getuser(), records, differences, organization_id(org))
    bootstrap.verifications().save(kept)


def _mend(comparison: Comparison | None, rows: list[RowComparison]) -> None:
    if comparison is not None:
        ask_for_reviews(comparison.to_tell_again, bootstrap.engagement_queue())
    for each in rows:
        bootstrap.sync_states().make_due(each.platform, each.to_push_again)


def _plain(comparison: Comparison | None, rows: list[RowComparison], differences: int) -> dict[str, Any]:
    salesforce = {} if comparison is None else _plain_salesforce(comparison)
    return salesforce | {
        "differences": differences,
        "platforms": {
            each.platform: {
                "expected": asdict(each.expected),
                "held": asdict(each.held),
                "by_kind": each.by_kind(),
                "found": [
                    {"record": found.record, "what": found.what, "field": found.field} for found in each.found
                ],
            }
            for each in rows
        },
    }


def _plain_salesforce(comparison: Comparison) -> dict[str, Any]:
    return {
        "persons": comparison.persons,
        "records": comparison.records,
        "expected": asdict(comparison.expected),
        "held": asdict(comparison.held),
        "by_field": comparison.by_field(),
        "waiting": comparison.waiting,
        "parked": comparison.parked,
        "found": [{"record": each.record, "field": each.field} for each in comparison.found],
    }


def _show(comparison: Comparison | None, rows: list[RowComparison]) -> None:
    if comparison is not None:
        _show_salesforce(comparison)
    for each in rows:
        for what, number in each.by_kind().items():
            typer.echo(f"{each.platform}: {number} x {what}")
        for found in each.found[:_MOST_SHOWN]:
            typer.echo(f"{each.platform}: {found.title}")
        typer.echo(
            f"{each.platform}: {_told(each.expected)} expected, {_told(each.held)} held, "
            f"{each.differences} differences"
        )


def _show_salesforce(comparison: Comparison) -> None:
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
        f"salesforce: {comparison.persons} persons, {_told(comparison.expected)} expected, "
        f"{_told(comparison.held)} held, {comparison.differences} differences"
    )


def _told(side: Side) -> str:
    return f"{side.rows} rows ({side.checksum})"
