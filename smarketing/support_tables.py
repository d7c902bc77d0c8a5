"""The tables of Sales Support: the queue's order, and what is looked for."""

from collections.abc import Iterator

from chalicelib.playbook.forms import write_span
from chalicelib.playbook.source import PlaybookSource
from smarketing.table_words import Described, Words


def working_order(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    """Tell what makes a turn come sooner."""
    order = playbook.working_order
    values = ((name, f"{value:,.0f}") for name, value in order.values.items())
    yield "What business is usually worth", ("product line", "worth"), values
    chances = ((grade, f"{chance:.0%}") for grade, chance in order.chances.items())
    yield "How often it becomes business", ("grade", "chance"), chances
    weights = (
        (words("each doubling of the worth comes sooner by"), write_span(order.per_doubling)),
        (words("at most"), write_span(order.most)),
        (words("counted in"), f"{order.unit:,.0f}"),
        (words("weight of the age"), f"{order.age_weight:g}"),
        (words("stages without a service level"), write_span(order.patience)),
    )
    yield "Whose turn is next", ("meaning", "number"), iter(weights)


def enrichment(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    """Tell who is asked, what for, and what may be filled."""
    source = playbook.enrichment
    sources = (
        *((words("Accounts"), words("e-mail domain"), "") for _ in range(source.accounts)),
        *((each.name, ", ".join(each.values), each.terms) for each in source.providers),
    )
    yield "Who is asked about a company", ("name", "for", "terms"), iter(sources)
    filled = ((name,) for name in source.fields)
    yield "Filled where empty", ("name",), filled
    links = (
        (each.name, words.label(each.label), each.url, ", ".join(each.countries)) for each in source.links
    )
    yield "Searches", ("name", "label", "address", "countries"), links
