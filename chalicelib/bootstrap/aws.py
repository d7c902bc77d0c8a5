"""Clients of AWS, made when they are first needed and kept for the life of the function."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Misconfigured
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from botocore.config import Config
    from mypy_boto3_dynamodb import DynamoDBClient

    from chalicelib.gateways.mail import Mailer
    from chalicelib.gateways.queue import Queue
    from chalicelib.gateways.secrets import Secrets

_CONNECT_SECONDS, _READ_SECONDS, _ATTEMPTS = 1, 5, 3


def settings() -> Settings:
    """The settings; each is read from the environment when it is asked for."""
    return Settings()


def engagement_queue() -> "Queue":
    """The queue that the routes fill and `record_engagements` empties."""
    return _queue(settings().engagement_queue_url)


def delivery_queue() -> "Queue":
    """The queue that `relay_outbox` fills and `deliver` empties."""
    return _queue(settings().delivery_queue_url)


def callback_secret() -> Mapping[str, Any]:
    """What the senders of callbacks sign with; at most a minute old."""
    return secrets().read(settings().callback_secret_id)


def privacy_secret() -> Mapping[str, Any]:
    """What signs links to people (`link_keys`) and keys the marks of the erased (`erasure_key`)."""
    return secrets().read(settings().privacy_secret_id)


def link_keys() -> Sequence[str]:
    """What links to people are signed with, the newest first.

    Raises:
        Misconfigured: the privacy secret holds none.
    """
    keys = privacy_secret().get("link_keys")
    if not isinstance(keys, list) or not keys or not all(isinstance(each, str) and each for each in keys):
        raise Misconfigured("privacy secret, link_keys: put in a list of long random texts, the newest first")
    return keys


def erasure_key() -> str:
    """What the marks of the erased are keyed by: with another one nobody would be known as erased any more.

    Raises:
        Misconfigured: the privacy secret holds none.
    """
    key = privacy_secret().get("erasure_key")
    if not isinstance(key, str) or not key:
        raise Misconfigured("privacy secret, erasure_key: put in a long random text, and never change it")
    return key


@cache
def secrets() -> "Secrets":
    """The secrets, each at most a minute old."""
    import boto3

    from chalicelib.gateways.secrets import Secrets

    return Secrets(boto3.client("secretsmanager", config=client_config()))


@cache
def mailer() -> "Mailer":
    """Sends mails in the company's name."""
    import boto3

    from chalicelib.gateways.mail import Mailer

    return Mailer(boto3.client("sesv2", config=client_config()), settings().mail_sender)


@cache
def dynamodb() -> "DynamoDBClient":
    """The client of the table."""
    import boto3

    return boto3.client("dynamodb", config=client_config())


@cache
def _queue(url: str) -> "Queue":
    import boto3

    from chalicelib.gateways.queue import Queue

    return Queue(boto3.client("sqs", config=client_config()), url)


@cache
def client_config() -> "Config":
    """How long, and how often, a client tries."""
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
