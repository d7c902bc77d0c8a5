"""Finds gates that nobody can ever pass, or that no interest will ever be opened by."""

from collections.abc import Iterator, Sequence
from math import inf

from chalicelib.domain.model import GRADES, Grade, ScoringRule
from chalicelib.playbook.compiler import expand
from chalicelib.playbook.condition_checks import can_hold, on_attributes, on_profile
from chalicelib.playbook.problems import Problem
from chalicelib.playbook.scoring_checks import known_kinds, positive
from chalicelib.playbook.source import CategorySource, CriterionSource, GateSource, PlaybookSource

_START = GRADES.index("D")


def grading(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find criteria that move nothing or can't be meant."""
    for position, criterion in enumerate(playbook.grading):
        path = ("grading", position)
        if not criterion.up and not criterion.down:
            yield Problem((*path, "up"), "moves the grade neither up nor down; give up or down")
        yield from on_profile((*path, "where"), criterion.where)


def exclusions(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find exclusions that can't be meant."""
    for position, exclusion in enumerate(playbook.exclusions):
        yield from on_profile(("exclusions", position, "where"), exclusion.where)


def gates(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find what is wrong with gates, each by itself."""
    kinds = [each.name for each in playbook.engagements]
    lines = [each.name for each in playbook.product_lines]
    for position, gate in enumerate(playbook.gates):
        path = ("gates", position)
        yield from known_kinds((*path, "hand_raiser"), gate.hand_raiser or [], kinds)
        yield from on_attributes((*path, "where"), gate.where, lines)
        yield from positive((*path, "within"), gate.within, "leave it out if a hand stays up")
        if gate.hand_raiser is None:
            for key in ("where", "within"):
                if getattr(gate, key):
                    yield Problem((*path, key), "needs hand_raiser; name the kinds that it is about")
            if _asks_nothing(gate):
                mend = "give min_score, min_category or hand_raiser"
                yield Problem((*path, "name"), f"{gate.name!r} asks for no engagement; {mend}")


def shadowed(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find gates that open nothing, since whoever passes them passes an earlier one."""
    for position, gate in enumerate(playbook.gates):
        for earlier in playbook.gates[:position]:
            if not _asks_nothing(earlier) and _asks_no_more(earlier, gate):
                why = f"who passes it passes {earlier.name!r} first"
                yield Problem(
                    ("gates", position, "name"),
                    f"{gate.name!r} never opens anything: {why}; move it up or remove it",
                )
                break


def unreachable(playbook: PlaybookSource) -> Iterator[Problem]:
    """Compare what the gates ask for with the most that rules, caps and criteria can give."""
    most = _most_by_category(playbook)
    total, best = sum(most.values()), best_grade(playbook.grading)
    for position, gate in enumerate(playbook.gates):
        path = ("gates", position)
        if gate.min_score is not None and gate.min_score > total:
            mend = "raise caps or limits or lower it"
            yield Problem((*path, "min_score"), f"the score never exceeds {total:g}; {mend}")
        for line in playbook.product_lines:
            held = most.get(line.name, inf)
            if gate.min_category is not None and gate.min_category > held:
                mend = "raise its cap or limits or lower it"
                yield Problem((*path, "min_category"), f"{line.name!r} never exceeds {held:g}; {mend}")
        if gate.min_grade is not None and GRADES.index(gate.min_grade) < GRADES.index(best):
            mend = f"grading.yaml reaches {best} at best; lower it or add criteria"
            yield Problem((*path, "min_grade"), f"nobody reaches {gate.min_grade}: {mend}")


def best_grade(criteria: Sequence[CriterionSource]) -> Grade:
    """Find the best grade that any profile reaches; criteria that exclude each other don't add up."""
    groups: list[list[CriterionSource]] = []
    for criterion in criteria:
        sharing = [group for group in groups if _fields(group) & _fields([criterion])]
        groups = [group for group in groups if group not in sharing]
        groups.append([each for group in sharing for each in group] + [criterion])
    thirds = sum(_most_thirds(group, [], 0) for group in groups)
    return GRADES[max(0, _START - thirds)]


def _fields(criteria: Sequence[CriterionSource]) -> set[str]:
    return {condition.field for criterion in criteria for condition in criterion.where}


def _most_thirds(left: Sequence[CriterionSource], met: list[CriterionSource], least: int) -> int:
    """Try which criteria hold together: with the first of those left, and without it."""
    reached = sum(criterion.up for criterion in met)
    if not left or reached + sum(criterion.up for criterion in left) <= least:
        return max(least, reached)
    first, rest = left[0], left[1:]
    together = [*met, first]
    if can_hold([condition for criterion in together for condition in criterion.where]):
        least = _most_thirds(rest, together, least)
    return _most_thirds(rest, met, least)


def _asks_nothing(gate: GateSource) -> bool:
    """Whether not a single engagement is needed to pass."""
    return gate.min_score is None and _has_no_line(gate)


def _asks_no_more(gate: GateSource, than: GateSource) -> bool:
    """Whether everything that `gate` asks for is asked for by `than` as well."""
    if _has_no_line(gate) and not _has_no_line(than):
        return False
    return (
        GRADES.index(than.min_grade or "F") <= GRADES.index(gate.min_grade or "F")
        and (gate.min_score or 0) <= (than.min_score or 0)
        and (gate.min_category or 0) <= (than.min_category or 0)
        and _raised_for_no_more(gate, than)
    )


def _raised_for_no_more(gate: GateSource, than: GateSource) -> bool:
    if gate.hand_raiser is None:
        return True
    return (
        than.hand_raiser is not None
        and set(than.hand_raiser) <= set(gate.hand_raiser)
        and all(condition in than.where for condition in gate.where)
        and (inf if gate.within is None else gate.within) >= (inf if than.within is None else than.within)
    )


def _has_no_line(gate: GateSource) -> bool:
    """Whether the gate is passed for the strongest product line only."""
    return gate.min_category is None and gate.hand_raiser is None


def _most_by_category(playbook: PlaybookSource) -> dict[str, float]:
    rules = [each for rule in playbook.scoring.rules for each in expand(rule, playbook.product_lines)]
    return {category.name: _most(category, rules) for category in playbook.scoring.categories}


def _most(category: CategorySource, rules: Sequence[ScoringRule]) -> float:
    gains = [rule for rule in rules if rule.category == category.name and rule.points > 0]
    held = sum(inf if rule.limit is None else rule.limit for rule in gains)
    return min(held, inf if category.cap is None else category.cap)
