"""Calls a function with what a queue holds, as Lambda's event source mapping for SQS does.

https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html. One thing differs: a message that failed becomes
visible again after one to three seconds, not after the queue's visibility timeout, so that nobody waits for
hours until it is in the dead-letter queue.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from smarketing.sandbox.board import Reporter
from smarketing.sandbox.invocation import LambdaContext

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import DeleteMessageBatchRequestEntryTypeDef

_WAIT_SECONDS = 1
"""A long poll: waiting costs nothing there, asking again and again does."""

_MOST_WAITS = 3
_IDLE_SECONDS = 0.1
_MOST_BYTES = 6 * 1024 * 1024
"""Lambda's limit of an event; it fills a batch up to there."""
_log = logging.getLogger(__name__)


class QueueSource:
    """One poller of one queue with one instance of its function."""

    def __init__(
        self,
        handler: Any,
        sqs: "SQSClient",
        queue_url: str,
        reporter: Reporter,
        *,
        batch_size: int,
        window: float = 0.0,
        hurry: Callable[[], bool] = lambda: False,
        retry_seconds: float = 1.0,
    ) -> None:
        """Poll for up to `batch_size` messages, gathered for `window` seconds or until `hurry`."""
        self._handler = handler
        self._sqs = sqs
        self._queue_url = queue_url
        self._reporter = reporter
        self._batch_size = batch_size
        self._window = window
        self._hurry = hurry
        self._retry_seconds = retry_seconds

    def run(self, stop: threading.Event) -> None:
        """Poll until told to stop."""
        while not stop.is_set():
            self.poll(wait=_WAIT_SECONDS)

    def poll(self, wait: int = 0) -> int:
        """Receive one batch, waiting for a first message, and call the function with it.

        Gives how many messages there were.
        """
        began = time.time()
        messages = self._gather(wait)
        if not messages:
            self._reporter.caught_up(began)
            return 0
        failed = self._invoke(messages)
        self._settle(messages, failed)
        self._reporter.worked(len(messages), len(failed))
        return len(messages)

    def _gather(self, wait: int) -> list[Any]:
        """Receive until the batch is full, the window is over or, without a window, the queue gives less."""
        messages: list[Any] = []
        size = 0
        until = time.monotonic() + self._window
        while len(messages) < self._batch_size and size < _MOST_BYTES - 10 * 262_144:
            found = self._sqs.receive_message(
                QueueUrl=self._queue_url,
                MaxNumberOfMessages=min(10, self._batch_size - len(messages)),
                AttributeNames=["All"],
                WaitTimeSeconds=0 if messages else wait,
            ).get("Messages", [])
            messages += found
            size += sum(len(message["Body"]) for message in found)
            if not messages or (len(found) < 10 and (time.monotonic() >= until or self._hurry())):
                break
            if not found:
                time.sleep(_IDLE_SECONDS)
        return messages

    def _invoke(self, messages: list[Any]) -> set[str]:
        """Call the function; give the ids of the messages that shall come again."""
        everything = {message["MessageId"] for message in messages}
        try:
            answer = self._handler({"Records": [_record(each) for each in messages]}, LambdaContext("queue"))
        except Exception:  # a function may fail in any way; the whole batch comes again
            _log.exception("the function failed")
            return everything
        failures = (answer or {}).get("batchItemFailures", [])
        identifiers = {failure["itemIdentifier"] for failure in failures}
        if not identifiers <= everything:
            return everything
        return identifiers

    def _settle(self, messages: list[Any], failed: set[str]) -> None:
        done = [each for each in messages if each["MessageId"] not in failed]
        for start in range(0, len(done), 10):
            entries: list[DeleteMessageBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]}
                for number, each in enumerate(done[start : start + 10])
            ]
            self._sqs.delete_message_batch(QueueUrl=self._queue_url, Entries=entries)
        for message in messages:
            if message["MessageId"] in failed:
                tries = int(message["Attributes"]["ApproximateReceiveCount"])
                self._sqs.change_message_visibility(
                    QueueUrl=self._queue_url,
                    ReceiptHandle=message["ReceiptHandle"],
                    VisibilityTimeout=round(min(tries, _MOST_WAITS) * self._retry_seconds),
                )


def _record(message: Any) -> dict[str, Any]:
    """Give a received message the form that it has in Lambda's event."""
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {},
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:sandbox",
        "awsRegion": "eu-central-1",
    }
