"""What the search is measured beside: recordlinkage, and a rule like the standard one of Salesforce.

recordlinkage 0.16 as its documentation shows it (recordlinkage.readthedocs.io, "Unsupervised learning"):
blocks, likenesses made binary, and the ECM classifier.

The rule follows Salesforce Help, "Standard Contact Matching
Rule and Standard Lead Matching Rule": both names alike (also swapped, or by the initial) and one further set
of fields. Its algorithms are the platform's own; Jaro and Winkler's likeness stands in for them, with the
thresholds that the page names (0.85 of first names, 0.90 of last names). What it compares of title and
street, FEBRL has as street; the generated records have neither, and company with postcode or city stands in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from pandas import DataFrame, MultiIndex


@dataclass(frozen=True, slots=True)
class Columns:
    """What the peers look at of a data set.

    Attributes:
        texts: compared by Jaro and Winkler's likeness.
        exact: the same or not.
        blocks: in each of which a pair is equal to be looked at.
        evidence: of the rule: each a set of fields that have to be equal beside the names.
    """

    first: str
    last: str
    texts: tuple[str, ...]
    exact: tuple[str, ...]
    blocks: tuple[tuple[str, ...], ...]
    evidence: tuple[tuple[str, ...], ...]


FEBRL = Columns(
    "given_name",
    "surname",
    texts=("given_name", "surname", "address_1", "address_2", "suburb"),
    exact=("date_of_birth", "soc_sec_id", "postcode", "street_number", "state"),
    blocks=(("soc_sec_id",), ("given_name",), ("surname",), ("date_of_birth",), ("postcode",)),
    evidence=(("address_1", "postcode"), ("address_1", "suburb"), ("soc_sec_id",)),
)

CRM = Columns(
    "first",
    "last",
    texts=("first", "last", "company"),
    exact=("email", "phone", "postcode", "domain"),
    blocks=(
        ("email",),
        ("phone",),
        ("first", "last"),
        ("last", "company"),
        ("last", "postcode"),
        ("first", "company"),
    ),
    evidence=(("email",), ("phone",), ("company", "postcode"), ("company", "city")),
)


def by_recordlinkage(frames: "Sequence[DataFrame]", columns: Columns) -> "MultiIndex":
    """Find pairs in one frame, or between two, by their index."""
    import recordlinkage

    index = recordlinkage.Index()
    for block in columns.blocks:
        index.block(list(block))
    candidates = index.index(*frames)
    comparing = recordlinkage.Compare()
    for column in columns.texts:
        comparing.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in columns.exact:
        comparing.exact(column, column, label=column)
    vectors = comparing.compute(candidates, *frames)
    return recordlinkage.ECMClassifier(binarize=0.5).fit_predict(vectors)


def by_rule(connection: "DuckDBPyConnection", tables: Sequence[str], columns: Columns) -> str:
    """Make a table `ruled` of pairs `id_l`, `id_r` in one table, or between two."""
    left, right = tables[0], tables[-1]
    apart = "l.id < r.id" if len(tables) == 1 else "true"
    names = f"({_alike(columns)}) OR ({_swapped(columns)})"
    parts = [
        f"SELECT l.id AS id_l, r.id AS id_r FROM {left} l JOIN {right} r ON {_equal(fields)}"
        f" AND {apart} AND ({names})"
        for fields in columns.evidence
    ]
    connection.execute(f"CREATE OR REPLACE TABLE ruled AS {' UNION '.join(parts)}")
    return "ruled"


def _equal(fields: Sequence[str]) -> str:
    return " AND ".join(f"l.{each} = r.{each}" for each in fields)


def _alike(columns: Columns) -> str:
    first, last = columns.first, columns.last
    return (
        f"(jaro_winkler_similarity(l.{first}, r.{first}) >= 0.85 OR (l.{first}[1] = r.{first}[1]"
        f" AND (length(l.{first}) = 1 OR length(r.{first}) = 1)))"
        f" AND jaro_winkler_similarity(l.{last}, r.{last}) >= 0.90"
    )


def _swapped(columns: Columns) -> str:
    first, last = columns.first, columns.last
    return (
        f"jaro_winkler_similarity(l.{first}, r.{last}) >= 0.85"
        f" AND jaro_winkler_similarity(l.{last}, r.{first}) >= 0.85"
    )
