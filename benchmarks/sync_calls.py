"""Calls of a sync of many records through the emulators, over HTTP, beside the least that are possible.

    uv run python benchmarks/sync_calls.py [--json] [--records 100000] [--breaks 20]

The push reads everything from Salesforce and writes the rows of who may be written to into Marketing Cloud,
where 3% are refused and 2% are not processed at first; then 1% are deleted or merged in Salesforce and taken
away by the next push. A last push of everything has nothing to write. The emulators count the calls;
`sync_least.py` says which can't be done without. Sums must be exact: each row was written or failed, and is
named. Then the same is done again and broken off at random points: it must end in the same state.
"""

import argparse
import json
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import sync_least as least

from chalicelib.domain.instant import MINUTE
from chalicelib.domain.sync import Row
from chalicelib.domain.sync_state import SyncState
from chalicelib.gateways.marketing_cloud.row_sync import key_of
from chalicelib.services.write_rows import Tally
from tests.services.whole_way import BrokenOff, Saboteur
from tests.sync.sync_world import ASKED_ONLY, SyncWorld, sync_world

FAILING, UNPROCESSED, GONE = 0.03, 0.02, 0.01
Watch = Callable[[Any], Any]


@dataclass
class Report:
    """What happened."""

    records: int
    rows: int = 0
    tallies: dict[str, dict[str, int]] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)
    least: dict[str, int] = field(default_factory=dict)
    write_calls_of_second_run: int = 0
    breaks: int = 0
    same_state_after_breaks: bool | None = None
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def ratio(self) -> float:
        """How many times the least possible calls were made."""
        return sum(self.calls.values()) / sum(self.least.values())

    @contextmanager
    def timed(self, what: str) -> Iterator[None]:
        """Note how long something took."""
        began = time.perf_counter()
        yield
        self.seconds[what] = round(time.perf_counter() - began, 1)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print one object instead of the table")
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--breaks", type=int, default=20, help="how often the second way is broken off")
    options = parser.parse_args()
    report = Report(options.records, breaks=options.breaks)
    with tempfile.TemporaryDirectory() as folder, report.timed("in all"):
        compare(Path(folder), report)
    print(json.dumps(as_json(report)) if options.json else as_table(report))


def compare(folder: Path, report: Report) -> None:
    """Go the way undisturbed, then again with breaks, and compare where both end."""
    for name in ("undisturbed", "broken"):
        (folder / name).mkdir()
    with (
        sync_world(folder / "undisturbed", report.records) as world,
        sync_world(folder / "broken", report.records, told=world) as other,
    ):
        saboteur = Saboteur()
        measure(world, report, saboteur.watch)
        if not report.breaks:
            return
        with report.timed("broken off"):
            breaks = Breaks(random.Random(2), saboteur.passed, report.breaks)
            go_the_way(other, breaks.push)
        require(breaks.done == report.breaks, "every break was reached")
        report.same_state_after_breaks = end_of(other) == end_of(world)
        require(report.same_state_after_breaks, "the state after breaks")


def go_the_way(world: SyncWorld, push: Callable[[SyncWorld], Tally]) -> None:
    """Push everything with faults, then what is gone."""
    world.control("POST", "marketing-cloud/sandbox/limits", {"pending_polls": 0})
    ask_for_faults(world, random.Random(1))
    push(world)
    world.clock.advance(15 * MINUTE)
    let_go(world, random.Random(3))
    push(world)


def measure(world: SyncWorld, report: Report, watch: Watch) -> None:
    """Go the way and count."""
    steps = iter(("everything", "what is gone"))
    before = Calls(world)

    def push(world: SyncWorld) -> Tally:
        step = next(steps)
        with report.timed(step):
            tally = world.push(watch)
        report.tallies[step] = asdict(tally)
        before.note(step, report)
        return tally

    go_the_way(world, push)
    first, second = (report.tallies[step] for step in ("everything", "what is gone"))
    report.rows = first["written"] + first["failed"]
    may = sum(world.may_be_synced(each) for each in range(report.records))
    refused, faulty = round(FAILING * may), round((FAILING + UNPROCESSED) * may)
    require(report.rows == may, "each row was written or refused")
    require((first["failed"], first["unprocessed"]) == (refused, faulty - refused), "faults")
    held = sum(1 for _ in world.rows.held(["email"]))
    require(held == first["written"] - second["withdrawn"], "rows held in the end")
    before.forget()
    with report.timed("again"):
        again = world.push(full=True)
    report.write_calls_of_second_run = before.cloud()
    require((again.written, report.write_calls_of_second_run) == (0, 0), "a second run writes nothing")
    report.least = least_of(world, report, first, second)


def least_of(
    world: SyncWorld, report: Report, first: dict[str, int], second: dict[str, int]
) -> dict[str, int]:
    """Give the calls that can't be done without."""
    return {
        "Salesforce, everything": least.salesforce_reads(*sizes(world)),
        "Marketing Cloud, everything": least.marketing_cloud_writes(report.rows)
        + least.marketing_cloud_rewrites(first["unprocessed"]),
        # What a deletion or a merger changed is few, and fits a page of each object and of their Accounts.
        "Salesforce, what is gone": 3,
        "Marketing Cloud, what is gone": least.marketing_cloud_withdrawals(second["withdrawn"]),
    }


