"""How a function is called with a queue's messages."""

import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from smarketing.sandbox.aws import Aws
from smarketing.sandbox.board import Board, Reporter
from smarketing.sandbox.invocation import LambdaContext
from smarketing.sandbox.queue_source import QueueSource


class Function:
    """Keeps its events; raises or reports the messages whose bodies it was told to fail on."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.events: list[dict[str, Any]] = []
        self.reported: set[str] = set()
        self.raises = False

    def __call__(self, event: dict[str, Any], _: LambdaContext) -> dict[str, Any]:
        self.events.append(event)
        self.batches.append([record["body"] for record in event["Records"]])
        if self.raises:
            raise ValueError("out of order")
        failed = [each["messageId"] for each in event["Records"] if each["body"] in self.reported]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failed]}


class Queue:
    """A queue with a dead-letter queue, three receives, and the source that empties it."""

    def __init__(self, aws: Aws, run: Path, **options: Any) -> None:
        self.sqs = aws.client("sqs")
        name = uuid.uuid4().hex
        self.dead = self.sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])
        redrive = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": "3"}
        self.url = self.sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(redrive)})[
            "QueueUrl"
        ]
        self.function = Function()
        self.reporter = Reporter(Board(run), "source")
        options = {"batch_size": 10, "retry_seconds": 0, **options}
        self.source = QueueSource(self.function, self.sqs, self.url, self.reporter, **options)

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.url, MessageBody=body)

    def depth(self, url: str) -> int:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return sum(int(value) for value in found.values())


def test_passes_a_batch_in_lambda_s_form_and_deletes_it(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path)
    queue.send("a", "b")

    handled = queue.source.poll()

    assert handled == 2
    record = queue.function.events[0]["Records"][0]
    assert record["eventSource"] == "aws:sqs"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert queue.depth(queue.url) == 0


def test_gathers_up_to_the_batch_size_across_receives(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path, batch_size=25)
    queue.send(*(str(number) for number in range(30)))

    queue.source.poll()
    queue.source.poll()

    assert [len(batch) for batch in queue.function.batches] == [25, 5]


def test_waits_for_more_within_the_window(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path, window=1.0)
    queue.send("early")
    later = threading.Timer(0.3, queue.send, ["late"])
    later.start()

    queue.source.poll()

    later.join()
    assert queue.function.batches == [["early", "late"]]


def test_brings_back_only_the_messages_that_failed(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path)
    queue.send("good", "bad")
    queue.function.reported = {"bad"}

    queue.source.poll()
    queue.function.reported = set()
    _until(lambda: queue.source.poll() > 0)

    assert sorted(queue.function.batches[0]) == ["bad", "good"]
    assert queue.function.batches[1:] == [["bad"]]
    assert queue.depth(queue.url) == 0


def test_brings_the_whole_batch_back_when_the_function_raises(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path)
    queue.send("a", "b")
    queue.function.raises = True

    queue.source.poll()

    assert queue.depth(queue.url) == 2
    assert queue.reporter.progress.failures == 2


def test_moves_a_message_to_the_dead_letter_queue_after_the_last_try(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path)
    queue.send("poison")
    queue.function.reported = {"poison"}

    _until(lambda: queue.source.poll() == 0 and queue.depth(queue.dead) == 1)

    assert queue.function.batches == [["poison"]] * 3
    assert queue.depth(queue.url) == 0


def test_stays_quick_with_a_deep_queue(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path)
    for start in range(0, 1000, 10):
        entries = [{"Id": str(each), "MessageBody": "x"} for each in range(start, start + 10)]
        queue.sqs.send_message_batch(QueueUrl=queue.url, Entries=entries)
    began = time.monotonic()

    for _ in range(10):
        queue.source.poll()

    assert time.monotonic() - began < 3


def test_loses_no_message_between_senders_and_deletions(aws: Aws, tmp_path: Path) -> None:
    queue = Queue(aws, tmp_path)
    senders = [
        threading.Thread(target=queue.send, args=[f"{each}-{number}" for number in range(60)])
        for each in range(3)
    ]
    for sender in senders:
        sender.start()

    _until(lambda: queue.source.poll() == 0 and not any(sender.is_alive() for sender in senders))

    assert sum(len(batch) for batch in queue.function.batches) == 180


def _until(condition: Any) -> None:
    until = time.monotonic() + 20
    while not condition():
        if time.monotonic() > until:
            pytest.fail("it did not come to pass")
        time.sleep(0.01)
