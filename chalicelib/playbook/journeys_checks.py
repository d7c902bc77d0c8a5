"""Finds rules for journeys that name what nobody knows, or that contradict each other."""

from collections.abc import Iterator, Sequence

from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.source import PlaybookSource


def names(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find kinds of engagement, product lines and purposes that nobody knows."""
    kinds = [each.name for each in playbook.engagements]
    lines = [each.name for each in playbook.product_lines]
    purposes = [each.name for each in playbook.purposes]
    rules = playbook.journeys
    yield from _all(("journeys", "bought"), "engagement kind", rules.bought, kinds)
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
    """Find product lines and pauses that are given twice, and kinds that begin and end the same pause."""
    rules = playbook.journeys
    seen = set[str]()
    for position, promotion in enumerate(rules.promotions):
        if promotion.product_line in seen:
            path: Path = ("journeys", "promotions", position, "product_line")
            yield Problem(path, f"{promotion.product_line!r} is given twice; remove one")
        seen.add(promotion.product_line)
    seen = set()
    for position, pause in enumerate(rules.pauses):
        path = ("journeys", "pauses", position)
        if pause.name in seen:
            yield Problem((*path, "name"), f"{pause.name!r} is given twice; remove one")
        seen.add(pause.name)
        for number, kind in enumerate(pause.ends):
            if kind in pause.begins:
                yield Problem((*path, "ends", number), f"{kind!r} begins it as well; remove one")


def _all(path: Path, what: str, given: Sequence[str], known: Sequence[str]) -> Iterator[Problem]:
    for number, name in enumerate(given):
        if name not in known:
            yield Problem((*path, number), unknown(what, name, known))
