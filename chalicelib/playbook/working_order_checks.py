"""Finds values of product lines that there are not, and product lines without a value."""

from collections.abc import Iterator

from chalicelib.playbook.problems import Problem, unknown
from chalicelib.playbook.source import PlaybookSource


def values(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find values of product lines that there are not, and lines without a value."""
    lines = [each.name for each in playbook.product_lines]
    order = playbook.working_order
    for name in order.values:
        if name not in lines:
            yield Problem(("working_order", "values", name), unknown("product line", name, lines))
    if order.values:
        for name in lines:
            if name not in order.values:
                yield Problem(("working_order", "values"), f"{name!r} has no value; add it")
