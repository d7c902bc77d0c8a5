"""The playbook's routing as the domain's plan."""

from zoneinfo import ZoneInfo

from chalicelib.domain.instant import Duration
from chalicelib.domain.routing_plan import Pool, Rep, RoutingPlan, by_user
from chalicelib.domain.working_time import WorkingHours
from chalicelib.playbook.condition_source import conditions_of
from chalicelib.playbook.routing_source import HoursSource, RoutingSource

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def routing_plan(source: RoutingSource) -> RoutingPlan:
    """Compile the section, whose zones `routing_checks` found to exist."""
    return RoutingPlan(
        reps=by_user(
            Rep(each.user.casefold(), each.hours, each.capacity, each.most_open) for each in source.reps
        ),
        pools=tuple(
            Pool(
                each.name,
                conditions_of(each.where),
                tuple(user.casefold() for user in each.reps),
                each.lead and each.lead.casefold(),
            )
            for each in source.pools
        ),
        hours=tuple(_hours(each) for each in source.hours),
        account_owner_first=source.account_owner_first,
        fallback=source.fallback,
        accept_within=Duration(source.acceptance.within),
        overdue=source.acceptance.overdue,
    )


def minutes(clock: str) -> int:
    """Read a time of day, as `08:30`, as minutes after midnight."""
    hours, rest = clock.split(":")
    return int(hours) * 60 + int(rest)


def _hours(source: HoursSource) -> WorkingHours:
    return WorkingHours(
        name=source.name,
        country=source.country,
        state=source.state,
        zone=ZoneInfo(source.zone),
        days=frozenset(_DAYS.index(each) for each in source.days),
        opens=minutes(source.opens),
        closes=minutes(source.closes),
    )
