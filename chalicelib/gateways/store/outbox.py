"""Commands that wait for delivery, and those that were parked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.domain.command import Command
from chalicelib.gateways.store.calls import batch_get, call, scan, transact
from chalicelib.gateways.store.items import (
    Item,
    command_body,
    command_item,
    command_of,
    outbox_key,
    partition,
)

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Reference = tuple[str, str]
"""The partition and sort key of an outbox item."""

_AT_ONCE = 25
"""Commands that are removed together; the items of a transaction hold 4 MB (API reference)."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A command that Salesforce refused for good, and why."""

    command: Command
    reason: str

    @property
    def key(self) -> str:
        """The name to retry it by."""
        return f"{self.command.person}/{self.command.key}"


class Outbox:
    """The outbox of all persons."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def pending(self, references: Iterable[Reference]) -> Mapping[Reference, Command]:
        """Read the commands that are still there; a reference without one is done."""
        keys = [_key(*reference) for reference in dict.fromkeys(references)]
        items = batch_get(self._client, self._table, keys)
        return {(item["pk"]["S"], item["sk"]["S"]): command_of(item) for item in items}

    def remove(self, commands: Sequence[Command]) -> list[Command]:
        """Remove commands that still are these versions, in few calls for many.

        Gives those of whose record nothing is left: a parallel delivery removed it. Where a newer version
        waits in the place of one, that stays.
        """
        gone: list[Command] = []
        for start in range(0, len(commands), _AT_ONCE):
            left = list(commands[start : start + _AT_ONCE])
            while left and (
                codes := transact(self._client, [{"Delete": self._removal(each)} for each in left])
            ):
                troubled = [each for each, code in zip(left, codes, strict=True) if code != "None"]
                gone += [each for each in troubled if not self._remove(each)]
                left = [each for each, code in zip(left, codes, strict=True) if code == "None"]
        return gone

    def _remove(self, command: Command) -> bool:
        """Remove a command by itself; False where nothing is left of its record."""
        from botocore.exceptions import ClientError

        old: Any = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        try:
            call(self._client.delete_item, **self._removal(command), **old)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return "Item" in error.response
        return True

    def _removal(self, command: Command) -> Any:
        return {
            "TableName": self._table,
            "Key": outbox_key(command.person, command.key),
            "ConditionExpression": "version = :version",
            "ExpressionAttributeValues": {":version": {"N": str(command.version)}},
        }

    def park(self, command: Command, reason: str) -> None:
        """Put the command aside, with the reason, until a human retries it.

        A newer version of it that waits meanwhile stays where it is.
        """
        parked: Item = {
            **_key(partition(command.person), f"PARKED#{command.key}"),
            "version": {"N": str(command.version)},
            "reason": {"S": reason},
            **command_body(command),
        }
        call(self._client.put_item, TableName=self._table, Item=parked)
        self._remove(command)

    def waiting(self) -> int:
        """Count the commands that wait. Reads the whole table: for people, not for functions."""
        items = scan(
            self._client,
            TableName=self._table,
            FilterExpression="begins_with(sk, :waiting)",
            ExpressionAttributeValues={":waiting": {"S": "OUTBOX#"}},
        )
        return sum(1 for _ in items)

    def parked(self) -> Iterator[Parked]:
        """List what is parked. Reads the whole table: for people, not for functions."""
        items = scan(
            self._client,
            TableName=self._table,
            FilterExpression="begins_with(sk, :parked)",
            ExpressionAttributeValues={":parked": {"S": "PARKED#"}},
        )
        for item in items:
            yield Parked(command_of(item), item["reason"]["S"])

    def retry(self, parked: Parked) -> None:
        """Put a parked command back to be delivered, unless a newer one of its record waits already."""
        from botocore.exceptions import ClientError

        command = parked.command
        try:
            call(
                self._client.put_item,
                TableName=self._table,
                Item=command_item(command),
                ConditionExpression="attribute_not_exists(pk)",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
        key = _key(partition(command.person), f"PARKED#{command.key}")
        call(self._client.delete_item, TableName=self._table, Key=key)


def _key(pk: str, sk: str) -> Item:
    return {"pk": {"S": pk}, "sk": {"S": sk}}
