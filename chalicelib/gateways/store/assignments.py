"""Assignments and the turns of pools in the table: decided and counted in one transaction."""

import json
from collections.abc import Iterable
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from chalicelib.domain.assignment import Assignment
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.interest import InterestId, opened_by
from chalicelib.domain.turns import Turns
from chalicelib.gateways.store.calls import batch_get, call, query, transact
from chalicelib.gateways.store.items import Item, partition

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_NEW = "attribute_not_exists(pk)"


class Assignments:
    """What was assigned to whom, and whose turn is next."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        """Use a table of the form that `table.create_table_request` gives."""
        self._client = client
        self._table = table

    def read(self, interest: InterestId, handed_at: Instant) -> Assignment | None:
        """Read what was decided already; None where nothing was.

        Raises:
            Retryable, Misconfigured: DynamoDB did not answer.
        """
        key = _assignment_key(interest, handed_at)
        answer = call(self._client.get_item, TableName=self._table, Key=key, ConsistentRead=True)
        return _assignment_of(answer["Item"]) if "Item" in answer else None

    def of(self, interest: InterestId) -> list[Assignment]:
        """Read all assignments of an interest, the oldest first.

        Raises:
            Retryable, Misconfigured: DynamoDB did not answer.
        """
        person, _, _ = opened_by(interest)
        items = query(
            self._client,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :begin)",
            ExpressionAttributeValues={
                ":pk": {"S": partition(person)},
                ":begin": {"S": f"ASSIGNMENT#{interest}#"},
            },
            ConsistentRead=True,
        )
        return [_assignment_of(item) for item in items]

    def turns(self, pools: Iterable[str]) -> dict[str, tuple[Turns, int]]:
        """Read the turns of pools and their versions; a pool that has just begun is left out.

        Raises:
            Retryable, Misconfigured: DynamoDB did not answer.
        """
        keys = [_turns_key(pool) for pool in dict.fromkeys(pools)]
        items = batch_get(self._client, self._table, keys)
        return {
            item["pk"]["S"].removeprefix("ROUTING#"): (_turns_of(item), int(item["version"]["N"]))
            for item in items
        }

    def keep(self, assignment: Assignment, turns: Turns | None, before: int) -> bool:
        """Keep an assignment, and the turns of its pool where they moved on; False where others were first.

        Args:
            assignment: what was decided.
            turns: of its pool, as they are then.
            before: the version of the turns that the decision was made by; 0 where the pool had just begun.

        Raises:
            Retryable, Misconfigured, Rejected: DynamoDB did not take it.
        """
        writes: list[Any] = [_put(self._table, _assignment_item(assignment), _NEW)]
        if turns is not None:
            item = _turns_item(assignment.pool, turns, before + 1)
            if before == 0:
                writes.append(_put(self._table, item, _NEW))
            else:
                put = _put(self._table, item, "version = :before")
                put["Put"]["ExpressionAttributeValues"] = {":before": {"N": str(before)}}
                writes.append(put)
        return not transact(self._client, writes)


def _put(table: str, item: Item, condition: str) -> dict[str, Any]:
    return {"Put": {"TableName": table, "Item": item, "ConditionExpression": condition}}


def _assignment_key(interest: InterestId, handed_at: Instant) -> Item:
    # It lies with the person that the interest was opened for, as the interest itself does.
    person, _, _ = opened_by(interest)
    return {"pk": {"S": partition(person)}, "sk": {"S": f"ASSIGNMENT#{interest}#{iso(handed_at)}"}}


def _assignment_item(assignment: Assignment) -> Item:
    body = {name: getattr(assignment, name) for name in Assignment.__dataclass_fields__}
    return _assignment_key(assignment.interest, assignment.handed_at) | {
        "body": {"S": json.dumps(body, separators=(",", ":"), ensure_ascii=False)}
    }


def _assignment_of(item: Item) -> Assignment:
    body = json.loads(item["body"]["S"])
    return Assignment(**{**body, "why": tuple(body["why"])})


def _turns_key(pool: str) -> Item:
    return {"pk": {"S": f"ROUTING#{pool}"}, "sk": {"S": "TURNS"}}


def _turns_item(pool: str, turns: Turns, version: int) -> Item:
    body = {
        "at": str(turns.at),
        "due": {name: str(due) for name, due in turns.due.items()},
        "taken": dict(turns.taken),
    }
    return _turns_key(pool) | {
        "version": {"N": str(version)},
        "body": {"S": json.dumps(body, separators=(",", ":"))},
    }


def _turns_of(item: Item) -> Turns:
    body = json.loads(item["body"]["S"])
    return Turns(
        Fraction(body["at"]), {name: Fraction(due) for name, due in body["due"].items()}, body["taken"]
    )
