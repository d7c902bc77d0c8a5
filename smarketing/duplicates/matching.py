"""Finds pairs that are one, and the groups they make, with Splink on DuckDB."""

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from smarketing.duplicates.neighbours import neighbours_shares
from smarketing.duplicates.splink_settings import Known, block, known_of, settings_of
from smarketing.duplicates.terms import Terms

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from splink import Linker
    from splink.internals.blocking_rule_creator import BlockingRuleCreator

_SEED = 1
_CERTAIN_PAIRS = 200
"""Fewer teach nothing."""
_SAMPLED = 2_000_000
"""Pairs from which is learned how alike two are that are not one."""

Progress = Callable[[str], None]
"""Takes what is being done."""


@dataclass(frozen=True, slots=True)
class Matched:
    """Tables of the connection that hold what was found.

    Attributes:
        pairs: `id_l`, `id_r`, `match_weight`, `match_probability`; for each comparison `gamma_<name>`, its
            level, and the weights that add up.
        groups: `id` and `cluster_id` of every record, one that is alone too.
    """

    pairs: str
    groups: str


def match(
    connection: "DuckDBPyConnection",
    tables: Sequence[str],
    terms: Terms,
    *,
    looked_at: float,
    one: float,
    progress: Progress = lambda _: None,
) -> Matched:
    """Find what is one in a table; of several tables, what is one across them.

    Args:
        tables: each with `id`, which is unique over all, and the columns that the terms name.
        looked_at: least probability, 0 to 1, of pairs that are given.
        one: least probability of those that make a group.
    """
    logging.getLogger("splink").setLevel(logging.ERROR)
    from splink import DuckDBAPI, Linker

    database = DuckDBAPI(connection=connection)
    inputs = [database.register(each) for each in tables]
    progress("Learning")
    learns = _can_learn(connection, tables, terms)
    settled = None if learns else known_of(terms, _records(connection, tables))
    known = settled or Known(other=neighbours_shares(connection, tables, terms))
    settings = settings_of(terms, known, several_tables=len(inputs) > 1)
    linker = Linker(inputs if len(inputs) > 1 else inputs[0], settings, log_level=logging.ERROR)
    if settled is None:
        _learn(linker, terms)
    progress("Comparing")
    found = linker.inference.predict(threshold_match_probability=looked_at)
    progress("Grouping")
    clustering = linker.clustering
    groups = clustering.cluster_pairwise_predictions_at_threshold(found, threshold_match_probability=one)
    return Matched(found.physical_name, groups.physical_name)


def _can_learn(connection: "DuckDBPyConnection", tables: Sequence[str], terms: Terms) -> bool:
    """Tell whether there are records enough, and among them pairs that are one beyond doubt."""
    if terms.typical is None:
        return True
    if _records(connection, tables) < terms.enough:
        return False
    alike = " AND ".join(f"l.{each} = r.{each}" for each in terms.certain[0])
    pairs = f"SELECT 1 FROM {tables[0]} l JOIN {tables[-1]} r ON l.id < r.id AND {alike}"  # noqa: S608
    return len(connection.execute(f"{pairs} LIMIT {_CERTAIN_PAIRS}").fetchall()) == _CERTAIN_PAIRS


def _records(connection: "DuckDBPyConnection", tables: Sequence[str]) -> int:
    counts = [connection.execute(f"SELECT count(*) FROM {each}").fetchall() for each in tables]  # noqa: S608
    return sum(rows[0][0] for rows in counts)


def _learn(linker: "Linker", terms: Terms) -> None:
    from splink.internals.exceptions import EMTrainingException

    training = linker.training
    certain: list[str | BlockingRuleCreator] = [block(each) for each in terms.certain]
    training.estimate_probability_two_random_records_match(certain, terms.certain_share)
    training.estimate_u_using_random_sampling(max_pairs=_SAMPLED, seed=_SEED)
    for each in terms.training:
        # A block without a pair, as where a column is empty, teaches nothing; the others do.
        with suppress(EMTrainingException):
            training.estimate_parameters_using_expectation_maximisation(block(each))
