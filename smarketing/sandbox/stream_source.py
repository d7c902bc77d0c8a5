"""Calls a function with what a table's stream tells, as Lambda's event source mapping for DynamoDB does.

https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html: batches in order, shard by shard; a failed batch
is tried again from the first record that failed. The stream's own API answers records in the very form that
Lambda passes on, so they are read as plain JSON, past boto3: its parser takes longer than the function.
"""

import json
import logging
import threading
import time
from pathlib import Path
from typing import Any

import requests

from smarketing.sandbox.board import Reporter
from smarketing.sandbox.invocation import LambdaContext

_PAUSE_SECONDS = 0.1
"""Between two reads, so that a read finds some records together."""
_FULL = 1000
"""The most that a read gives."""

_LONGEST_PAUSE_SECONDS = 2.0
_CREDENTIAL = "AWS4-HMAC-SHA256 Credential=sandbox/20260101/eu-central-1/dynamodb/aws4_request"
_log = logging.getLogger(__name__)


class _Stopped(Exception):  # noqa: N818
    """The sandbox ends while a batch is being tried again."""


class StreamReader:
    """The stream of one table, read from a remembered position to its end and on."""

    def __init__(self, endpoint: str, stream_arn: str, position: Path | None = None) -> None:
        """Read `stream_arn`; `position` is the file that keeps how far, if it shall be kept."""
        self._endpoint = endpoint
        self._arn = stream_arn
        self._session = requests.Session()
        self._iterators: dict[str, str | None] = {}
        self._position = position
        self._read: dict[str, str] = {}
        if position is not None and position.exists():
            self._read = json.loads(position.read_text())

    def read(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Give the next records of each shard that has some; nothing when the end is reached."""
        if not any(self._iterators.values()):
            self._find_shards()
        found = []
        for shard, iterator in list(self._iterators.items()):
            if iterator is None:
                continue
            answer = self._call("GetRecords", ShardIterator=iterator, Limit=_FULL)
            self._iterators[shard] = answer.get("NextShardIterator")
            if answer["Records"]:
                found.append((shard, answer["Records"]))
        return found

    def done(self, shard: str, record: dict[str, Any]) -> None:
        """Remember that everything up to this record was handled."""
        self._read[shard] = record["dynamodb"]["SequenceNumber"]
        if self._position is not None:
            part = self._position.with_suffix(".part")
            part.write_text(json.dumps(self._read))
            part.replace(self._position)

    def _find_shards(self) -> None:
        described = self._call("DescribeStream", StreamArn=self._arn)["StreamDescription"]
        for shard in (each["ShardId"] for each in described["Shards"]):
            if shard in self._iterators:
                continue
            start: dict[str, Any] = {"ShardIteratorType": "TRIM_HORIZON"}
            if shard in self._read:
                start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": self._read[shard]}
            answer = self._call("GetShardIterator", StreamArn=self._arn, ShardId=shard, **start)
            self._iterators[shard] = answer["ShardIterator"]

    def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        response = self._session.post(
            self._endpoint,
            data=json.dumps(parameters),
            headers={
                "Content-Type": "application/x-amz-json-1.0",
                "X-Amz-Target": f"DynamoDBStreams_20120810.{operation}",
                "Authorization": f"{_CREDENTIAL}, SignedHeaders=host, Signature=none",
                "X-Amz-Date": time.strftime("%Y%m%dT%H%M%SZ", time.gmtime()),
            },
            timeout=30,
        )
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


class StreamSource:
    """One poller of one stream with one instance of its function."""

    def __init__(self, handler: Any, reader: StreamReader, reporter: Reporter, *, batch_size: int) -> None:
        """Call `handler` with up to `batch_size` records that pass the mapping's filter."""
        self._handler = handler
        self._reader = reader
        self._reporter = reporter
        self._batch_size = batch_size
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Poll until told to stop."""
        self._stop = stop
        while not stop.is_set():
            if self.poll() < _FULL:
                stop.wait(_PAUSE_SECONDS)

    def poll(self) -> int:
        """Read on once and call the function; give how many records were read."""
        began = time.time()
        found = self._reader.read()
        if not found:
            self._reporter.caught_up(began)
            return 0
        for shard, records in found:
            wanted = [record for record in records if passes_filter(record)]
            for start in range(0, len(wanted), self._batch_size):
                self._hand_over(wanted[start : start + self._batch_size])
            self._reader.done(shard, records[-1])
        return sum(len(records) for _, records in found)

    def _hand_over(self, records: list[dict[str, Any]]) -> None:
        """Call the function until it took all records: nothing is passed over.

        Raises:
            _Stopped: the sandbox ends before that; the position stays before these records.
        """
        attempt = 0
        while not self._stop.is_set():
            failed_from = self._invoke(records)
            self._reporter.worked(len(records[:failed_from]), len(records[failed_from:]))
            records = records[failed_from:]
            if not records:
                return
            attempt += 1
            self._stop.wait(min(_LONGEST_PAUSE_SECONDS, 0.1 * attempt))
        raise _Stopped

    def _invoke(self, records: list[dict[str, Any]]) -> int:
        """Call the function; give the place of the first record that shall come again."""
        try:
            answer = self._handler({"Records": records}, LambdaContext("stream"))
        except Exception:  # a function may fail in any way; the whole batch comes again
            _log.exception("the function failed")
            return 0
        failed = {each["itemIdentifier"] for each in (answer or {}).get("batchItemFailures", [])}
        places = (place for place, each in enumerate(records) if each["dynamodb"]["SequenceNumber"] in failed)
        return next(places, len(records))


def passes_filter(record: dict[str, Any]) -> bool:
    """Apply the filter of the event source mapping (infra/functions.yaml): new and changed outbox items."""
    sort_key = record["dynamodb"]["Keys"].get("sk", {}).get("S", "")
    return record["eventName"] in ("INSERT", "MODIFY") and sort_key.startswith("OUTBOX#")
