"""Calls to DynamoDB that fail in our own words, and batch reads that come back whole."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_KEYS = 100
"""BatchGetItem takes no more."""

_ROUNDS = 6
_CONFIGURATION = frozenset(
    {"AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException"}
)
_FAULTS = frozenset(
    {"ValidationException", "TransactionCanceledException", "ConditionalCheckFailedException"}
)

Answer = TypeVar("Answer")


def call(operation: Callable[..., Answer], **arguments: Any) -> Answer:
    """Call an operation of the client.

    Raises:
        Retryable: DynamoDB was busy, throttled or could not be reached.
        Misconfigured: the table or the permission is missing.
        ClientError: a condition failed, or the request itself is wrong.
    """
    # botocore takes its time to import; whoever calls has it already.
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return operation(**arguments)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _FAULTS:
            raise
        if code in _CONFIGURATION:
            raise Misconfigured(
                f"DynamoDB: {code}; see SMARKETING_TABLE and the function's policy"
            ) from error
        raise Retryable(f"DynamoDB: {code}") from error
    except BotoCoreError as error:
        raise Retryable(f"DynamoDB: {type(error).__name__}") from error


def batch_get(client: "DynamoDBClient", table: str, keys: Sequence[Item]) -> Iterator[Item]:
    """Read items by key, consistently, in no particular order; keys without an item are left out.

    Raises:
        Retryable: DynamoDB keeps leaving keys unread.
    """
    for start in range(0, len(keys), MOST_KEYS):
        wanted: Mapping[str, Any] = {table: {"Keys": keys[start : start + MOST_KEYS], "ConsistentRead": True}}
        for attempt in range(_ROUNDS):
            answer = call(client.batch_get_item, RequestItems=wanted)
            yield from answer["Responses"].get(table, [])
            wanted = answer.get("UnprocessedKeys", {})
            if not wanted:
                break
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 - jitter
        else:
            raise Retryable("DynamoDB: keys left unread")


def query(client: "DynamoDBClient", **arguments: Any) -> Iterator[Item]:
    """Run a query page by page."""
    while True:
        answer = call(client.query, **arguments)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
