"""Reads the pairs that were found, each with what every comparison says of it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from smarketing.duplicates.neighbours import level_of
from smarketing.duplicates.pair import Pair, Reason
from smarketing.duplicates.terms import Comparison, Terms

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def explained(
    connection: "DuckDBPyConnection",
    pairs: str,
    compared: str,
    typed: str,
    terms: Terms,
    shown: Sequence[str],
) -> Iterator[Pair]:
    """Give pairs, the most likely first, numbered from 1.

    Args:
        pairs: table that `match` made.
        compared: table of what was compared.
        typed: table of what people typed, of which the columns `shown` are given.
    """
    weights = _weights(connection, pairs, terms)
    levels = ", ".join(f"{level_of(each)} AS level_{each.name}" for each in terms.comparisons)
    columns = [row[0] for row in connection.execute(f"DESCRIBE {compared}").fetchall() if row[0] != "id"]
    both = ", ".join(f"l.{each} AS {each}_l, r.{each} AS {each}_r" for each in columns)
    values = ", ".join(f"tl.{each}, tr.{each}" for each in shown)
    summed = ", ".join(weights[each.name] for each in terms.comparisons)
    # A cursor of its own: the connection has other work while the pairs are written.
    cursor = connection.cursor()
    cursor.execute(
        f"""WITH pair AS (
            SELECT p.*, {both} FROM {pairs} p
            JOIN {compared} l ON l.id = p.id_l JOIN {compared} r ON r.id = p.id_r
        ), levelled AS (SELECT *, {levels} FROM pair)
        SELECT id_l, id_r, match_probability, match_weight,
            [{", ".join(f"level_{each.name}" for each in terms.comparisons)}], [{summed}], {values}
        FROM levelled JOIN {typed} tl ON tl.id = id_l JOIN {typed} tr ON tr.id = id_r
        ORDER BY match_weight DESC, id_l, id_r"""  # noqa: S608 - tables and columns of ours
    )
    number = 0
    while rows := cursor.fetchmany(1_000):
        for row in rows:
            number += 1
            yield _pair(number, row, terms.comparisons, shown)


def _weights(connection: "DuckDBPyConnection", pairs: str, terms: Terms) -> dict[str, str]:
    """Write the sum of a comparison's weights: of its level, and of how rare the value is."""
    there = {row[0] for row in connection.execute(f"DESCRIBE {pairs}").fetchall()}
    return {
        each.name: " + ".join(name for name in (f"mw_{each.name}", f"mw_tf_adj_{each.name}") if name in there)
        for each in terms.comparisons
    }


def _pair(number: int, row: Sequence[Any], comparisons: Sequence[Comparison], shown: Sequence[str]) -> Pair:
    left, right, probability, weight, levels, weights, *cells = row
    reasons = tuple(
        Reason(each.name, _label(each, level), round(float(points), 2))
        for each, level, points in zip(comparisons, levels, weights, strict=True)
        if level >= 0
    )
    texts = ["" if each is None else str(each) for each in cells]
    values = {name: (texts[2 * at], texts[2 * at + 1]) for at, name in enumerate(shown)}
    return Pair(number, left, right, float(probability), float(weight), reasons, values)


def _label(comparison: Comparison, level: int) -> str:
    return comparison.levels[level].label if level < len(comparison.levels) else "different"
