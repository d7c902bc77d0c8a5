"""The stores that a person may be in, as the environment names them."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from chalicelib import bootstrap
from chalicelib.bootstrap import aws
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.erasure import RecordsTo
from chalicelib.domain.sync_fields import columns
from chalicelib.errors import Rejected
from chalicelib.gateways.store.erasures import Erasures
from chalicelib.gateways.store.person_items import PersonItems
from smarketing.org_login import find_org
from smarketing.org_rest import rest_of
from smarketing.privacy.erase import Erasing
from smarketing.privacy.marketing_automations import AccountEngagementStep, MarketingCloudStep
from smarketing.privacy.queues import DEAD, QueueStep, with_dead_letters
from smarketing.privacy.salesforce_org import SalesforceStep
from smarketing.privacy.steps import Step
from smarketing.privacy.subject import Subject, find_subject
from smarketing.privacy.table import TableStep

_PROSPECT = ("firstName", "lastName", "salutation", "company", "jobTitle", "department", "phone", "website")
"""Fields of every prospect that name somebody, besides those that the sync writes."""

EVENTS = "SMARKETING_EVENT_DEAD_LETTERS_URL"
"""Where events lie that no function could take; it belongs to no queue that names it."""

_NEVER_EMPTIED = frozenset({"id", "score", "grade"})


def steps(target: str | None, records: RecordsTo) -> list[Step]:
    """Make the steps of all stores that are in use, our table last."""
    found: list[Step] = [SalesforceStep(rest_of(find_org(target)), bootstrap.salesforce_rest(), records)]
    settings = bootstrap.settings()
    if settings.uses_marketing_cloud:
        secret = aws.secrets().read(settings.marketing_cloud_secret_id)
        found.append(MarketingCloudStep(bootstrap.marketing_cloud(), str(secret.get("data_extension") or "")))
    if settings.account_engagement_secret_id:
        names = columns(bootstrap.playbook()().model.sync, "account_engagement").values()
        fields = [each for each in dict.fromkeys((*_PROSPECT, *names)) if each not in _NEVER_EMPTIED]
        found.append(AccountEngagementStep(bootstrap.account_engagement(), bootstrap.sync_states(), fields))
    found.append(_queues())
    found.append(TableStep(items()))
    return found


def items() -> PersonItems:
    """The table's items as they are."""
    return PersonItems(bootstrap.dynamodb(), bootstrap.settings().table)


def subject(named: str) -> Subject:
    """Find whom an operator names."""
    return find_subject(named, items())


def keys_of_platforms(found: Sequence[Step], subject: Subject) -> Sequence[PersonKey]:
    """Find the records that only Salesforce knows to be the person's."""
    return [key for step in found if isinstance(step, SalesforceStep) for key in step.find(subject).keys]


def erasing(
    found: Sequence[Step], progress: Callable[[str], None], sleep: Callable[[float], None]
) -> Erasing:
    """Put together what an erasure works with."""
    return Erasing(
        items=items(),
        marks=bootstrap.erasure_marks(),
        journals=Erasures(bootstrap.dynamodb(), bootstrap.settings().table),
        steps=found,
        erasure_key=bootstrap.erasure_key(),
        clock=bootstrap.now,
        sleep=sleep,
        find_more=lambda subject: keys_of_platforms(found, subject),
        progress=progress,
    )


def write_for_its_owner(to: Path, text: str) -> None:
    """Write a file that nobody else may read.

    Raises:
        Rejected: it is there already, or can't be written.
    """
    try:
        with os.fdopen(os.open(to, os.O_CREAT | os.O_WRONLY | os.O_EXCL, 0o600), "w") as file:
            file.write(text)
    except FileExistsError:
        raise Rejected(f"--to: {to} is there already; name another file") from None
    except OSError as error:
        raise Rejected(f"--to: {error.strerror}; name a file that can be written") from None


def _queues() -> QueueStep:
    import boto3

    sqs = boto3.client("sqs", config=aws.client_config())
    settings = bootstrap.settings()
    urls = {"engagements": settings.engagement_queue_url, "deliveries": settings.delivery_queue_url}
    found = with_dead_letters(sqs, urls)
    if events := os.environ.get(EVENTS):
        found[f"events{DEAD}"] = events
    return QueueStep(sqs, found)
