"""The polls of platforms that don't tell by themselves, wired."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from chalicelib.bootstrap import aws, platforms, store
from chalicelib.bootstrap.clock import now

if TYPE_CHECKING:
    from chalicelib.domain.instant import Instant
    from chalicelib.domain.watermark import Watermark
    from chalicelib.gateways.salesforce.activities import Source as Facts
    from chalicelib.services.poll_sources import Source
    from chalicelib.services.tell_facts import Telling

_FACTS: "tuple[Facts, ...]" = ("tasks", "meetings", "meetings over", "days over", "cases")


def account_engagement_poll() -> Callable[[], None]:
    """Puts what is new in Account Engagement on the engagement queue; nothing where it isn't used."""
    from chalicelib.domain.sync_fields import columns
    from chalicelib.gateways.account_engagement import polled_rows
    from chalicelib.services.poll_sources import Source, poll_sources

    if not aws.settings().account_engagement_secret_id:
        return lambda: None
    client = platforms.account_engagement()
    names = columns(store.playbook()().model.sync, "account_engagement")
    prospects = Source(
        platform="account_engagement",
        name="account-engagement-prospects",
        rows=lambda since: client.rows(
            "prospects", polled_rows.prospect_fields(names), changed_since=_time(since)
        ),
        place=polled_rows.place,
        compare=_without_our_own(names),
        read=lambda rows: polled_rows.of_prospects(rows, now()),
    )
    activities = Source(
        platform="account_engagement",
        name="account-engagement-activities",
        rows=lambda since: client.rows(
            "visitor-activities", polled_rows.ACTIVITY_FIELDS, changed_since=_time(since)
        ),
        place=polled_rows.place,
        read=lambda rows: polled_rows.of_activities(rows, now()),
    )
    sources = (prospects, activities)
    return lambda: poll_sources(sources, store.watermarks(), aws.engagement_queue(), now)


def _time(since: "Watermark | None") -> "Instant | None":
    """Account Engagement is read from a time on."""
    return since.at if since is not None else None


def salesforce_activities_poll() -> Callable[[], None]:
    """Puts what sales and support did in Salesforce on the engagement queue."""
    from chalicelib.services.poll_sources import poll_sources

    sources = [_facts(each) for each in _FACTS]
    return lambda: poll_sources(sources, store.watermarks(), aws.engagement_queue(), now)


def telling() -> "Telling":
    """Says what activities and cases tell."""
    from chalicelib.services.tell_facts import Telling

    return Telling(lambda: store.playbook()().model.activities, store.persons(), now)


def _facts(kind: "Facts") -> "Source":
    from chalicelib.domain.arrival import Arrival
    from chalicelib.gateways.salesforce.records import SOURCE
    from chalicelib.services.poll_sources import Source

    told = telling()
    return Source(
        platform=SOURCE,
        name=f"salesforce-{kind.replace(' ', '-')}",
        rows=lambda since: platforms.salesforce().facts(kind, since, now()),
        place=itemgetter(0),
        read=lambda rows: Arrival(tuple(told([fact for _, fact in rows]))),
    )


def _without_our_own(
    names: Mapping[str, str],
) -> Callable[[Sequence[Mapping[str, Any]]], list[Mapping[str, Any]]]:
    """Holds polled prospects against what we wrote, and leaves out of them what is no news."""
    from chalicelib.gateways.account_engagement import polled_rows
    from chalicelib.services.note_conflicts import ConflictWatch

    watch = ConflictWatch(
        "account_engagement",
        store.playbook()().model.sync,
        store.persons(),
        store.sync_states(),
        store.sync_conflicts(),
    )

    def compare(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
        own = watch.look([polled_rows.held_of(row, names, now()) for row in rows])
        return [
            polled_rows.without(row, {names[word] for word in each.words if word in names}, each.silenced)
            for row, each in zip(rows, own, strict=True)
        ]

    return compare
