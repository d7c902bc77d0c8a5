"""Finds gates that nobody can ever pass."""

from collections.abc import Iterator
from math import inf

from chalicelib.domain.model import GRADES, ScoringRule
from chalicelib.playbook.compiler import expand
from chalicelib.playbook.problems import Problem
from chalicelib.playbook.source import CategorySource, GateSource, PlaybookSource

_START = GRADES.index("D")


def unreachable_gates(playbook: PlaybookSource) -> Iterator[Problem]:
    """Compare what the gates ask for with the most that rules, caps and criteria can give."""
    most = _most_by_category(playbook)
    lines = [line.name for line in playbook.product_lines]
    of_lines = max((most.get(line, 0.0) for line in lines), default=0.0)
    best = max(0, _START - sum(criterion.up for criterion in playbook.grading))
    for position, gate in enumerate(playbook.gates):
        path = ("gates", position)
        total = sum(most.values())
        if gate.min_score is not None and gate.min_score > total:
            mend = "raise caps and limits or lower it"
            yield Problem((*path, "min_score"), f"the score never exceeds {total:g}; {mend}")
        if gate.min_category is not None and gate.min_category > of_lines:
            mend = "raise a product line's cap or lower it"
            yield Problem((*path, "min_category"), f"no product line exceeds {of_lines:g}; {mend}")
        if gate.min_grade is not None and GRADES.index(gate.min_grade) < best:
            mend = f"grading.yaml reaches {GRADES[best]} at best"
            yield Problem((*path, "min_grade"), f"nobody reaches {gate.min_grade}; {mend}")
        if _asks_nothing(gate):
            mend = "give min_score, min_category or hand_raiser"
            yield Problem((*path, "name"), f"{gate.name!r} asks for no engagement; {mend}")


def _asks_nothing(gate: GateSource) -> bool:
    return gate.min_score is None and gate.min_category is None and not gate.hand_raiser


def _most_by_category(playbook: PlaybookSource) -> dict[str, float]:
    rules = [each for rule in playbook.scoring.rules for each in expand(rule, playbook.product_lines)]
    return {category.name: _most(category, rules) for category in playbook.scoring.categories}


def _most(category: CategorySource, rules: list[ScoringRule]) -> float:
    gains = [rule for rule in rules if rule.category == category.name and rule.points > 0]
    held = sum(inf if rule.limit is None else rule.limit for rule in gains)
    return min(held, inf if category.cap is None else category.cap)
