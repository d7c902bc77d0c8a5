"""What is compared of two records, as data; which pairs are looked at, how weights are learned.

The model is that of Fellegi and Sunter ("A Theory for Record Linkage", 1969): each comparison falls into one
level; a level weighs log2(m/u), where m is its share among pairs that are one, u among pairs that are not.
Splink learns both from the records themselves, without examples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Level:
    """How alike two values are.

    Attributes:
        label: as people read it in the explanation of a pair.
        condition: SQL of DuckDB over `<column>_l` and `<column>_r`.
        rarity_of: column whose rarer values weigh more: two of an unusual name are more likely one person.
    """

    label: str
    condition: str
    rarity_of: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A field, or several that say the same, of two records; the first level whose condition holds counts.

    What speaks for one thing, as the company's name and the domain of the mail do, belongs into one
    comparison: the weights of two are added up, which is right only where they are independent.

    Attributes:
        name: of the explanation.
        unknown: SQL that tells that a value is missing: then it speaks neither for nor against.
        levels: the most alike first; whatever meets none differs.
    """

    name: str
    unknown: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class Typical:
    """What holds where a table is too small to learn from.

    Attributes:
        one: by comparison, how often two that are one come into each level, different as the last: m.
        other: likewise two that are not one: u.
        duplicates: share of the records that have another one.
    """

    one: Mapping[str, Sequence[float]]
    other: Mapping[str, Sequence[float]]
    duplicates: float = 0.1


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Those who are most easily taken for one another, as colleagues are: they agree in more than any two do.

    Attributes:
        alike_in: SQL expressions in which both are equal.
        apart: SQL condition over `<column>_l` and `<column>_r` by which they are surely not one.
        learned: names of the comparisons whose agreement is learned among these, not among any two.
    """

    alike_in: tuple[str, ...]
    apart: str
    learned: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """By what duplicates are found in a table.

    Attributes:
        candidates: pairs that are looked at: each a set of SQL expressions in which both are equal.
        training: blocks in which m is learned; each comparison has to be left free by at least one.
        certain: rules that hardly ever join two that are different; from them the number of pairs is
        estimated. certain_share: how many of all duplicate pairs these are thought to find, above 0 and at
        most 1. neighbours: None where there are none. typical: None: it is always learned. enough: records
        from which on it is learned.
    """

    comparisons: tuple[Comparison, ...]
    candidates: tuple[tuple[str, ...], ...]
    training: tuple[tuple[str, ...], ...]
    certain: tuple[tuple[str, ...], ...]
    certain_share: float
    neighbours: Neighbours | None = None
    typical: Typical | None = None
    enough: int = 20_000


def alike_text(column: str, at_least: Sequence[float], *, rarity: bool = True) -> Comparison:
    """Compare words by Jaro and Winkler's likeness, which forgives slips: 1 is equal, 0 is nothing alike."""
    likeness = f"jaro_winkler_similarity({column}_l, {column}_r)"
    alike = (Level(f"at least {each:.0%} alike", f"{likeness} >= {each}") for each in at_least)
    return Comparison(column, _missing(column), (_equal(column, rarity=rarity), *alike))


def alike_code(column: str, at_most: Sequence[int], *, rarity: bool = False) -> Comparison:
    """Compare dates and numbers by how many characters are typed otherwise, two swapped ones counted once."""
    slips = f"damerau_levenshtein({column}_l, {column}_r)"
    alike = (Level(f"{each} characters otherwise", f"{slips} <= {each}") for each in at_most)
    return Comparison(column, _missing(column), (_equal(column, rarity=rarity), *alike))


def equal(column: str, *, rarity: bool = False) -> Comparison:
    """Compare what is the same or is not."""
    return Comparison(column, _missing(column), (_equal(column, rarity=rarity),))


def _equal(column: str, *, rarity: bool) -> Level:
    return Level("same", f"{column}_l = {column}_r", column if rarity else "")


def _missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"
