"""Finds duplicates in known data, beside recordlinkage and a rule like the standard one of Salesforce.

    python benchmarks/duplicates.py [--json] [--skip-large] [--records 1000000]

The data: FEBRL 1 to 4 (`duplicates_febrl.py`) and generated records of a CRM (`duplicates_crm.py`). The
search is that of `smarketing duplicates find`; for the CRM with its own terms, for FEBRL with terms for
FEBRL's columns. It learns from the records alone: nobody sees which pairs are one before F1 is counted, over
all pairs of records that were put into one group, at the least probability `ONE`. Each run is a process of
its own, so that time and memory are its own: seconds from the table to the groups, and the most memory that
the process ever had. Exit code 1 where a goal is missed.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from duplicates_truth import Agreement

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

FEBRL = ("febrl1", "febrl2", "febrl3", "febrl4")
OURS, RECORDLINKAGE, RULE = "smarketing", "recordlinkage", "salesforce_like_rule"
CONTESTANTS = (OURS, RECORDLINKAGE, RULE)
LOOKED_AT, ONE = 0.05, 0.9
GOALS: Mapping[str, Mapping[str, float]] = {
    "febrl3": {"f1": 0.997},
    "febrl4": {"f1": 0.9997},
    "crm": {"f1": 0.982, "records_per_second": 10_000, "megabytes": 2_000},
}

Figures = dict[str, Any]


def run_febrl(contestant: str, name: str) -> Figures:
    """Have a contestant look at a FEBRL data set, in this process."""
    import duckdb
    import duplicates_febrl
    import duplicates_peers as peers
    import duplicates_truth as truth

    known = duplicates_febrl.load(name)
    connection = duckdb.connect()
    tables = []
    for number, frame in enumerate(known.frames):
        connection.register("frame", frame.reset_index().rename(columns={"rec_id": "id"}))
        connection.execute(f"CREATE TABLE records{number} AS FROM frame")
        tables.append(f"records{number}")
    start = time.perf_counter()
    if contestant == OURS:
        groups = _search(connection, tables, duplicates_febrl.TERMS)
        found = _pairs_of(connection, groups, tables)
    elif contestant == RULE:
        ruled = peers.by_rule(connection, tables, peers.FEBRL)
        found = {truth.pair(*row) for row in connection.execute(f"FROM {ruled}").fetchall()}
    else:
        found = {truth.pair(*each) for each in peers.by_recordlinkage(known.frames, peers.FEBRL)}
    seconds = time.perf_counter() - start
    existing = {truth.pair(*each) for each in known.links}
    return _figures(truth.of_pairs(found, existing), sum(map(len, known.frames)), seconds)


def run_crm(contestant: str, file: str) -> Figures:
    """Have a contestant look at generated records that lie in a file, in this process."""
    from smarketing.duplicates.person_table import prepare
    from smarketing.duplicates.workspace import workspace

    with workspace() as connection:
        typed = "CREATE TABLE typed AS SELECT * EXCLUDE person FROM read_parquet(?)"
        connection.execute(typed, [file])
        start = time.perf_counter()
        prepare(connection, "typed", "person")
        pairs = _CRM[contestant](connection)
        seconds = time.perf_counter() - start
        connection.execute("CREATE TABLE truth AS SELECT id, person FROM read_parquet(?)", [file])
        agreement, records = _agreement(connection, pairs)
    return _figures(agreement, records, seconds)


def _search_crm(connection: "DuckDBPyConnection") -> str:
    from smarketing.duplicates.person_terms import PERSON_TERMS

    return _search(connection, ["person"], PERSON_TERMS)


def _rule_on_crm(connection: "DuckDBPyConnection") -> str:
    import duplicates_peers as peers

    connection.execute(
        "CREATE TABLE with_city AS SELECT p.*, lower(city) AS city FROM person p JOIN typed USING (id)"
    )
    return _grouped(connection, peers.by_rule(connection, ["with_city"], peers.CRM))


def _recordlinkage_on_crm(connection: "DuckDBPyConnection") -> str:
    import duplicates_peers as peers

    frame = connection.execute("SELECT * FROM person").fetchdf().set_index("id")
    linked = peers.by_recordlinkage([frame], peers.CRM).to_frame(index=False, name=["id_l", "id_r"])
    connection.register("linked", linked)
    return _grouped(connection, "linked")


_CRM: Mapping[str, Callable[["DuckDBPyConnection"], str]] = {
    OURS: _search_crm,
    RULE: _rule_on_crm,
    RECORDLINKAGE: _recordlinkage_on_crm,
}


def _search(connection: "DuckDBPyConnection", tables: list[str], terms: Any) -> str:
    from smarketing.duplicates.matching import match

    return match(connection, tables, terms, looked_at=LOOKED_AT, one=ONE).groups


def _grouped(connection: "DuckDBPyConnection", pairs: str) -> str:
    """Keep pairs as they are: those of the others are not joined to groups."""
    connection.execute(f"CREATE TABLE pairs AS SELECT id_l, id_r FROM {pairs}")
    return ""


def _pairs_of(connection: "DuckDBPyConnection", groups: str, tables: list[str]) -> set[tuple[str, str]]:
    """Spell out the pairs of the groups; of several tables those between tables."""
    import duplicates_truth as truth

    members: dict[Any, list[tuple[str, int]]] = {}
    for number, table in enumerate(tables):
        query = f"SELECT cluster_id, id FROM {groups} SEMI JOIN {table} USING (id)"
        for group, record in connection.execute(query).fetchall():
            members.setdefault(group, []).append((record, number))
    return {
        truth.pair(left, right)
        for some in members.values()
        for (left, of), (right, other) in combinations(some, 2)
        if len(tables) == 1 or of != other
    }


def _agreement(connection: "DuckDBPyConnection", groups: str) -> "tuple[Agreement, int]":
    from duplicates_truth import Agreement

    def one(query: str) -> Any:
        return connection.execute(query).fetchall()[0][0]

    records = one("SELECT count(*) FROM truth")
    of = "SELECT sum(n * (n - 1) / 2)::BIGINT FROM (SELECT count(*) AS n FROM"
    existing = one(f"{of} truth GROUP BY person)")
    if not groups:
        found = one("SELECT count(*) FROM pairs")
        right = one(
            "SELECT count(*) FROM pairs JOIN truth l ON l.id = id_l JOIN truth r ON r.id = id_r"
            " WHERE l.person = r.person"
        )
    else:
        found = one(f"{of} {groups} GROUP BY cluster_id)")
        right = one(f"{of} {groups} JOIN truth USING (id) GROUP BY cluster_id, person)")
    return Agreement(found, right, existing), records


def _figures(agreement: "Agreement", records: int, seconds: float) -> Figures:
    return {
        "f1": round(agreement.f1, 5),
        "precision": round(agreement.precision, 5),
        "recall": round(agreement.recall, 5),
        "records": records,
        "seconds": round(seconds, 2),
        "records_per_second": round(records / seconds),
        "megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def measured(contestant: str, data: str, tell: Callable[[str], None]) -> Figures:
    """Run a contestant in a process of its own."""
    tell(f"{contestant} on {Path(data).stem} ...")
    call = [sys.executable, __file__, "--run", contestant, data]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{contestant} on {data}: {done.stderr.strip()}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def compared(data: str, tell: Callable[[str], None]) -> Figures:
    """Give our figures, and under `peers` those of the others."""
    ours, *others = (measured(contestant, data, tell) for contestant in CONTESTANTS)
    return {**ours, "peers": dict(zip(CONTESTANTS[1:], others, strict=True))}


def missed(results: Mapping[str, Figures]) -> list[str]:
    """Name the goals that were not reached."""
    return [
        f"{name}: {what} {results[name][what]}, goal {goal}"
        for name, goals in GOALS.items()
        if name in results
        for what, goal in goals.items()
        if (results[name][what] > goal if what == "megabytes" else results[name][what] < goal)
    ]


def large(records: int, tell: Callable[[str], None]) -> Figures:
    """Generate records and compare on them."""
    import duckdb
    import duplicates_crm

    tell(f"generating {records:,} records ...")
    with tempfile.TemporaryDirectory() as folder:
        file = str(Path(folder) / "crm.parquet")
        made = duplicates_crm.as_arrow(duplicates_crm.generate(records))
        duckdb.from_arrow(made).write_parquet(file)
        del made
        return compared(file, tell)


def as_table(results: Mapping[str, Figures]) -> str:
    """Write the figures for people."""
    lines = [f"{'data':<8} {'by':<22} {'F1':>8} {'precision':>10} {'recall':>8} {'seconds':>9} {'MB':>7}"]
    for name, figures in results.items():
        for by, each in ((OURS, figures), *figures["peers"].items()):
            lines.append(
                f"{name:<8} {by:<22} {each['f1']:>8.4f} {each['precision']:>10.4f} {each['recall']:>8.4f}"
                f" {each['seconds']:>9.1f} {each['megabytes']:>7,}"
            )
    return "\n".join(lines)


def main() -> int:
    """Measure and print; 1 where a goal is missed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--skip-large", action="store_true", help="leave the generated records out")
    parser.add_argument("--records", type=int, default=1_000_000, help="to generate (default 1,000,000)")
    parser.add_argument("--run", nargs=2, metavar=("WHO", "WHAT"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        run = run_febrl if options.run[1] in FEBRL else run_crm
        print(json.dumps(run(*options.run)))
        return 0

    def tell(what: str) -> None:
        print(what, file=sys.stderr, flush=True)

    results = {name: compared(name, tell) for name in FEBRL}
    if not options.skip_large:
        results["crm"] = large(options.records, tell)
    short = missed(results)
    print(json.dumps(results) if options.json else as_table(results))
    for each in short:
        tell(f"missed: {each}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
