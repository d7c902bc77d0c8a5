"""Marks of the erased in the table: `ERASED#<keyed hash of a key>`, without a word about who it was."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.erasure import ErasedKey, mark_of
from chalicelib.domain.instant import Instant
from chalicelib.gateways.store.calls import batch_get, call
from chalicelib.gateways.store.items import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class ErasureMarks:
    """Knows by a key whether its person was erased."""

    def __init__(self, client: "DynamoDBClient", table: str, erasure_key: Callable[[], str]) -> None:
        """Use a table of the form that `table.create_table_request` gives.

        Args:
            client: of DynamoDB.
            table: its name.
            erasure_key: gives the key of the hashes, when it is first needed.
        """
        self._client = client
        self._table = table
        self._erasure_key = erasure_key

    def find(self, keys: Iterable[PersonKey]) -> dict[PersonKey, ErasedKey]:
        """Find which keys are marked, in one batch read.

        Raises:
            Retryable, Misconfigured: DynamoDB did not answer, or the erasure key is missing.
        """
        secret = ""
        by_mark: dict[str, PersonKey] = {}
        for key in keys:
            secret = secret or self._erasure_key()
            by_mark[_name(mark_of(secret, key))] = key
        items = batch_get(self._client, self._table, [_key(each) for each in by_mark])
        return {by_mark[item["pk"]["S"]]: _read(item) for item in items}

    def put(self, keys: Iterable[PersonKey], erased: ErasedKey) -> None:
        """Mark keys; one that was marked by an earlier erasure takes the later one's time.

        Raises:
            Retryable, Misconfigured: DynamoDB did not take it; to mark again does no harm.
        """
        for key in keys:
            item = _key(_name(mark_of(self._erasure_key(), key))) | {
                "at": {"N": str(erased.at)},
                "erasure": {"S": erased.erasure},
            }
            call(self._client.put_item, TableName=self._table, Item=item)


def _name(mark: str) -> str:
    return f"ERASED#{mark}"


def _key(pk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": "ERASED"}}


def _read(item: Item) -> ErasedKey:
    return ErasedKey(Instant(int(item["at"]["N"])), item["erasure"]["S"])
