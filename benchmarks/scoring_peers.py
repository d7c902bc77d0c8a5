"""The same rule table in the words of zen-engine and of CEL (package common-expression-language)."""

import json
from collections.abc import Callable, Iterable

import cel
import zen
from scoring_rules import FIELDS

from chalicelib.domain.engagement import Engagement
from chalicelib.domain.model import Condition, Model, ProductLine, ScoringRule

Plain = dict[str, str]
Matcher = Callable[[Engagement], int]
"""Says how many rules an engagement meets."""


def plain(engagement: Engagement) -> Plain:
    """Make an engagement what the others take: case is none of theirs, and neither are missing fields."""
    attributes = engagement.attributes
    made = {field: attributes.get(field, "").casefold() for field in FIELDS}
    made["kind"] = engagement.kind
    return made


def cel_list(model: Model) -> Matcher:
    """All rules fused into one expression that lists their outcomes."""
    program = cel.compile(f"[{', '.join(cel_source(model, rule) for rule in model.rules)}]")
    return lambda engagement: sum(program.execute(plain(engagement)))


def cel_each(model: Model) -> Matcher:
    """A program for every rule, over one context for the engagement."""
    programs = [cel.compile(cel_source(model, rule)) for rule in model.rules]

    def match(engagement: Engagement) -> int:
        context = cel.Context(variables=plain(engagement))
        return sum(program.execute(context) for program in programs)

    return match


def cel_indexed(model: Model) -> Matcher:
    """The rules for a kind fused into one expression, behind our index by kind."""
    programs = {
        kind: cel.compile(f"[{', '.join(cel_source(model, rule, kind=False) for rule in rules)}]")
        for kind, rules in by_kind(model).items()
    }

    def match(engagement: Engagement) -> int:
        program = programs.get(engagement.kind)
        return 0 if program is None else sum(program.execute(plain(engagement)))

    return match


def zen_each(model: Model) -> Matcher:
    """An expression for every rule."""
    expressions = [zen.compile_expression(zen_source(model, rule)) for rule in model.rules]

    def match(engagement: Engagement) -> int:
        context = plain(engagement)
        return sum(expression.evaluate(context) for expression in expressions)

    return match


def zen_list(model: Model) -> Matcher:
    """All rules fused into one expression that lists their outcomes."""
    expression = zen.compile_expression(f"[{', '.join(zen_source(model, rule) for rule in model.rules)}]")
    return lambda engagement: sum(expression.evaluate(plain(engagement)))


def zen_indexed(model: Model) -> Matcher:
    """The rules for a kind fused into one expression, behind our index by kind."""
    expressions = {
        kind: zen.compile_expression(f"[{', '.join(zen_source(model, rule, kind=False) for rule in rules)}]")
        for kind, rules in by_kind(model).items()
    }

    def match(engagement: Engagement) -> int:
        expression = expressions.get(engagement.kind)
        return 0 if expression is None else sum(expression.evaluate(plain(engagement)))

    return match


def zen_decision(model: Model) -> Matcher:
    """A decision of one table that collects all hits."""
    decision = zen.ZenEngine().create_decision(zen_table(model))
    return lambda engagement: len(decision.evaluate(plain(engagement))["result"])


def by_kind(model: Model) -> dict[str, list[ScoringRule]]:
    """Index the rules."""
    kinds = {kind for rule in model.rules for kind in rule.kinds}
    return {kind: [rule for rule in model.rules if kind in rule.kinds] for kind in kinds}


def cel_source(model: Model, rule: ScoringRule, *, kind: bool = True) -> str:
    """Write a rule as a CEL expression, the cheapest test first."""
    parts = [_any(" || ", (f"kind == '{each}'" for each in rule.kinds))] if kind else []
    parts += [_cel_test(condition) for condition in rule.where]
    for known, line in enumerate(model.product_lines):
        if line.name == rule.product_line:
            parts.append(_any(" || ", map(_cel_test, line.recognised_by)))
            earlier = model.product_lines[:known]
            parts += ["!" + _any(" || ", map(_cel_test, other.recognised_by)) for other in earlier]
    return " && ".join(parts) or "true"


def _cel_test(condition: Condition) -> str:
    call = _CALLS.get(condition.operator)
    field = condition.field
    return _any(
        " || ", (f"{field}.{call}({text})" if call else f"{field} == {text}" for text in _texts(condition))
    )


def zen_source(model: Model, rule: ScoringRule, *, kind: bool = True) -> str:
    """Write a rule as an expression of zen-engine, the cheapest test first."""
    parts = [_any(" or ", (f"kind == '{each}'" for each in rule.kinds))] if kind else []
    parts += [f"({_zen_test(condition, condition.field)})" for condition in rule.where]
    for known, line in enumerate(model.product_lines):
        if line.name == rule.product_line:
            parts.append(_zen_line(line))
            parts += [f"not {_zen_line(other)}" for other in model.product_lines[:known]]
    return " and ".join(parts) or "true"


def _zen_line(line: ProductLine) -> str:
    return _any(" or ", (_zen_test(condition, condition.field) for condition in line.recognised_by))


def _zen_test(condition: Condition, subject: str) -> str:
    call = _CALLS.get(condition.operator)
    return " or ".join(
        f"{call}({subject}, {text})" if call else f"{subject} == {text}" for text in _texts(condition)
    )


_CALLS = {"contains": "contains", "ends_with": "endsWith"}


def _any(word: str, parts: Iterable[str]) -> str:
    return f"({word.join(parts)})"


def _texts(condition: Condition) -> list[str]:
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return [f"'{str(value).casefold()}'" for value in values]


def zen_table(model: Model) -> str:
    """Write the rules as a decision table that collects all hits."""
    columns = ("kind", "line", *FIELDS)
    fields = {"line": "".join(f"{_zen_line(line)} ? '{line.name}' : " for line in model.product_lines) + "''"}
    rows = []
    for each in model.rules:
        row = dict.fromkeys(columns, "")
        row["kind"] = ", ".join(f"'{kind}'" for kind in each.kinds)
        row["line"] = f"'{each.product_line}'" if each.product_line else ""
        for condition in each.where:
            row[condition.field] = _zen_test(condition, "$")  # a cell in brackets would be an interval
        rows.append({"_id": each.name, **row, "rule": f"'{each.name}'"})
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": name, "name": name, "field": fields.get(name, name)} for name in columns],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": rows,
    }
    nodes = [
        {"id": "in", "type": "inputNode", "name": "in"},
        {"id": "table", "type": "decisionTableNode", "name": "table", "content": table},
        {"id": "out", "type": "outputNode", "name": "out"},
    ]
    for node in nodes:
        node["position"] = {"x": 0, "y": 0}
    edges = [
        {"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"}
        for a, b in (("in", "table"), ("table", "out"))
    ]
    return json.dumps({"nodes": nodes, "edges": edges})
