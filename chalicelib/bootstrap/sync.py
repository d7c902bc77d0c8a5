"""The push into the marketing automations, wired."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from chalicelib.bootstrap import aws, platforms, store
from chalicelib.bootstrap.clock import now
from chalicelib.domain.sync_fields import columns

if TYPE_CHECKING:
    from chalicelib.domain.person import Person
    from chalicelib.domain.sync import Platform
    from chalicelib.services.automation import Automation
    from chalicelib.services.mark_rows import RowMarks
    from chalicelib.services.plan_rows import Planner
    from chalicelib.services.platform_push import PlatformPush
    from chalicelib.services.stop_promotions import Promotions
    from chalicelib.services.suppress_persons import Suppressions


def automations() -> "list[Automation]":
    """The marketing automations that are in use, each by the names that the playbook gives its fields."""
    fields = store.playbook()().model.sync
    found: list[Automation] = []
    if aws.settings().account_engagement_secret_id:
        found.append(platforms.account_engagement_prospects(columns(fields, "account_engagement")))
    if platforms.uses_marketing_cloud_rows():
        found.append(platforms.marketing_cloud_rows(columns(fields, "marketing_cloud")))
    return found


def planner() -> "Planner":
    """Plans rows by the playbook in force."""
    from chalicelib.services.plan_rows import Planner

    return Planner(store.playbook()(), store.persons(), platforms.salesforce(), _links(), now)


def platform_pushes(platform: "Platform | None" = None) -> "list[PlatformPush]":
    """Make what follows a run on each platform in use, or on one of them."""
    from chalicelib.services.platform_push import PlatformPush
    from chalicelib.services.write_rows import RowWriter

    plans = planner()
    return [
        PlatformPush(RowWriter(each, store.sync_states(), plans, now), plans, store.watermarks())
        for each in automations()
        if platform in (None, each.platform)
    ]


def record_push() -> Callable[[], None]:
    """Pushes what changed in Salesforce; nothing where no marketing automation is in use."""
    from chalicelib.services.push_records import Run, push_records

    pushes = platform_pushes()
    if not pushes:
        return lambda: None
    run = Run(platforms.salesforce(), planner(), now)

    def push() -> None:
        push_records(pushes, run)

    return push


def suppressions() -> "Suppressions":
    """Takes persons out of the marketing automations at once."""
    from chalicelib.services.suppress_persons import Suppressions

    return Suppressions(automations(), store.sync_states(), store.persons(), store.playbook(), now)


def promotions() -> "Promotions":
    """Ends the promotion of what was bought, where a marketing automation is in use."""
    from chalicelib.services.stop_promotions import Promotions

    settings = aws.settings()
    return Promotions(
        compiled=store.playbook(),
        journeys=platforms.marketing_cloud() if settings.uses_marketing_cloud else None,
        lists=platforms.account_engagement() if settings.account_engagement_secret_id else None,
        states=store.sync_states(),
    )


def row_marks() -> "RowMarks":
    """Has the next push look at persons of whom sales said something."""
    from chalicelib.services.mark_rows import RowMarks

    platforms_in_use = [each.platform for each in automations()]
    return RowMarks(platforms_in_use, store.sync_states(), store.persons())


def _links() -> "Callable[[Person], dict[str, str]]":
    """Give the addresses by which a person changes what they get, as they stand in mailings."""
    from chalicelib.domain.consent_links import preferences_url, unsubscribe_url

    def links(person: "Person") -> dict[str, str]:
        base, key = aws.settings().public_url, aws.link_keys()[0]
        return {
            "preferences_url": preferences_url(base, person.id, key),
            "unsubscribe_url": unsubscribe_url(base, person.id, key),
        }

    return links
