"""A playbook's scoring, compiled once."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.matching import Matcher, compile_matchers
from chalicelib.domain.model import Category, Model, ScoringRule
from chalicelib.domain.product_lines import Recogniser, compile_recogniser


@dataclass(frozen=True, slots=True)
class Scoring:
    """A playbook's scoring, compiled once; the functions of scoring and explanation take it."""

    rules: tuple[ScoringRule, ...]
    names: frozenset[str]
    """Of the rules."""
    categories: tuple[Category, ...]
    labels: Mapping[str, str]
    """Of the categories: the product line's where there is one, else the name."""
    matchers: Mapping[str, Matcher]
    """By kind of engagement."""
    by_category: Mapping[str, tuple[str, ...]]
    """The names of the rules that fill it."""
    recognise: Recogniser

    def product_line_of(self, engagement: Engagement) -> str | None:
        """Say which product line an engagement is about; None if it tells none."""
        return self.recognise(engagement.attributes)


def compile_scoring(model: Model) -> Scoring:
    """Compile the scoring of a playbook that its loader has checked."""
    categories = {category.name: category for category in model.categories}
    recognise = compile_recogniser(model.product_lines)
    line_labels = {line.name: line.label for line in model.product_lines}
    return Scoring(
        rules=model.rules,
        names=frozenset(rule.name for rule in model.rules),
        categories=model.categories,
        labels={name: line_labels.get(name, name) for name in categories},
        matchers=compile_matchers(model.rules, categories, recognise),
        by_category={
            name: tuple(rule.name for rule in model.rules if rule.category == name) for name in categories
        },
        recognise=recognise,
    )
