"""Learns how often those agree who are easily taken for one another and are not one.

Two of a table at random hardly ever have the same telephone; two colleagues often have the switchboard's.
Nearly all pairs that have to be told apart are colleagues, so it is among these that agreement has to be rare
to count.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from smarketing.duplicates.terms import Comparison, Neighbours, Terms

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST = 1_000_000
"""Pairs that are counted."""


def neighbours_shares(
    connection: "DuckDBPyConnection", tables: Sequence[str], terms: Terms
) -> dict[str, list[float]]:
    """Count, by comparison, the share of neighbours in each of its levels, different as the last."""
    if terms.neighbours is None:
        return {}
    pairs = _pairs(connection, tables, terms.neighbours)
    learned = (each for each in terms.comparisons if each.name in terms.neighbours.learned)
    return {each.name: _shares(connection, pairs, each) for each in learned}


def level_of(comparison: Comparison) -> str:
    """Write the SQL that gives a pair's level: 0 and up as the terms list them, -1 for unknown."""
    cases = (f"WHEN {each.condition} THEN {number}" for number, each in enumerate(comparison.levels))
    different = len(comparison.levels)
    return f"CASE WHEN {comparison.unknown} THEN -1 {' '.join(cases)} ELSE {different} END"


def _pairs(connection: "DuckDBPyConnection", tables: Sequence[str], neighbours: Neighbours) -> str:
    """Write the query of the neighbours, both records' columns side by side."""
    everybody = " UNION ALL BY NAME ".join(f"FROM {each}" for each in tables)
    columns = [row[0] for row in connection.execute(f"DESCRIBE {tables[0]}").fetchall()]
    both = ", ".join(f"l.{each} AS {each}_l, r.{each} AS {each}_r" for each in columns)
    alike = " AND ".join(f"l.{each} = r.{each}" for each in neighbours.alike_in)
    return (
        f"WITH everybody AS ({everybody}), pair AS (SELECT {both} FROM everybody l JOIN everybody r"  # noqa: S608
        f" ON {alike} AND l.id < r.id), apart AS (FROM pair WHERE {neighbours.apart} LIMIT {_MOST})"
    )


def _shares(connection: "DuckDBPyConnection", pairs: str, comparison: Comparison) -> list[float]:
    found = connection.execute(
        f"{pairs} SELECT {level_of(comparison)} AS level, count(*) FROM apart GROUP BY level"  # noqa: S608
    ).fetchall()
    counts = dict(found)
    # One more of each: what was not seen is rare, not impossible.
    numbers = [counts.get(level, 0) + 1 for level in range(len(comparison.levels) + 1)]
    return [each / sum(numbers) for each in numbers]
