"""All items that the table holds of a person, wherever they lie: to be handed out, or to be erased.

Beside the person's partition and those of whom they absorbed: `KEY#...` for each key, `TOKEN#...` for each
double opt-in, `RECORD#lead#...` or `RECORD#contact#...` for each of their records that is synced, and the
sync's marks to look at them.
"""

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, get_args

from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.interest import PersonId
from chalicelib.domain.sync import Platform
from chalicelib.errors import Retryable
from chalicelib.gateways.store.calls import MOST_WRITES, batch_get, call, pause, query, transact
from chalicelib.gateways.store.items import Item, key_of, partition, state_key
from chalicelib.gateways.store.sync_items import due_key
from chalicelib.gateways.store.table import ERASING, STATE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ROUNDS = 8
_WORKERS = 8
_TOKEN = "TOKEN#"  # noqa: S105 - a prefix of keys
_RECORDS = ("lead", "contact")
_PLATFORMS: tuple[Platform, ...] = get_args(Platform)


class PersonItems:
    """Reads and deletes items as they are, also those of a person who is being erased."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def owner(self, key: PersonKey) -> PersonId | None:
        """Find whom a key points to; they may have been absorbed since."""
        for item in self._get([key_of(key)]):
            return PersonId(item["person"]["S"])
        return None

    def state(self, person: PersonId) -> Item | None:
        """Read the state of a person, or of the one who absorbed them."""
        while True:
            found = list(self._get([state_key(person)]))
            if not found or "merged_into" not in found[0]:
                return found[0] if found else None
            person = PersonId(found[0]["merged_into"]["S"])

    def of(self, persons: Iterable[PersonId], keys: Iterable[PersonKey]) -> Iterator[Item]:
        """Read everything, the partitions first; the states of persons come last of all."""
        states = []
        for person in persons:
            for item in self._partition(partition(person)):
                if item["sk"]["S"] == STATE:
                    states.append(item)
                    continue
                yield item
                if item["sk"]["S"].startswith(_TOKEN):
                    yield from self._partition(item["sk"]["S"])
        ordered = sorted(keys)
        for key in ordered:
            if key.kind in _RECORDS:
                yield from self._partition(f"RECORD#{key.kind}#{key.value}")
                yield from self._get([due_key(each, f"{key.kind}:{key.value}") for each in _PLATFORMS])
        yield from self._get([key_of(key) for key in ordered])
        yield from states

    def close(self, person: PersonId, erasure: str) -> Item | None:
        """See to it that nothing is recorded for a person any more, by whomever; gives their last state.

        Whoever read the state before loses, as it has another version now.

        Raises:
            Retryable: others keep changing it.
        """
        for attempt in range(_ROUNDS):
            state = self.state(person)
            if state is None or ERASING in state:
                return state
            version = state["version"]["N"]
            closed = {name: value for name, value in state.items() if not name.startswith("due_")}
            closed |= {ERASING: {"S": erasure}, "version": {"N": str(int(version) + 1)}}
            write = {
                "Put": {
                    "TableName": self._table,
                    "Item": closed,
                    "ConditionExpression": "version = :before",
                    "ExpressionAttributeValues": {":before": {"N": version}},
                }
            }
            if not transact(self._client, [write]):
                return closed
            pause(attempt)
        raise Retryable("person: others keep changing it")

    def is_being_synced(self, keys: Iterable[PersonKey]) -> bool:
        """Whether rows of their records are with a marketing automation, and nobody saw the end."""
        records = [f'"{key.kind}:{key.value}"' for key in keys if key.kind in _RECORDS]
        return any(
            record in item.get("body", {}).get("S", "")
            for platform in _PLATFORMS
            for item in self._partition(f"SYNC#{platform}")
            if item["sk"]["S"].startswith("JOB#ROWS")
            for record in records
        )

    def delete(self, items: Sequence[Item]) -> None:
        """Delete items by their keys; one that is gone already is done."""
        keys = [{name: item[name] for name in ("pk", "sk")} for item in items]
        with ThreadPoolExecutor(_WORKERS) as pool:
            list(pool.map(lambda key: call(self._client.delete_item, TableName=self._table, Key=key), keys))

    def delete_together(self, items: Sequence[Item]) -> None:
        """Delete the states and keys at the end, so that until then, and no longer, the person is found.

        Raises:
            Retryable: others hold one of them.
        """
        self.delete(items[:-MOST_WRITES])
        deletes = [
            {"Delete": {"TableName": self._table, "Key": {name: item[name] for name in ("pk", "sk")}}}
            for item in items[-MOST_WRITES:]
        ]
        if deletes and transact(self._client, deletes):
            raise Retryable("person: others hold an item of it")

    def _get(self, keys: Sequence[Item]) -> Iterator[Item]:
        return batch_get(self._client, self._table, keys)

    def _partition(self, pk: str) -> Iterator[Item]:
        return query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )
