"""The tables of routing: who in sales takes over what, and by when."""

from collections.abc import Iterator

from chalicelib.playbook.forms import write_span
from chalicelib.playbook.source import PlaybookSource
from smarketing.table_words import Described, Words


def routing(playbook: PlaybookSource, words: Words) -> Iterator[Described]:
    """Tell who shares what, when they work, and what becomes of what nobody accepts."""
    source = playbook.routing
    pools = (
        (
            each.name,
            words.conditions(each.where) or words("whatever is left"),
            ", ".join(each.reps),
            each.lead or "",
        )
        for each in source.pools
    )
    yield "Who shares what in sales", ("name", "for", "reps", "lead"), pools
    reps = (
        (each.user, each.hours, str(each.capacity), "" if each.most_open is None else str(each.most_open))
        for each in source.reps
    )
    yield "Reps", ("user", "hours", "capacity", "most open"), reps
    hours = (
        (
            each.name,
            ", ".join(each.days),
            f"{each.opens} - {each.closes}",
            each.zone,
            f"{each.country} {each.state}".strip(),
        )
        for each in source.hours
    )
    yield "Working hours", ("name", "days", "from and to", "time zone", "holidays of"), hours
    rules = (
        (words("owner of the Account first"), words.truth(source.account_owner_first)),
        (words("queue of what nobody is there for"), source.fallback),
        (words("to be accepted within, in working time"), write_span(source.acceptance.within)),
        (words("otherwise"), words(source.acceptance.overdue)),
    )
    yield "Acceptance by sales", ("meaning", "number"), iter(rules)
