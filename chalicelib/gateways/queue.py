"""A queue (Amazon SQS): what was sent is kept on several machines before `send` returns."""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.errors import Misconfigured, Retryable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

MOST_ENTRIES = 10
MOST_BYTES = 262_144
"""SQS developer guide, "Message quotas": of one batch, and long the quota of one message, too."""

ATTEMPTS = 3
_MISSING = {
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "AccessDenied",
    "AccessDeniedException",
}
_NOT_ALLOWED = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""SQS takes only XML's characters (SendMessage); JSON escapes the control characters among the others."""


class Queue:
    """Sends message bodies, which are JSON."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        """`url` names the queue; nothing is called before `send`."""
        self._client = client
        self._url = url

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies in as few calls as their number and size allow.

        Raises:
            Retryable: some were not taken; those that were will come a second time when it is tried again.
            Misconfigured: there is no such queue, or no permission.
        """
        for batch in _batches(bodies):
            self._send(dict(enumerate(batch)))

    def _send(self, batch: dict[int, str]) -> None:
        for _ in range(ATTEMPTS):
            failed = self._send_once(batch)
            if not failed:
                return
            batch = {number: batch[number] for number in failed}
        raise Retryable(f"queue: {len(batch)} messages were not taken")

    def _send_once(self, batch: dict[int, str]) -> list[int]:
        entries = [{"Id": str(number), "MessageBody": body} for number, body in batch.items()]
        try:
            answer = self._client.send_message_batch(QueueUrl=self._url, Entries=entries)  # type: ignore[arg-type]
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _MISSING:
                raise Misconfigured(f"queue: {code}; check its URL and the function's policy") from None
            raise Retryable(f"queue: {code}") from None
        except BotoCoreError as error:
            raise Retryable(f"queue: {type(error).__name__}") from None
        return [int(each["Id"]) for each in answer.get("Failed", [])]


def _batches(bodies: Iterable[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    size = 0
    for each in bodies:
        body = _NOT_ALLOWED.sub(_escape, each)
        weight = len(body.encode())
        if batch and (len(batch) == MOST_ENTRIES or size + weight > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(body)
        size += weight
    if batch:
        yield batch


def _escape(match: re.Match[str]) -> str:
    # Within JSON such a character can only stand in a text, where the escape means the same.
    return f"\\u{ord(match[0]):04x}"