class Calls:
    """Counts calls between two looks; logins are left out."""

    def __init__(self, world: SyncWorld) -> None:
        """Begin now."""
        self._world = world
        self._salesforce = self._of_salesforce()

    def note(self, step: str, report: Report) -> None:
        """Put the calls since the last look into the report."""
        now = self._of_salesforce()
        report.calls[f"Salesforce, {step}"] = now - self._salesforce
        report.calls[f"Marketing Cloud, {step}"] = self.cloud()
        self._salesforce = now
        self.forget()

    def cloud(self) -> int:
        """Count Marketing Cloud's calls since they were forgotten."""
        counted = self._world.control("GET", "marketing-cloud/sandbox/calls")["by_route"]
        return sum(number for route, number in counted.items() if route != "POST /v2/token")

    def forget(self) -> None:
        """Begin anew with Marketing Cloud's."""
        self._world.control("DELETE", "marketing-cloud/sandbox/calls")

    def _of_salesforce(self) -> int:
        return sum(self._world.org.org.limits.by_kind.values())


class Breaks:
    """Pushes until it gets through, and is broken off on the way at random points."""

    def __init__(self, chance: random.Random, points: int, number: int) -> None:
        """Break off at so many of the points that an undisturbed way passes; a disturbed one passes more."""
        self._saboteur = Saboteur(set(chance.sample(range(points), number)))
        self.done = 0

    def push(self, world: SyncWorld) -> Tally:
        """Break off, go on, and in the end get through."""
        while True:
            try:
                return world.push(self._saboteur.watch)
            except BrokenOff:
                self.done += 1


def ask_for_faults(world: SyncWorld, chance: random.Random) -> None:
    """Have 3% of the rows refused for good, and 2% not processed when they first come."""
    rows = [
        key_of(Row(person="", record=name(record), email=""))  # type: ignore[arg-type]
        for number, record in world.records.items()
        if world.may_be_synced(number)
    ]
    chosen = chance.sample(rows, round((FAILING + UNPROCESSED) * len(rows)))
    bad = round(FAILING * len(rows))
    for kind, some, times in (("row_refused", chosen[:bad], 0), ("row_deadlocked", chosen[bad:], 1)):
        fault = {"kind": kind, "keys": some, "times": times}
        world.control("POST", "marketing-cloud/sandbox/faults", fault)


def let_go(world: SyncWorld, chance: random.Random) -> None:
    """Delete half of who goes; merge the other half into somebody else."""
    ids = list(world.records.values())
    chosen = chance.sample(ids, round(GONE * len(ids)))
    going = set(chosen)
    masters = {
        prefix: next(each for each in ids if each.startswith(prefix) and each not in going)
        for prefix in ("003", "00Q")
    }
    for place, record in enumerate(chosen):
        if place % 2:
            world.org.merge(record, masters[record[:3]])
        else:
            world.org.delete("Lead" if record.startswith("00Q") else "Contact", record)


def end_of(world: SyncWorld) -> list[tuple[object, ...]]:
    """Give what is remembered of each record, and held of it, without the times at which it was done."""
    states = sorted(_remembered(state) for state in world.states.everything())
    held = sorted((row.record, row.email, row.person) for row in world.rows.held(["email"]))
    return [*states, *held]


def _remembered(state: SyncState) -> tuple[object, ...]:
    return (state.record, state.held, state.checksum, state.outcome, state.verdict.reason)


def name(record: str) -> str:
    """Name a record of Salesforce as the sync does."""
    return f"{'lead' if record.startswith('00Q') else 'contact'}:{record[:15]}"


def sizes(world: SyncWorld) -> list[int]:
    """Count the records of each object."""
    database = world.org.org.database
    return [
        database.connection.execute(f"SELECT count(*) FROM {each}").fetchone()[0]
        for each in ("Lead", "Contact", "Account")
    ]


def require(holds: bool, what: str) -> None:
    """End with an error where something is not as it must be."""
    if not holds:
        raise SystemExit(f"{what}: not what was asked for")


def as_json(report: Report) -> dict[str, object]:
    """Give the figures under stable keys."""
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"calls_to_least_possible": round(report.ratio, 3), "megabytes": round(memory)} | asdict(report)


def as_table(report: Report) -> str:
    """Write the figures for people."""
    lines = [f"{'calls':<32} {'ours':>8} {'least':>8}"]
    lines += [f"{name:<32} {calls:>8} {report.least[name]:>8}" for name, calls in report.calls.items()]
    first, second = (report.tallies[step] for step in ("everything", "what is gone"))
    sums = (
        f"{report.rows} rows, {first['written']} written, {first['failed']} refused, "
        f"{first['unprocessed']} not processed at first; {second['withdrawn']} taken away"
    )
    lines += [
        "",
        f"{report.records} records, one in {ASKED_ONLY} without permission: {sums}",
        f"calls to least possible: {report.ratio:.3f}",
        f"second run of everything: {report.write_calls_of_second_run} calls of Marketing Cloud",
        f"broken off {report.breaks} times: same state {report.same_state_after_breaks}",
        ", ".join(f"{what} {seconds:.0f} s" for what, seconds in report.seconds.items()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
