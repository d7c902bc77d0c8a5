"""Finds product lines, categories and scoring rules that can't work."""

from collections.abc import Iterator, Sequence

from chalicelib.playbook.condition_checks import on_attributes, one_on_attributes, repeated
from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.source import PlaybookSource, ScoringRuleSource


def product_lines(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find product lines whose points would go nowhere, and conditions that recognise nothing."""
    categories = [each.name for each in playbook.scoring.categories]
    lines = [each.name for each in playbook.product_lines]
    for position, line in enumerate(playbook.product_lines):
        path = ("product_lines", position)
        if line.name not in categories:
            yield Problem(
                (*path, "name"), f"{line.name!r} has no category; add one of that name to scoring.yaml"
            )
        for number, condition in enumerate(line.recognised_by):
            yield from one_on_attributes((*path, "recognised_by", number), condition, lines)


def purposes(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find a lack of any purpose that lets sales get in touch."""
    if not any(purpose.contactable for purpose in playbook.purposes):
        yield Problem(("purposes",), "none is contactable, so nobody would ever qualify; set it on one")


def categories(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find half-lives and caps that make no sense."""
    for position, category in enumerate(playbook.scoring.categories):
        path = ("scoring", "categories", position)
        yield from positive((*path, "half_life"), category.half_life, "leave it out if points never fade")
        if category.cap is not None and category.cap <= 0:
            yield Problem((*path, "cap"), "must be above 0; leave it out if there is none")


def filled_categories(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find categories that no rule adds points to."""
    lines = {line.name for line in playbook.product_lines}
    gains = [rule for rule in playbook.scoring.rules if rule.points > 0]
    filled = {rule.category for rule in gains}.union(*(lines for rule in gains if rule.for_each))
    if not filled - {None} <= {category.name for category in playbook.scoring.categories}:
        return  # A misspelt name would make the category that was meant seem empty.
    for position, category in enumerate(playbook.scoring.categories):
        if category.name not in filled:
            yield Problem(
                ("scoring", "categories", position, "name"),
                f"no rule adds points to {category.name!r}; add one or remove the category",
            )


def rules(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find what is wrong with scoring rules, each by itself and with what it names."""
    kinds = [each.name for each in playbook.engagements]
    named = [each.name for each in playbook.scoring.categories]
    lines = [each.name for each in playbook.product_lines]
    for position, rule in enumerate(playbook.scoring.rules):
        path = ("scoring", "rules", position)
        yield from known_kinds((*path, "kinds"), rule.kinds, kinds)
        yield from _points(path, rule)
        if rule.category is None and rule.for_each is None:
            yield Problem((*path, "category"), "missing; name one or write for_each: product_line")
        elif rule.category is not None and rule.for_each is not None:
            mend = "its points go to each product line's own; remove one"
            yield Problem((*path, "category"), f"stands beside for_each, with which {mend}")
        elif rule.category is not None and rule.category not in named:
            yield Problem((*path, "category"), unknown("category", rule.category, named))
        yield from on_attributes((*path, "where"), rule.where, lines)


def endless_rules(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find rules that pile up points for ever: nothing limits, caps or fades them."""
    endless = {
        each.name for each in playbook.scoring.categories if each.cap is None and each.half_life is None
    }
    lines = {line.name for line in playbook.product_lines}
    for position, rule in enumerate(playbook.scoring.rules):
        into = lines if rule.for_each else {rule.category}
        if rule.limit is None and (found := sorted(str(each) for each in into & endless)):
            yield Problem(
                ("scoring", "rules", position, "limit"),
                f"missing, and category {found[0]!r} neither fades nor has a cap; add it",
            )


def known_kinds(path: Path, named: Sequence[str], kinds: Sequence[str]) -> Iterator[Problem]:
    """Find kinds that engagements.yaml doesn't define, and repeated ones."""
    for number, kind in enumerate(named):
        if kind not in kinds:
            yield Problem((*path, number), unknown("engagement kind", kind, kinds))
    yield from repeated(path, named)


def positive(path: Path, span: int | None, otherwise: str) -> Iterator[Problem]:
    """Find a span that lasts no time."""
    if span is not None and span <= 0:
        yield Problem(path, f"must be longer than 0; {otherwise}")


def _points(path: Path, rule: ScoringRuleSource) -> Iterator[Problem]:
    if rule.points == 0:
        yield Problem((*path, "points"), "0 changes nothing; give points or remove the rule")
    if rule.limit is not None and rule.limit < abs(rule.points):
        yield Problem(
            (*path, "limit"), f"{rule.limit} is below the {abs(rule.points)} points of one match; raise it"
        )
    yield from positive((*path, "once_per"), rule.once_per, "leave it out if every match counts")
