"""Finds rules for journeys that name what nobody knows, or that contradict each other."""

from collections.abc import Iterator, Sequence

from chalicelib.domain.mailing_state import PERMITTED
from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.scoring_checks import positive
from chalicelib.playbook.source import PlaybookSource


def names(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find kinds of engagement, product lines and purposes that nobody knows."""
    kinds = [each.name for each in playbook.engagements]
    lines = [each.name for each in playbook.product_lines]
    purposes = [each.name for each in playbook.purposes]
    rules = playbook.journeys
    stages = [each.name for each in playbook.lifecycle.stages]
    yield from _all(("journeys", "bought"), "engagement kind", rules.bought, kinds)
    yield from _all(("journeys", "bought_stages"), "stage", rules.bought_stages, stages)
    for position, promotion in enumerate(rules.promotions):
        path: Path = ("journeys", "promotions", position, "product_line")
        if promotion.product_line not in lines:
            yield Problem(path, unknown("product line", promotion.product_line, lines))
    for position, pause in enumerate(rules.pauses):
        path = ("journeys", "pauses", position)
        yield from _all((*path, "begins"), "engagement kind", pause.begins, kinds)
        yield from _all((*path, "ends"), "engagement kind", pause.ends, kinds)
        yield from _all((*path, "purposes"), "purpose", pause.purposes, purposes)
    if rules.cap is not None:
        yield from _all(("journeys", "cap", "kinds"), "engagement kind", rules.cap.kinds, kinds)
        yield from _all(("journeys", "cap", "exempt"), "purpose", rules.cap.exempt, purposes)


def twice(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find product lines that are given twice, and kinds that begin and end the same pause."""
    rules = playbook.journeys
    seen = set[str]()
    for position, promotion in enumerate(rules.promotions):
        if promotion.product_line in seen:
            path: Path = ("journeys", "promotions", position, "product_line")
            yield Problem(path, f"{promotion.product_line!r} is given twice; remove one")
        seen.add(promotion.product_line)
    for position, pause in enumerate(rules.pauses):
        path = ("journeys", "pauses", position)
        for number, kind in enumerate(pause.ends):
            if kind in pause.begins:
                yield Problem((*path, "ends", number), f"{kind!r} begins it as well; remove one")


def spans(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find times without a length, and permissions that count for longer than mailings do."""
    rules = playbook.journeys
    for position, promotion in enumerate(rules.promotions):
        path: Path = ("journeys", "promotions", position, "barred_for")
        yield from positive(path, promotion.barred_for, "remove the promotion if a purchase bars nothing")
    for position, pause in enumerate(rules.pauses):
        path = ("journeys", "pauses", position, "longest")
        yield from positive(path, pause.longest, "remove the pause if nothing waits")
    if rules.cap is not None:
        yield from positive(
            ("journeys", "cap", "within"), rules.cap.within, "remove the cap if there is none"
        )
        path = ("journeys", "cap", "kept_for")
        yield from positive(path, rules.cap.kept_for, "a journey needs some time to write")
        if rules.cap.kept_for > rules.cap.within:
            yield Problem(path, "is longer than within; a mailing itself counts for no longer than that")


def counted(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find a cap that counts a permission as if it were a mailing: each would count twice."""
    cap = playbook.journeys.cap
    for number, kind in enumerate(cap.kinds if cap is not None else ()):
        if kind == PERMITTED:
            path: Path = ("journeys", "cap", "kinds", number)
            yield Problem(path, f"{kind!r} counts by itself until its mailing is told; remove it")


def _all(path: Path, what: str, given: Sequence[str], known: Sequence[str]) -> Iterator[Problem]:
    for number, name in enumerate(given):
        if name not in known:
            yield Problem((*path, number), unknown(what, name, known))
