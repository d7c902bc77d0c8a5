"""`smarketing duplicates`: find records that are one, decide with both side by side, and merge them."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.prompt import Prompt

from chalicelib import bootstrap
from chalicelib.domain.instant import Instant, iso
from chalicelib.errors import Rejected
from chalicelib.gateways.salesforce.rest import API_VERSION
from chalicelib.playbook.compiler import compile_playbook
from smarketing.cleansing.org_fields import describe
from smarketing.cleansing.progress import Bar
from smarketing.duplicates import report, review_list
from smarketing.duplicates.groups import grouped
from smarketing.duplicates.guards import GUARDS, Guard
from smarketing.duplicates.manifest import FILE, PAIRS, read_manifest
from smarketing.duplicates.merge import merge_groups
from smarketing.duplicates.merge_plan import plan_merges
from smarketing.duplicates.pair import Pair
from smarketing.duplicates.pair_file import decide, read_pairs, write_pairs
from smarketing.duplicates.soap_merge import merge as merge_by_soap
from smarketing.lock.plan import organization_id
from smarketing.metadata.org_calls import OrgCalls
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.playbook_files import read_playbook
from smarketing.target_store import use_store_of

app = typer.Typer(
    help="Find records that are one, decide with both side by side, and merge them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

FOLDER = Path(".smarketing") / "duplicates"
"""Where searches lie, below the folder that the command is run in; each has a folder of its own."""

_INCOMPLETE = 1
_STOP = "stop"

_Target = Annotated[
    str | None, typer.Option("--target", help="The org: an alias or user name of sf, or sandbox.")
]
_Search = Annotated[
    Path | None,
    typer.Argument(help="Folder of the search; the newest where none is named.", file_okay=False),
]
_Json = Annotated[bool, typer.Option("--json", help="Print it as one JSON object.")]
_Playbook = Annotated[
    Path | None, typer.Option("--playbook", help="Folder of the playbook; the built-in one if left out.")
]


@app.command(epilog="Example: smarketing duplicates find --target sandbox")
def find(
    target: _Target = None,
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Where to put the search; a new one below .smarketing.")
    ] = None,
    calling_code: Annotated[
        str, typer.Option("--calling-code", help="Of telephone numbers without a country: 49, 43, 41 ...")
    ] = "49",
    playbook: _Playbook = None,
    as_json: _Json = False,
) -> None:
    """Search all Leads, Contacts and Accounts. Changes nothing in the org."""
    if not calling_code.isdecimal():
        raise Rejected("--calling-code: digits only, as 49")
    # Only here: it brings a database along.
    from smarketing.duplicates.find import find_duplicates

    model = compile_playbook(read_playbook(playbook))
    use_store_of(target)
    rest = rest_of(find_org(target))
    org, now = organization_id(rest), bootstrap.now()
    place = _new_folder(folder, org, now)
    with Bar() as bar:
        found = find_duplicates(rest, org, place, model, now, calling_code=calling_code, progress=bar.show)
    typer.echo(json.dumps(report.found_json(found, place)) if as_json else report.found_lines(found, place))


@app.command(epilog="Example: smarketing duplicates review --decide 12=same --decide 13=different")
def review(
    search: _Search = None,
    decided: Annotated[
        list[str] | None, typer.Option("--decide", help="A decision without a question: 12=same.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Ask about pairs, too, that are decided already.")
    ] = False,
    as_json: _Json = False,
) -> None:
    """Show pairs side by side and write the decisions down: same, different or later.

    Editing the column decision of pairs.csv does the same.
    """
    folder = search or _newest()
    pairs = list(read_pairs(folder / PAIRS))
    if decided:
        pairs = _with_decisions(pairs, decided)
    elif not as_json:
        pairs = _asked(pairs, folder, everything=everything)
    write_pairs(folder / PAIRS, pairs)
    counts = report.decisions(pairs)
    text = ", ".join(f"{number} {name}" for name, number in counts.items())
    typer.echo(json.dumps({"folder": str(folder), **counts}) if as_json else text)


@app.command("open", epilog="Example: smarketing duplicates open --target sandbox")
def show_open(target: _Target = None, as_json: _Json = False) -> None:
    """Show the new Leads of the org's list *Possible Duplicates* that wait for a decision.

    Who decides, and what happens then, docs/duplicates.md says. Changes nothing.
    """
    use_store_of(target)
    pairs = review_list.open_pairs(rest_of(find_org(target)))
    if as_json:
        typer.echo(json.dumps({"open": [review_list.as_plain(each) for each in pairs]}))
        return
    console = Console()
    for each in pairs:
        console.print(review_list.as_table(each))
    typer.echo(f"{len(pairs)} to decide" if pairs else "Nothing to decide.")


@app.command(epilog="Example: smarketing duplicates merge --dry-run --target sandbox")
def merge(
    search: _Search = None,
    target: _Target = None,
    allow: Annotated[
        list[str] | None,
        typer.Option("--allow", help="Guard to let pass: open-opportunity or different-owners."),
    ] = None,
    playbook: _Playbook = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would be merged.")] = False,
    as_json: _Json = False,
) -> None:
    """Merge the pairs that are decided to be the same; the playbook says whose values stay.

    What was there before is kept in undo.jsonl. Ends with 1 where the org did not take a merge.
    """
    folder = search or _newest()
    allowed = [_guard(each) for each in allow or ()]
    model = compile_playbook(read_playbook(playbook))
    use_store_of(target)
    org = find_org(target)
    rest = rest_of(org)
    _refuse_other_org(folder, organization_id(rest))
    found = grouped(read_pairs(folder / PAIRS))
    merges = list(plan_merges(rest, describe(rest), found.groups, model, allowed))
    send = None if dry_run else partial(merge_by_soap, OrgCalls(org, API_VERSION))
    with Bar() as bar:
        done = merge_groups(merges, folder, send, lambda so_far, total: bar.show("Merging", so_far, total))
    if as_json:
        typer.echo(json.dumps(report.merged_json(merges, found, done, dry_run=dry_run)))
    else:
        typer.echo(report.merged_lines(merges, found, done, dry_run=dry_run))
    if done.failures:
        raise typer.Exit(_INCOMPLETE)


def _with_decisions(pairs: Sequence[Pair], decided: Sequence[str]) -> list[Pair]:
    wanted = {}
    numbers = {str(each.number) for each in pairs}
    for each in decided:
        number, _, decision = each.partition("=")
        if number not in numbers:
            raise Rejected(f"--decide {each}: there is no pair {number}; write NUMBER=same")
        wanted[number] = decision
    return [
        decide(each, wanted[str(each.number)], "--decide") if str(each.number) in wanted else each
        for each in pairs
    ]


def _asked(pairs: list[Pair], folder: Path, *, everything: bool) -> list[Pair]:
    """Ask about each pair; every answer is written down at once."""
    console = Console(stderr=True)
    for position, each in enumerate(pairs):
        if each.decision != "later" and not everything:
            continue
        console.print(report.side_by_side(each))
        choices = ["same", "different", "later", _STOP]
        answer = Prompt.ask("One and the same?", choices=choices, default="later", console=console)
        if answer == _STOP:
            break
        pairs[position] = decide(each, answer, "answer")
        write_pairs(folder / PAIRS, pairs)
    return pairs


def _guard(text: str) -> Guard:
    for each in GUARDS:
        if text.replace("-", "_") == each:
            return each
    raise Rejected(f"--allow {text}: name one of {', '.join(each.replace('_', '-') for each in GUARDS)}")


def _refuse_other_org(folder: Path, org: str) -> None:
    searched = read_manifest(folder).org
    if searched[:15] != org[:15]:
        raise Rejected(f"{folder}: is of org {searched}, and this is {org}; choose the target")


def _new_folder(folder: Path | None, org: str, now: Instant) -> Path:
    chosen = folder or FOLDER / f"{org}-{iso(now).replace(':', '').replace('.', '')}"
    if chosen.exists() and (not chosen.is_dir() or any(chosen.iterdir())):
        raise Rejected(f"--folder: {chosen} is there already; name a new one")
    return chosen


def _newest() -> Path:
    found = sorted(FOLDER.glob(f"*/{FILE}"), key=lambda each: each.stat().st_mtime)
    if not found:
        raise Rejected(f"SEARCH: no search in {FOLDER}; make one with smarketing duplicates find")
    return found[-1].parent
