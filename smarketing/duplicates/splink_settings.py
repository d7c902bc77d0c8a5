"""The terms in the words of Splink 5 (moj-analytical-services.github.io/splink, "Settings")."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from smarketing.duplicates.terms import Comparison, Level, Terms

if TYPE_CHECKING:
    from splink import SettingsCreator
    from splink.internals.blocking_rule_creator import BlockingRuleCreator

KEY = "id"
"""Column of every table that names its records."""

_UNLEARNED = 1e-4
_SMALLEST = 5_000

Shares = Mapping[str, Sequence[float]]
"""By comparison: how often pairs come into each of its levels, different as the last."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is not to be learned.

    Attributes:
        one: shares of pairs that are one (m).
        other: shares of pairs that are not (u).
        chance: that any two records are one; None: it is learned.
        rarity: whether rarer values weigh more, which only a large table can tell.
    """

    one: Shares = field(default_factory=dict)
    other: Shares = field(default_factory=dict)
    chance: float | None = None
    rarity: bool = True


def known_of(terms: Terms, records: int) -> Known | None:
    """Give what holds of a table that can't be learned from; None where the terms know nothing typical."""
    typical = terms.typical
    if typical is None:
        return None
    # The typical shares are those of a larger table; of fewer records no two are more likely to be one.
    chance = 2 * typical.duplicates / max(records, _SMALLEST)
    return Known(typical.one, typical.other, chance, rarity=False)


def settings_of(terms: Terms, known: Known, *, several_tables: bool) -> "SettingsCreator":
    """Write the terms as settings; several tables are compared with one another, and none with itself."""
    from splink import SettingsCreator
    from splink.comparison_library import CustomComparison

    link: Literal["link_only", "dedupe_only"] = "link_only" if several_tables else "dedupe_only"
    return SettingsCreator(
        link_type=link,
        unique_id_column_name=KEY,
        comparisons=[CustomComparison(_levels(each, known), each.name) for each in terms.comparisons],
        blocking_rules_to_generate_predictions=[block(each) for each in terms.candidates],
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=False,
        # Where none is given it is learned before it is used.
        probability_two_random_records_match=known.chance or _UNLEARNED,
    )


def block(expressions: tuple[str, ...]) -> "BlockingRuleCreator":
    """Make the rule of pairs in which all expressions are equal."""
    from splink import block_on

    return block_on(*expressions)


def _levels(comparison: Comparison, known: Known) -> list[Any]:
    levels = [*(_level(each, known) for each in comparison.levels), _named("different", "ELSE")]
    for kind, shares in (("m", known.one), ("u", known.other)):
        for level, share in zip(levels, shares.get(comparison.name, ()), strict=False):
            level |= {f"{kind}_probability": share, f"fix_{kind}_probability": True}
    return [{**_named("unknown", comparison.unknown), "is_null_level": True}, *levels]


def _level(level: Level, known: Known) -> dict[str, Any]:
    plain = _named(level.label, level.condition)
    return {**plain, "tf_adjustment_column": level.rarity_of} if level.rarity_of and known.rarity else plain


def _named(label: str, condition: str) -> dict[str, Any]:
    return {"sql_condition": condition, "label_for_charts": label}
