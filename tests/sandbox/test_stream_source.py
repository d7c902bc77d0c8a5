"""How a function is called with what a table's stream tells."""

import uuid
from pathlib import Path
from typing import Any

import pytest

from smarketing.sandbox.aws import Aws
from smarketing.sandbox.board import Board, Reporter
from smarketing.sandbox.invocation import LambdaContext
from smarketing.sandbox.stream_source import StreamReader, StreamSource


class Function:
    """Keeps the sort keys that it was told of; fails as often as it was told to."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.records: list[dict[str, Any]] = []
        self.failures: list[str | None] = []
        """What it does next: raise (None) or report the record with this sort key."""

    def __call__(self, event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        records = event["Records"]
        self.records += records
        self.batches.append([record["dynamodb"]["Keys"]["sk"]["S"] for record in records])
        if not self.failures:
            return {}
        failed = self.failures.pop(0)
        if failed is None:
            raise ValueError("out of order")
        numbers = [
            record["dynamodb"]["SequenceNumber"]
            for record in records
            if record["dynamodb"]["Keys"]["sk"]["S"] == failed
        ]
        return {"batchItemFailures": [{"itemIdentifier": number} for number in numbers]}


class Stream:
    """A table, its stream and the source that reads it."""

    def __init__(self, aws: Aws, run: Path, position: Path | None = None) -> None:
        self.dynamodb = aws.client("dynamodb")
        self.table = f"table-{uuid.uuid4().hex}"
        self.dynamodb.create_table(
            TableName=self.table,
            KeySchema=[
                {"AttributeName": "pk", "KeyType": "HASH"},
                {"AttributeName": "sk", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            BillingMode="PAY_PER_REQUEST",
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        )
        self.arn = self.dynamodb.describe_table(TableName=self.table)["Table"]["LatestStreamArn"]
        self.endpoint = aws.dynamodb_endpoint
        self.run = run
        self.position = position
        self.function = Function()

    def source(self) -> StreamSource:
        reader = StreamReader(self.endpoint, self.arn, self.position)
        return StreamSource(self.function, reader, Reporter(Board(self.run), "stream"), batch_size=3)

    def put(self, *sort_keys: str, number: int = 0) -> None:
        for each in sort_keys:
            item = {"pk": {"S": "PERSON#1"}, "sk": {"S": each}, "n": {"N": str(number)}}
            self.dynamodb.put_item(TableName=self.table, Item=item)


def test_passes_outbox_items_that_came_or_changed_in_order(any_aws: Aws, tmp_path: Path) -> None:
    stream = Stream(any_aws, tmp_path)
    stream.put("STATE", "OUTBOX#a", "ENGAGEMENT#1", "OUTBOX#b")
    stream.put("OUTBOX#a", number=2)
    key = {"pk": {"S": "PERSON#1"}, "sk": {"S": "OUTBOX#b"}}
    stream.dynamodb.delete_item(TableName=stream.table, Key=key)

    _read_to_the_end(stream.source())

    assert stream.function.batches == [["OUTBOX#a", "OUTBOX#b", "OUTBOX#a"]]
    assert [record["eventName"] for record in stream.function.records] == ["INSERT", "INSERT", "MODIFY"]
    assert stream.function.records[0]["dynamodb"]["Keys"]["pk"] == {"S": "PERSON#1"}


def test_cuts_what_it_read_at_the_batch_size(any_aws: Aws, tmp_path: Path) -> None:
    stream = Stream(any_aws, tmp_path)
    stream.put(*(f"OUTBOX#{number}" for number in range(7)))

    _read_to_the_end(stream.source())

    assert [len(batch) for batch in stream.function.batches] == [3, 3, 1]


def test_tries_again_from_the_record_that_failed(any_aws: Aws, tmp_path: Path) -> None:
    stream = Stream(any_aws, tmp_path)
    stream.put("OUTBOX#a", "OUTBOX#b", "OUTBOX#c")
    stream.function.failures = [None, "OUTBOX#b"]

    _read_to_the_end(stream.source())

    assert stream.function.batches == [
        ["OUTBOX#a", "OUTBOX#b", "OUTBOX#c"],
        ["OUTBOX#a", "OUTBOX#b", "OUTBOX#c"],
        ["OUTBOX#b", "OUTBOX#c"],
    ]


def test_goes_on_where_it_was_when_it_starts_again(any_aws: Aws, tmp_path: Path) -> None:
    stream = Stream(any_aws, tmp_path, position=tmp_path / "position.json")
    stream.put("OUTBOX#a")
    _read_to_the_end(stream.source())
    stream.put("OUTBOX#b")

    _read_to_the_end(stream.source())

    assert stream.function.batches == [["OUTBOX#a"], ["OUTBOX#b"]]


def _read_to_the_end(source: StreamSource) -> None:
    for _ in range(50):
        if source.poll() == 0:
            return
    pytest.fail("the stream does not end")
