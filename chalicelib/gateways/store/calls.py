"""Calls to DynamoDB that fail in our own words, and batch reads that come back whole."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

MOST_KEYS = 100
"""BatchGetItem takes no more."""

MOST_WRITES = 100
"""TransactWriteItems takes no more."""

CONDITION_FAILED = "ConditionalCheckFailed"
RIVAL = "TransactionConflict"
_OVERLOADED = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError"})
"""Codes of a cancelled transaction's reasons (API reference, TransactWriteItems)."""

_ROUNDS = 6
_CONFIGURATION = frozenset(
    {"AccessDeniedException", "ResourceNotFoundException", "UnrecognizedClientException"}
)
_RIVALS = frozenset({"TransactionConflictException", "TransactionInProgressException"})
"""Somebody else's transaction holds the item; a moment later it does not."""
_CALLERS = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})

Answer = TypeVar("Answer")


def call(operation: Callable[..., Answer], **arguments: Any) -> Answer:
    """Call an operation of the client.

    Raises:
        Retryable: DynamoDB was busy, throttled or could not be reached.
        Misconfigured: the table or the permission is missing.
        Rejected: no item may look like this: a key or an item is too large.
        ClientError: a condition failed.
    """
    # botocore takes its time to import; whoever calls has it already.
    from botocore.exceptions import BotoCoreError, ClientError

    for attempt in range(_ROUNDS):
        try:
            return operation(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _CALLERS:
                raise
            if code in _RIVALS and attempt + 1 < _ROUNDS:
                pause(attempt)
                continue
            raise _failure(code) from error
        except BotoCoreError as error:
            raise Retryable(f"DynamoDB: {type(error).__name__}") from error
    raise Retryable("DynamoDB: others hold the item")


def transact(client: "DynamoDBClient", writes: Sequence[Any]) -> Sequence[str]:
    """Do all writes or none.

    Returns:
        Nothing where they are done; else, write by write, the code of the reason why not: `None`,
        `CONDITION_FAILED` or `RIVAL`.

    Raises:
        Retryable, Misconfigured, Rejected: as `call` does.
    """
    from botocore.exceptions import ClientError

    try:
        call(client.transact_write_items, TransactItems=writes)
    except ClientError as error:
        reasons: Sequence[Mapping[str, str]] = error.response.get("CancellationReasons", [])  # type: ignore[assignment]
        codes = [reason.get("Code", "None") for reason in reasons]
        if CONDITION_FAILED in codes or RIVAL in codes:
            return codes
        if not _OVERLOADED.isdisjoint(codes):
            raise Retryable(f"DynamoDB: {', '.join(sorted(_OVERLOADED.intersection(codes)))}") from error
        raise Rejected(
            "person: DynamoDB does not take the items; look for a key or an item too large"
        ) from error
    return []


def pause(attempt: int) -> None:
    """Wait before another attempt, counted from 0: the longer the more there were, and never as others do."""
    time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - jitter


def _failure(code: str) -> Retryable | Misconfigured | Rejected:
    if code in _CONFIGURATION:
        return Misconfigured(f"DynamoDB: {code}; see SMARKETING_TABLE and the function's policy")
    if code == "ValidationException":
        return Rejected("person: DynamoDB does not take the request; look for a key or an item too large")
    return Retryable(f"DynamoDB: {code}")


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
            pause(attempt)
        else:
            raise Retryable("DynamoDB: keys left unread")


def query(client: "DynamoDBClient", **arguments: Any) -> Iterator[Item]:
    """Run a query page by page."""
    return _pages(client.query, arguments)


def scan(client: "DynamoDBClient", **arguments: Any) -> Iterator[Item]:
    """Read a whole table page by page."""
    return _pages(client.scan, arguments)


def _pages(operation: Callable[..., Any], arguments: dict[str, Any]) -> Iterator[Item]:
    while True:
        answer = call(operation, **arguments)
        yield from answer["Items"]
        if "LastEvaluatedKey" not in answer:
            return
        arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]
