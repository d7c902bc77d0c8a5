"""`smarketing routing`: who in sales takes over what, whose turn it is, and why somebody got something."""

import json
from dataclasses import asdict
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from chalicelib import bootstrap
from chalicelib.domain.assignment import Assignment
from chalicelib.domain.engagement import Value
from chalicelib.domain.instant import iso
from chalicelib.domain.interest import InterestId, opened_by
from chalicelib.domain.numerals import read_number
from chalicelib.domain.routing import Choice, Colleague, Request, choose, users_of
from chalicelib.domain.routing_plan import RoutingPlan
from chalicelib.domain.turns import Turns
from chalicelib.domain.working_time import local_day
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.handed_over import HandedOverInterests
from chalicelib.playbook.vocabulary import ROUTED_BY
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.target_store import use_store_of

app = typer.Typer(
    help="See who in sales takes over what, whose turn it is, and why.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Target = Annotated[
    str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print it as JSON.")]


@app.callback()
def group() -> None:
    """See who in sales takes over what, whose turn it is, and why."""


@app.command(epilog="Example: smarketing routing people --target sandbox")
def people(target: Target = None, as_json: AsJson = False) -> None:
    """Show each pool with its reps: who is away or full, what each has taken, and whose turn is next."""
    plan, roster, turns = _now(target)
    rows = [
        _row(plan, pool.name, user, roster.get(user), turns.get(pool.name, Turns()))
        for pool in plan.pools
        for user in pool.reps
    ]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    table = Table("pool", "rep", "name", "capacity", "taken", "in hand", "away until", "due")
    for row in rows:
        table.add_row(*(str(value) if value is not None else "" for value in row.values()))
    Console().print(table)


@app.command(epilog="Example: smarketing routing ask product_line=presses country=Germany --target sandbox")
def ask(
    about: Annotated[
        list[str], typer.Argument(help=f"What is known, as field=value: {', '.join(ROUTED_BY)}.")
    ],
    account_owner: Annotated[
        str, typer.Option("--account-owner", help="User name of the Account's owner.")
    ] = "",
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Say who would get an interest right now, and why. Nothing is assigned and no turn is taken."""
    attributes = dict(_field(each) for each in about)
    plan, roster, turns = _now(target)
    account = str(attributes.get("company", ""))
    choice = choose(plan, Request(attributes, "", account_owner, account), roster, turns)
    if as_json:
        typer.echo(json.dumps(_plain_choice(choice, plan)))
        return
    typer.echo(choice.colleague.name if choice.colleague else f"the queue {plan.fallback}")
    for line in choice.why:
        typer.echo(f"  {line}")


@app.command(epilog="Example: smarketing routing why 01J8ZK6M3N5P7Q9R1S3T5V7W9X-presses-1 --target sandbox")
def why(
    interest: Annotated[str, typer.Argument(help="Our id of the interest, as on its page in Salesforce.")],
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Say to whom an interest was assigned, each time, and why."""
    use_store_of(target)
    try:
        opened_by(InterestId(interest))
    except ValueError:
        raise Rejected("interest: give its id as <person>-<product line>-<number>") from None
    found = bootstrap.assignments().of(InterestId(interest))
    if as_json:
        typer.echo(json.dumps([_plain(each) for each in found]))
        return
    if not found:
        typer.echo("It was never assigned.")
    for each in found:
        until = "" if each.accept_by is None else f", to be accepted by {iso(each.accept_by)}"
        typer.echo(f"{iso(each.assigned_at)}: {each.owner} ({each.how}){until}")
        for line in each.why:
            typer.echo(f"  {line}")


def _now(target: str | None) -> tuple[RoutingPlan, dict[str, Colleague], dict[str, Turns]]:
    use_store_of(target)
    plan = bootstrap.playbook()().model.routing
    if not plan.pools:
        raise Rejected("routing.yaml: the playbook in force has no pools; add some and publish it")
    at = bootstrap.now()
    org = HandedOverInterests(rest_of(find_org(target)))
    with Console(stderr=True).status("Asking who is there ..."):
        roster = org.roster(users_of(plan), lambda user: local_day(plan.hours_of(user), at), count_open=True)
    known = bootstrap.assignments().turns(each.name for each in plan.pools)
    return plan, roster, {name: turns for name, (turns, _) in known.items()}


def _row(
    plan: RoutingPlan, pool: str, user: str, colleague: Colleague | None, turns: Turns
) -> dict[str, Any]:
    rep = plan.rep(user)
    return {
        "pool": pool,
        "rep": user,
        "name": colleague.name if colleague else "unknown in Salesforce",
        "capacity": rep.capacity if rep else None,
        "taken": turns.taken.get(user, 0),
        "open": colleague.open if colleague else None,
        "away_until": (colleague.absent_until or None) if colleague else None,
        "due": round(float(turns.due_of(user) - turns.at), 3),
    }


def _field(written: str) -> tuple[str, Value]:
    name, separator, value = written.partition("=")
    if not separator or name not in ROUTED_BY:
        raise Rejected(f"{written[:40]}: write field=value, with one of {', '.join(ROUTED_BY)}")
    if name in ("employees", "expected_value", "score") and (number := read_number(value)) is not None:
        return name, number
    return name, value


def _plain_choice(choice: Choice, plan: RoutingPlan) -> dict[str, Any]:
    colleague = choice.colleague
    return {
        "how": choice.how,
        "user": colleague.user if colleague else None,
        "queue": None if colleague else plan.fallback,
        "pool": choice.pool,
        "why": list(choice.why),
    }


def _plain(assignment: Assignment) -> dict[str, Any]:
    until = assignment.accept_by
    return {
        **asdict(assignment),
        "handed_at": iso(assignment.handed_at),
        "assigned_at": iso(assignment.assigned_at),
        "accept_by": None if until is None else iso(until),
    }
