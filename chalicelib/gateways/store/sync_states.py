"""The sync's memory in the table: what was decided and written of each record, and the job under way."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from chalicelib.domain.instant import Instant
from chalicelib.domain.sync import Platform
from chalicelib.domain.sync_job import OpenJob
from chalicelib.domain.sync_plan import Planned
from chalicelib.domain.sync_state import SyncState, forget_written
from chalicelib.errors import Retryable
from chalicelib.gateways.store.calls import MOST_WRITES, batch_get, call, pause, query, scan, transact
from chalicelib.gateways.store.items import Item
from chalicelib.gateways.store.sync_items import (
    due_key,
    job_key,
    job_rows_key,
    rows_from_part,
    rows_in_parts,
    state_item,
    state_key,
    state_of,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_ATTEMPTS = 6


class SyncStates:
    """States by platform and record; those of a batch are written in few calls."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def load(self, platform: Platform, records: Collection[str]) -> Mapping[str, SyncState]:
        """Read the states of records, by name; those that were never decided are left out.

        Raises:
            Retryable, Misconfigured: DynamoDB did not answer.
        """
        keys = [state_key(platform, record) for record in sorted(set(records))]
        states = (state_of(item) for item in batch_get(self._client, self._table, keys))
        return {state.record: state for state in states}

    def save(
        self, states: Collection[SyncState], due: Collection[str] = (), done: Collection[str] = ()
    ) -> None:
        """Keep states; the next run looks at the records in `due` again, and at those in `done` no more.

        A record's state and its mark are written together.

        Raises:
            Retryable, Misconfigured: DynamoDB did not take all of it; what it took stays.
        """
        writes = [list(self._writes(state, due, done)) for state in states]
        part: list[Any] = []
        for each in writes:
            if len(part) + len(each) > MOST_WRITES:
                self._transact(part)
                part = []
            part += each
        if part:
            self._transact(part)

    def due(self, platform: Platform) -> Sequence[str]:
        """Name the records that are looked at although they did not change."""
        return [item["sk"]["S"].removeprefix("DUE#") for item in self._part(platform, "DUE#")]

    def settle_due(self, platform: Platform, records: Collection[str]) -> None:
        """Look at records no more that did not change."""
        deletes = [self._delete(due_key(platform, record)) for record in sorted(records)]
        for start in range(0, len(deletes), MOST_WRITES):
            self._transact(deletes[start : start + MOST_WRITES])

    def mark_due(self, platform: Platform, records: Collection[str]) -> None:
        """Have the next run look at records that need not change; what is as it was is not written."""
        puts = [self._put(due_key(platform, record)) for record in sorted(set(records))]
        for start in range(0, len(puts), MOST_WRITES):
            self._transact(puts[start : start + MOST_WRITES])

    def make_due(self, platform: Platform, records: Collection[str]) -> None:
        """Have rows written, or taken away, by the next run though their records did not change."""
        known = self.load(platform, records)
        forgotten = [forget_written(known[record]) for record in sorted(records) if record in known]
        self.save(forgotten, due=set(known))
        self.mark_due(platform, set(records) - set(known))

    def keep_job(self, platform: Platform, job: OpenJob) -> None:
        """Keep a job before its end is waited for; whoever reads it sees all of its rows or none."""
        self.close_job(platform)
        number = 0
        for number, text in enumerate(rows_in_parts(job.rows), start=1):
            self._put_now(job_rows_key(platform, number - 1) | {"body": {"S": text}})
        self._put_now(
            job_key(platform)
            | {"id": {"S": job.id}, "begun_at": {"N": str(job.begun_at)}, "parts": {"N": str(number)}}
        )

    def open_job(self, platform: Platform) -> OpenJob | None:
        """Read the job whose end nobody has seen yet."""
        answer = call(
            self._client.get_item, TableName=self._table, Key=job_key(platform), ConsistentRead=True
        )
        item = answer.get("Item")
        if item is None:
            return None
        rows: list[Planned] = []
        for part in self._part(platform, "JOB#ROWS#"):
            rows += rows_from_part(part["body"]["S"])
        return OpenJob(item["id"]["S"], Instant(int(item["begun_at"]["N"])), tuple(rows))

    def close_job(self, platform: Platform) -> None:
        """Forget the job: what became of its rows is kept. Its head goes first: there is no half a job."""
        call(self._client.delete_item, TableName=self._table, Key=job_key(platform))
        for part in list(self._part(platform, "JOB#ROWS#")):
            call(
                self._client.delete_item,
                TableName=self._table,
                Key={name: part[name] for name in ("pk", "sk")},
            )

    def everything(self) -> Iterator[SyncState]:
        """List all states. Reads the whole table: for people, not for functions."""
        for item in scan(
            self._client,
            TableName=self._table,
            FilterExpression="begins_with(pk, :record) AND begins_with(sk, :sync)",
            ExpressionAttributeValues={":record": {"S": "RECORD#"}, ":sync": {"S": "SYNC#"}},
        ):
            yield state_of(item)

    def _writes(self, state: SyncState, due: Collection[str], done: Collection[str]) -> Iterator[Any]:
        yield self._put(state_item(state))
        if state.record in due:
            yield self._put(due_key(state.platform, state.record))
        elif state.record in done:
            yield self._delete(due_key(state.platform, state.record))

    def _part(self, platform: Platform, begin: str) -> Iterator[Item]:
        return query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begin)",
            ExpressionAttributeValues={":pk": {"S": f"SYNC#{platform}"}, ":begin": {"S": begin}},
            ConsistentRead=True,
        )

    def _transact(self, writes: Sequence[Any]) -> None:
        for attempt in range(_ATTEMPTS):
            # None of them has a condition: what is in the way is somebody else's transaction.
            if not transact(self._client, writes):
                return
            pause(attempt)
        raise Retryable("DynamoDB: others hold the sync's states")

    def _put(self, item: Item) -> dict[str, Any]:
        return {"Put": {"TableName": self._table, "Item": item}}

    def _delete(self, item_key: Item) -> dict[str, Any]:
        return {"Delete": {"TableName": self._table, "Key": item_key}}

    def _put_now(self, item: Item) -> None:
        call(self._client.put_item, TableName=self._table, Item=item)
