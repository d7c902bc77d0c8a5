"""Finds routing that names nobody, hours at which nobody works, and pools that nothing ever reaches."""

from collections.abc import Iterator, Sequence

from chalicelib.playbook.condition_checks import contradictions, misfits, repeated, values_of
from chalicelib.playbook.condition_source import ConditionSource
from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.routing_plan import minutes
from chalicelib.playbook.routing_source import HoursSource, PoolSource, RoutingSource
from chalicelib.playbook.scoring_checks import positive
from chalicelib.playbook.source import PlaybookSource
from chalicelib.playbook.vocabulary import ROUTED_BY


def hours(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find hours of a place that there is not, and days that end before they begin."""
    routing = playbook.routing
    yield from repeated(("routing", "hours"), [each.name for each in routing.hours])
    for position, each in enumerate(routing.hours):
        path: Path = ("routing", "hours", position)
        yield from repeated((*path, "days"), each.days)
        if not _is_zone(each.zone):
            yield Problem((*path, "zone"), f"{each.zone!r} is no time zone; write it as Europe/Berlin")
        if minutes(each.closes) <= minutes(each.opens):
            yield Problem((*path, "closes"), "lies not behind opens; correct one of them")
        yield from _place(path, each)
    if routing.pools and not routing.hours:
        yield Problem(("routing", "hours"), "none, so that no deadline can be set; add the hours of a team")
    yield from positive(("routing", "acceptance", "within"), routing.acceptance.within, "name a span")


def people(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find reps whose hours nobody knows, and pools of people who are no reps."""
    routing = playbook.routing
    names = [each.name for each in routing.hours]
    for position, rep in enumerate(routing.reps):
        if rep.hours not in names:
            yield Problem(("routing", "reps", position, "hours"), unknown("hours", rep.hours, names))
    users = [each.user.casefold() for each in routing.reps]
    yield from repeated(("routing", "reps"), users)
    for position, pool in enumerate(routing.pools):
        path: Path = ("routing", "pools", position)
        yield from repeated((*path, "reps"), pool.reps)
        for number, user in enumerate(pool.reps):
            if user.casefold() not in users:
                yield Problem((*path, "reps", number), f"{user!r} is none of the reps; add them there")


def pools(playbook: PlaybookSource) -> Iterator[Problem]:
    """Find conditions that can't be meant, and pools behind one that takes everything."""
    routing = playbook.routing
    lines = [each.name for each in playbook.product_lines]
    yield from repeated(("routing", "pools"), [each.name for each in routing.pools])
    for position, pool in enumerate(routing.pools):
        path: Path = ("routing", "pools", position, "where")
        for number, condition in enumerate(pool.where):
            yield from _condition((*path, number), condition, lines)
        yield from contradictions(path, pool.where)
    yield from _unreachable(routing)
    if routing.acceptance.overdue == "escalate":
        yield from _leaderless(routing.pools)


def _condition(path: Path, condition: ConditionSource, lines: Sequence[str]) -> Iterator[Problem]:
    if condition.field not in ROUTED_BY:
        yield Problem((*path, "field"), unknown("field of routing", condition.field, ROUTED_BY))
    elif condition.field == "product_line" and condition.operator in ("equals", "in", "not_equals", "not_in"):
        for value in values_of(condition):
            if value not in lines:
                yield Problem((*path, "value"), unknown("product line", str(value), lines))
    yield from misfits(path, condition)


def _unreachable(routing: RoutingSource) -> Iterator[Problem]:
    greedy = next((number for number, each in enumerate(routing.pools) if not each.where), None)
    if greedy is not None and greedy + 1 < len(routing.pools):
        path: Path = ("routing", "pools", greedy)
        yield Problem(path, "takes everything, so that no pool below it gets anything; put it last")


def _leaderless(given: Sequence[PoolSource]) -> Iterator[Problem]:
    for position, pool in enumerate(given):
        if pool.lead is None:
            path: Path = ("routing", "pools", position)
            yield Problem(path, "has no lead who gets what nobody accepts in time; add one")


def _place(path: Path, hours: HoursSource) -> Iterator[Problem]:
    # Only people who check a playbook need the list; functions ask for one country's days.
    from holidays import list_supported_countries

    known = list_supported_countries(include_aliases=False)
    if hours.country and hours.country not in known:
        yield Problem((*path, "country"), f"no holidays are known of {hours.country!r}; leave it out")
    elif hours.state and hours.state not in known.get(hours.country, []):
        states = ", ".join(sorted(known.get(hours.country, [])))
        yield Problem((*path, "state"), f"{hours.state!r} is none of {hours.country}: {states}")


def _is_zone(name: str) -> bool:
    from zoneinfo import available_timezones

    return name in available_timezones()
