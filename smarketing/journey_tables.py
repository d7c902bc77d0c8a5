"""The tables of mailings: what a purchase ends, what makes them wait, and how many there may be."""

from collections.abc import Iterator

from chalicelib.playbook.forms import write_span
from chalicelib.playbook.source import PlaybookSource
from smarketing.table_words import Described, Words


def journeys(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    """Tell what ends, pauses and limits mailings."""
    source = playbook.journeys
    promotions = (
        (
            each.product_line,
            words("for good") if each.barred_for is None else write_span(each.barred_for),
            ", ".join(each.journeys),
            ", ".join(each.lists),
            each.suppression_list or "",
        )
        for each in source.promotions
    )
    header = ("product line", "barred for", "journeys that end", "lists left", "suppression list")
    yield "Promotion that a purchase ends", header, promotions
    signs = [*((kind, "") for kind in source.bought), *(("", stage) for stage in source.bought_stages)]
    yield "Purchases", ("engagement", "stage"), iter(signs)
    pauses = (
        (
            each.name,
            ", ".join(each.begins),
            ", ".join(each.ends),
            ", ".join(each.purposes) or words("all"),
            write_span(each.longest),
        )
        for each in source.pauses
    )
    yield "What makes mailings wait", ("name", "begins", "ends", "purposes", "longest"), pauses
    caps = (
        (
            str(each.most),
            write_span(each.within),
            ", ".join(each.kinds),
            write_span(each.kept_for),
            ", ".join(each.exempt),
        )
        for each in ([source.cap] if source.cap else [])
    )
    header = ("most", "within", "counted", "a permission counts for", "exempt purposes")
    yield "How many mailings there may be", header, caps
