"""The definition of the score in exact arithmetic: slow, naive, and sharing no code with the engine.

Written from the definition alone, rule by rule over the whole history, with 50 decimal digits.
"""

from collections.abc import Iterable
from decimal import Context, Decimal

from chalicelib.domain.engagement import Engagement, Value
from chalicelib.domain.model import Category, Condition, Model, ScoringRule

_CONTEXT = Context(prec=50)
_LN_2 = _CONTEXT.ln(Decimal(2))


def category_scores(model: Model, history: Iterable[Engagement], at: int) -> dict[str, Decimal]:
    """Score of each category at a time that isn't before the last engagement."""
    once = {engagement.id: engagement for engagement in history}
    ordered = sorted(once.values(), key=lambda engagement: (engagement.occurred_at, engagement.id))
    scores = {}
    for category in model.categories:
        rules = [rule for rule in model.rules if rule.category == category.name]
        total = sum((_bucket(model, rule, category, ordered, at) for rule in rules), Decimal(0))
        floored = max(Decimal(0), total)
        scores[category.name] = floored if category.cap is None else min(Decimal(category.cap), floored)
    return scores


def _bucket(
    model: Model, rule: ScoringRule, category: Category, ordered: list[Engagement], at: int
) -> Decimal:
    bucket, as_of, counted = Decimal(0), 0, None
    for engagement in ordered:
        if not _matches(model, rule, engagement):
            continue
        t = engagement.occurred_at
        if rule.once_per is not None and counted is not None and t < counted + rule.once_per:
            continue
        counted = t
        bucket = _CONTEXT.multiply(bucket, _fade(t - as_of, category)) if bucket else bucket
        bucket = _CONTEXT.add(bucket, Decimal(rule.points))
        if rule.limit is not None:
            bucket = max(Decimal(-rule.limit), min(Decimal(rule.limit), bucket))
        as_of = t
    return _CONTEXT.multiply(bucket, _fade(at - as_of, category)) if bucket else bucket


def _fade(span: int, category: Category) -> Decimal:
    """2 ** (-span / half_life), as exp(-span * ln 2 / half_life)."""
    if category.half_life is None:
        return Decimal(1)
    return _CONTEXT.exp(_CONTEXT.divide(-span * _LN_2, Decimal(category.half_life)))


def _matches(model: Model, rule: ScoringRule, engagement: Engagement) -> bool:
    if engagement.kind not in rule.kinds:
        return False
    if rule.product_line is not None and _line(model, engagement) != rule.product_line:
        return False
    return all(_holds(condition, engagement) for condition in rule.where)


def _line(model: Model, engagement: Engagement) -> str | None:
    named = str(engagement.attributes.get("product_line", "")).lower()
    for line in model.product_lines:
        if line.name == named:
            return line.name
    for line in model.product_lines:
        if any(_holds(condition, engagement) for condition in line.recognised_by):
            return line.name
    return None


def _holds(condition: Condition, engagement: Engagement) -> bool:
    """Only the operators that generated playbooks use."""
    actual = engagement.attributes.get(condition.field)
    match condition.operator:
        case "contains":
            return actual is not None and any(_text(part) in _text(actual) for part in _all(condition))
        case "not_in":
            return actual is None or all(_text(actual) != _text(each) for each in _all(condition))
        case "at_least":
            return actual is not None and float(actual) >= float(_all(condition)[0])
        case "at_most":
            return actual is not None and float(actual) <= float(_all(condition)[0])
        case "missing":
            return actual is None
    raise NotImplementedError(condition.operator)


def _all(condition: Condition) -> tuple[Value, ...]:
    assert condition.value is not None
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _text(value: Value) -> str:
    return str(value).lower()
