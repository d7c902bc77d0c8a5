"""Finds what makes no sense in a playbook although each of its keys is well-formed."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from chalicelib.playbook.condition_checks import ENGAGEMENT, PROFILE, contradictions, misfits
from chalicelib.playbook.gate_checks import unreachable_gates
from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.source import LifecycleSource, PlaybookSource, Rule, ScoringRuleSource


def problems(playbook: PlaybookSource) -> list[Problem]:
    """List all mistakes, by file and key; none means that the playbook can be compiled."""
    found = (problem for check in _CHECKS for problem in check(playbook))
    return sorted(
        set(found), key=lambda problem: ([str(part).zfill(4) for part in problem.path], problem.message)
    )


def _names_overlap(playbook: PlaybookSource) -> Iterator[Problem]:
    for path, names in _named(playbook):
        seen: dict[str, str] = {}
        for position, name in enumerate(names):
            folded = "".join(filter(str.isalnum, name.casefold()))
            if folded in seen:
                where = "term" if path == ("glossary",) else "name"
                yield Problem(
                    (*path, position, where), f"{name!r} overlaps with {seen[folded]!r}; rename one"
                )
            seen.setdefault(folded, name)


def _named(playbook: PlaybookSource) -> Iterator[tuple[Path, list[str]]]:
    yield ("glossary",), [each.term.en for each in playbook.glossary]
    yield ("product_lines",), [each.name for each in playbook.product_lines]
    yield ("engagements",), [each.name for each in playbook.engagements]
    yield ("purposes",), [each.name for each in playbook.purposes]
    yield ("scoring", "categories"), [each.name for each in playbook.scoring.categories]
    yield ("scoring", "rules"), [each.name for each in playbook.scoring.rules]
    yield ("grading",), [each.name for each in playbook.grading]
    yield ("exclusions",), [each.name for each in playbook.exclusions]
    yield ("gates",), [each.name for each in playbook.gates]
    yield ("lifecycle", "stages"), [each.name for each in playbook.lifecycle.stages]
    yield ("lifecycle", "reasons"), [each.name for each in playbook.lifecycle.reasons]


def _product_lines(playbook: PlaybookSource) -> Iterator[Problem]:
    categories = [each.name for each in playbook.scoring.categories]
    for position, line in enumerate(playbook.product_lines):
        path = ("product_lines", position)
        if line.name not in categories:
            yield Problem(
                (*path, "name"), f"{line.name!r} has no category; add one of that name to scoring.yaml"
            )
        yield from _conditions((*path, "recognised_by"), line.recognised_by, ENGAGEMENT, alone=True)
    if not any(purpose.contactable for purpose in playbook.purposes):
        yield Problem(("purposes",), "none is contactable, so nobody would ever qualify; set it on one")


def _categories(playbook: PlaybookSource) -> Iterator[Problem]:
    for position, category in enumerate(playbook.scoring.categories):
        path = ("scoring", "categories", position)
        if category.half_life is not None and category.half_life <= 0:
            yield Problem((*path, "half_life"), "must be longer than 0; leave it out if points never fade")
        if category.cap is not None and category.cap <= 0:
            yield Problem((*path, "cap"), "must be above 0; leave it out if there is none")


def _scoring_rules(playbook: PlaybookSource) -> Iterator[Problem]:
    kinds = [each.name for each in playbook.engagements]
    categories = [each.name for each in playbook.scoring.categories]
    for position, rule in enumerate(playbook.scoring.rules):
        path = ("scoring", "rules", position)
        yield from _kinds((*path, "kinds"), rule.kinds, kinds)
        yield from _points(path, rule)
        if (rule.category is None) == (rule.for_each is None):
            yield Problem((*path, "category"), "give either a category or for_each: product_line")
        elif rule.category is not None and rule.category not in categories:
            yield Problem((*path, "category"), unknown("category", rule.category, categories))
        yield from _conditions((*path, "where"), rule.where, ENGAGEMENT)


def _points(path: Path, rule: ScoringRuleSource) -> Iterator[Problem]:
    if rule.points == 0:
        yield Problem((*path, "points"), "0 changes nothing; give points or remove the rule")
    if rule.limit is not None and rule.limit < abs(rule.points):
        yield Problem((*path, "limit"), f"is below the {abs(rule.points)} points of one match; raise it")
    if rule.once_per is not None and rule.once_per <= 0:
        yield Problem((*path, "once_per"), "must be longer than 0; leave it out if every match counts")


def _grading(playbook: PlaybookSource) -> Iterator[Problem]:
    for position, criterion in enumerate(playbook.grading):
        path = ("grading", position)
        if not criterion.up and not criterion.down:
            yield Problem((*path, "up"), "moves the grade neither up nor down; give up or down")
        yield from _conditions((*path, "where"), criterion.where, PROFILE)
    for position, exclusion in enumerate(playbook.exclusions):
        yield from _conditions(("exclusions", position, "where"), exclusion.where, PROFILE)


def _gates(playbook: PlaybookSource) -> Iterator[Problem]:
    kinds = [each.name for each in playbook.engagements]
    for position, gate in enumerate(playbook.gates):
        path = ("gates", position)
        yield from _kinds((*path, "hand_raiser"), gate.hand_raiser, kinds)
        yield from _conditions((*path, "where"), gate.where, ENGAGEMENT)
        if gate.where and not gate.hand_raiser:
            yield Problem((*path, "where"), "needs hand_raiser; name the kinds that it is about")
        if gate.within is not None and not gate.hand_raiser:
            yield Problem((*path, "within"), "needs hand_raiser; name the kinds that it is about")
        if gate.within is not None and gate.within <= 0:
            yield Problem((*path, "within"), "must be longer than 0; leave it out if a hand stays up")


def _lifecycle(playbook: PlaybookSource) -> Iterator[Problem]:
    lifecycle = playbook.lifecycle
    names = [stage.name for stage in lifecycle.stages]
    for position, stage in enumerate(lifecycle.stages):
        path = ("lifecycle", "stages", position)
        for number, follower in enumerate(stage.next):
            if follower not in names:
                yield Problem((*path, "next", number), unknown("stage", follower, names))
            elif follower == stage.name:
                yield Problem((*path, "next", number), "a stage does not follow itself; remove it")
        if stage.cool_off is not None and not stage.closed:
            yield Problem((*path, "cool_off"), "only a closed stage cools off; set closed or remove it")
        if not stage.next and not stage.closed:
            yield Problem((*path, "next"), f"{stage.name!r} leads nowhere and is not closed; add a stage")
    yield from _opening(lifecycle, names)


def _opening(lifecycle: LifecycleSource, names: list[str]) -> Iterator[Problem]:
    opens = next((stage for stage in lifecycle.stages if stage.name == lifecycle.opens_in), None)
    if opens is None:
        yield Problem(("lifecycle", "opens_in"), unknown("stage", lifecycle.opens_in, names))
        return
    if opens.closed:
        yield Problem(("lifecycle", "opens_in"), f"{opens.name!r} is closed; name an open stage")
    if not any(stage.closed for stage in lifecycle.stages):
        yield Problem(("lifecycle", "stages"), "none is closed, so no interest would ever end; close one")
    reached = _reached(lifecycle)
    # The first stage is the one of persons without an interest.
    for position, name in enumerate(names[1:], start=1):
        if name not in reached:
            yield Problem(
                ("lifecycle", "stages", position, "name"), f"no stage leads to {name!r}; add it to a next"
            )


def _reached(lifecycle: LifecycleSource) -> set[str]:
    following = {stage.name: stage.next for stage in lifecycle.stages}
    reached, ahead = set[str](), [lifecycle.opens_in, lifecycle.stages[0].name]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += following.get(name, [])
    return reached


def _kinds(path: Path, named: Sequence[str], kinds: list[str]) -> Iterator[Problem]:
    for number, kind in enumerate(named):
        if kind not in kinds:
            yield Problem((*path, number), unknown("engagement kind", kind, kinds))


def _conditions(
    path: Path, rules: Sequence[Rule], fields: frozenset[str] | None, *, alone: bool = False
) -> Iterator[Problem]:
    for number, rule in enumerate(rules):
        yield from misfits((*path, number), rule, fields)
    if not alone:
        yield from contradictions(path, rules)


_CHECKS: Sequence[Callable[[PlaybookSource], Iterable[Problem]]] = (
    _names_overlap,
    _product_lines,
    _categories,
    _scoring_rules,
    _grading,
    _gates,
    unreachable_gates,
    _lifecycle,
)
