"""The tables of sales' own touchpoints."""

from collections.abc import Iterator

from chalicelib.playbook.source import PlaybookSource
from smarketing.table_words import Described, Words


def activities(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    """Tell which Tasks and Events count, and as what."""
    source = playbook.activities
    kinds = ((each.kind, ", ".join(each.types)) for each in source.kinds)
    yield "Sales' own touchpoints", ("engagement", "types"), kinds
    foreign = (
        (words(what), ", ".join(f"`{each}`" for each in some))
        for what, some in (
            ("subject begins with", source.not_sales.subjects),
            ("made by a user whose name begins with", source.not_sales.users),
        )
        if some
    )
    yield "What is logged and none of sales' doing", ("if", "text"), foreign
