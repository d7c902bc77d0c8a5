"""The one place that wires: gateways, made when they are first needed and kept for the life of the function.

Imports stand inside the functions, so that a function of Lambda loads only what it uses.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.domain.instant import Instant
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.domain.interest import PersonId
    from chalicelib.domain.qualification import Compiled
    from chalicelib.gateways.marketing_cloud.client import MarketingCloud
    from chalicelib.gateways.queue import Queue
    from chalicelib.gateways.salesforce.client import SalesforceGateway
    from chalicelib.gateways.salesforce.rest import Rest
    from chalicelib.gateways.secrets import Secrets
    from chalicelib.gateways.store.due import Due
    from chalicelib.gateways.store.locks import Locks
    from chalicelib.gateways.store.outbox import Outbox
    from chalicelib.gateways.store.persons import Persons
    from chalicelib.gateways.store.playbooks import Playbooks
    from chalicelib.gateways.store.verification import Verifications
    from chalicelib.services.current_playbook import CurrentPlaybook

Clock = Callable[[], Instant]

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 1, 5, 3


def settings() -> Settings:
    """The settings; each is read from the environment when it is asked for."""
    return Settings()


def system_clock() -> Instant:
    """The machine's time."""
    return Instant(time.time_ns() // 1_000_000)


_clock: Clock = system_clock


def now() -> Instant:
    """The time by the clock that everything goes by."""
    return _clock()


def use_clock(other: Clock) -> None:
    """Go by another clock, as a rehearsal does whose time runs faster."""
    global _clock
    _clock = other


def forget() -> None:
    """Make everything anew when it is next needed, as a test does that changed what lies behind."""
    gateways = (marketing_cloud, salesforce, playbook, _salesforce_rest, _queue, _secrets, _dynamodb)
    for made in (*gateways, _client_config):
        made.cache_clear()


# What the handlers of app.py do.


def message_worker() -> Callable[[str], None]:
    """Works off a message of the engagement queue."""
    from chalicelib.services.record_engagements import Recording, record_engagements
    from chalicelib.services.reread_records import reread_records
    from chalicelib.services.review_persons import review_persons
    from chalicelib.services.take_message import UseCases, take_message

    recording = Recording(persons(), playbook(), now, _new_person)
    use_cases = UseCases(
        record_engagements=lambda engagements: record_engagements(engagements, recording),
        review_persons=lambda ids: review_persons(ids, persons(), playbook()(), now),
        reread_records=lambda reread: reread_records(
            reread, crm=salesforce(), engagements=engagement_queue(), clock=now
        ),
        verify_callback=lambda callback: marketing_cloud().verify_callback(
            callback.callback_id, callback.verification_key
        ),
    )
    return lambda body: take_message(body, use_cases)


def outbox_relay() -> Callable[[Iterable[Mapping[str, Any]]], None]:
    """Passes the stream's records on to the delivery queue."""
    from chalicelib.services.relay_outbox import relay_outbox

    return lambda records: relay_outbox(records, delivery_queue())


def delivery() -> Callable[[Mapping[str, str]], Mapping[str, str]]:
    """Delivers what the messages of the delivery queue refer to; gives the ids of those that come again."""
    from chalicelib.services.deliver import deliver
    from chalicelib.services.take_deliveries import take_deliveries

    return lambda bodies: take_deliveries(
        bodies,
        lambda references: deliver(
            references,
            outbox=outbox(),
            crm=salesforce(),
            persons=persons(),
            engagements=engagement_queue(),
        ),
    )


def change_event_intake() -> Callable[[Mapping[str, Any]], object]:
    """Reads a change event and puts it on the engagement queue."""
    from chalicelib.gateways.salesforce.change_event import read_change_event
    from chalicelib.gateways.salesforce.records import SOURCE
    from chalicelib.services.hand_on import hand_on

    return lambda event: hand_on(read_change_event(event, now()), SOURCE, engagement_queue())


def due_review() -> Callable[[], None]:
    """Puts everybody who is due on the engagement queue."""
    from chalicelib.services.review_persons import review_due

    return lambda: review_due(due(), engagement_queue(), now)


def lock_check() -> Callable[[], None]:
    """Looks after the lock of the marketing-owned fields."""
    from functools import partial

    from chalicelib.gateways.salesforce.field_permissions import show_health, survey
    from chalicelib.services.check_lock import check_lock

    org = _salesforce_rest()
    return lambda: check_lock(locks(), partial(survey, org), partial(show_health, org), now)


# The gateways.


def engagement_queue() -> "Queue":
    """The queue that the routes fill and `record_engagements` empties."""
    return _queue(settings().engagement_queue_url)


def delivery_queue() -> "Queue":
    """The queue that `relay_outbox` fills and `deliver` empties."""
    return _queue(settings().delivery_queue_url)


def callback_secret() -> Mapping[str, Any]:
    """What the senders of callbacks sign with; at most a minute old."""
    return _secrets().read(settings().callback_secret_id)


def persons() -> "Persons":
    """The persons of the table."""
    from chalicelib.gateways.store.persons import Persons

    return Persons(_dynamodb(), settings().table)


def outbox() -> "Outbox":
    """The commands of the table that wait for delivery."""
    from chalicelib.gateways.store.outbox import Outbox

    return Outbox(_dynamodb(), settings().table)


def due() -> "Due":
    """The table's index of who is due."""
    from chalicelib.gateways.store.due import Due

    return Due(_dynamodb(), settings().table)


def playbooks() -> "Playbooks":
    """The table's published playbooks."""
    from chalicelib.gateways.store.playbooks import Playbooks

    return Playbooks(_dynamodb(), settings().table)


def locks() -> "Locks":
    """The table's note of which fields are locked."""
    from chalicelib.gateways.store.locks import Locks

    return Locks(_dynamodb(), settings().table)


def verifications() -> "Verifications":
    """The table's note of when Salesforce was last found to hold what it should."""
    from chalicelib.gateways.store.verification import Verifications

    return Verifications(_dynamodb(), settings().table)


@cache
def playbook() -> "CurrentPlaybook":
    """The playbook in force, compiled; call it for each use."""
    from chalicelib.services.current_playbook import CurrentPlaybook

    return CurrentPlaybook(playbooks(), _compile_playbook)


@cache
def marketing_cloud() -> "MarketingCloud":
    """Marketing Cloud's API."""
    from chalicelib.gateways.marketing_cloud.client import MarketingCloud

    return MarketingCloud(lambda: _secrets().read(settings().marketing_cloud_secret_id))


@cache
def salesforce() -> "SalesforceGateway":
    """The Salesforce org, as the integration user sees it."""
    from chalicelib.gateways.salesforce.client import SalesforceGateway

    return SalesforceGateway(
        lambda: _secrets().read(settings().salesforce_secret_id),
        clock=now,
        share_for_people=settings().salesforce_share_for_people,
    )


@cache
def _salesforce_rest() -> "Rest":
    from chalicelib.gateways.salesforce.budget import Budget
    from chalicelib.gateways.salesforce.login import Login
    from chalicelib.gateways.salesforce.rest import Rest
    from chalicelib.gateways.salesforce.session import Session

    login = Login(lambda: _secrets().read(settings().salesforce_secret_id))
    return Rest(Session(login, Budget(settings().salesforce_share_for_people, now)))


def _new_person() -> "PersonId":
    import secrets

    from chalicelib.domain.interest import PersonId
    from chalicelib.domain.ulid import RANDOM_BYTES, ulid

    return PersonId(ulid(now(), secrets.token_bytes(RANDOM_BYTES)))


@cache
def _queue(url: str) -> "Queue":
    import boto3

    from chalicelib.gateways.queue import Queue

    return Queue(boto3.client("sqs", config=_client_config()), url)


@cache
def _secrets() -> "Secrets":
    import boto3

    from chalicelib.gateways.secrets import Secrets

    return Secrets(boto3.client("secretsmanager", config=_client_config()))


@cache
def _dynamodb() -> "DynamoDBClient":
    import boto3

    return boto3.client("dynamodb", config=_client_config())


@cache
def _client_config() -> "Config":
    from botocore.config import Config

    # The senders wait three seconds at most; what fails fast is sent again.
    return Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _ATTEMPTS},
        # Recording works on several persons side by side.
        max_pool_connections=20,
        # mypy has checked the calls; to check each again at run time costs a tenth of a transaction.
        parameter_validation=False,
    )


def _compile_playbook(written: str) -> "Compiled":
    from chalicelib.domain.qualification import compile_model
    from chalicelib.playbook.compiler import compile_playbook, from_json

    return compile_model(compile_playbook(from_json(written)))
