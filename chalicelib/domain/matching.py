"""Which scoring rules an engagement meets: compiled once, indexed by kind and product line."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from typing import NamedTuple

from chalicelib.domain.conditions import Predicate, compile_conditions, contained_text, tags_in_text, text_of
from chalicelib.domain.engagement import Value
from chalicelib.domain.instant import Duration
from chalicelib.domain.model import Category, ScoringRule
from chalicelib.domain.product_lines import Recogniser


class CompiledRule(NamedTuple):
    """What counting a match needs of a rule; infinite where nothing limits it or it never fades."""

    name: str
    once_per: Duration | None
    points: float
    limit: float
    half_life: float


Matcher = Callable[[Mapping[str, Value]], Sequence[CompiledRule]]
"""Picks the rules whose product line and conditions an engagement's attributes meet, in no certain order."""


def compile_matchers(
    rules: Iterable[ScoringRule], categories: Mapping[str, Category], recognise: Recogniser
) -> dict[str, Matcher]:
    """Compile the rules into one matcher for each kind of engagement that any of them names."""
    by_kind: dict[str, list[ScoringRule]] = {}
    for rule in rules:
        for kind in dict.fromkeys(rule.kinds):
            by_kind.setdefault(kind, []).append(rule)
    return {kind: _by_line(of_kind, categories, recognise) for kind, of_kind in by_kind.items()}


def _by_line(rules: list[ScoringRule], categories: Mapping[str, Category], recognise: Recogniser) -> Matcher:
    def of_line(wanted: str | None) -> Matcher:
        return _matcher([rule for rule in rules if rule.product_line in (None, wanted)], categories)

    whatever_line = of_line(None)
    by_line: dict[str | None, Matcher] = {
        rule.product_line: of_line(rule.product_line) for rule in rules if rule.product_line is not None
    }
    if not by_line:
        return whatever_line
    return lambda attributes: by_line.get(recognise(attributes), whatever_line)(attributes)


def _matcher(rules: list[ScoringRule], categories: Mapping[str, Category]) -> Matcher:
    """Compile rules whose kind and product line are settled.

    Those that look for text in one field, as most do, are tried together.
    """
    always: list[CompiledRule] = []
    in_field: dict[str, list[tuple[tuple[str, ...], CompiledRule]]] = {}
    others: list[tuple[Predicate, CompiledRule]] = []
    for rule in rules:
        compiled = _compile(rule, categories[rule.category])
        holds = compile_conditions(rule.where)
        if holds is None:
            always.append(compiled)
        elif (needles := contained_text(rule.where)) is not None:
            in_field.setdefault(rule.where[0].field, []).append((needles, compiled))
        else:
            others.append((holds, compiled))
    if not in_field and not others:
        return lambda _: always
    return _try_all(always, [(field, tags_in_text(tests)) for field, tests in in_field.items()], others)


def _try_all(
    always: list[CompiledRule],
    in_field: list[tuple[str, Callable[[str], tuple[CompiledRule, ...]]]],
    others: list[tuple[Predicate, CompiledRule]],
) -> Matcher:
    def match(attributes: Mapping[str, Value]) -> Sequence[CompiledRule]:
        met = always.copy()
        for field, rules_in in in_field:
            value = attributes.get(field)
            if value is not None:
                met += rules_in(value if isinstance(value, str) else text_of(value))
        for holds, rule in others:
            if holds(attributes):
                met.append(rule)
        return met

    return match


def _compile(rule: ScoringRule, category: Category) -> CompiledRule:
    return CompiledRule(
        name=rule.name,
        once_per=rule.once_per,
        points=float(rule.points),
        limit=inf if rule.limit is None else float(rule.limit),
        half_life=inf if category.half_life is None else float(category.half_life),
    )
