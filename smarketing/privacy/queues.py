"""The queues and dead-letter queues: messages about somebody go, all others stay.

A message that is also about other people is sent once more without the person's part before it is deleted.
All messages are received and let go again; one that a function works on meanwhile isn't seen, and needs not
be: the function drops what is about the erased.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.queue import Queue
from smarketing.privacy.message_parts import Cleaned, Cleaner
from smarketing.privacy.steps import Counts, Erased
from smarketing.privacy.subject import Subject

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

HELD_SECONDS = 600
"""How long a message that was looked at stays out of sight, unless it is let go before."""

_WAIT_SECONDS = 1
_EMPTY_LOOKS = 2
"""SQS asks only some of its servers where it isn't waited for (developer guide, "Short and long polling")."""
_MOST = 10


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was received."""

    body: str
    receipt: str


class QueueStep:
    """Looks through queues by their names."""

    name = "queues"

    def __init__(self, sqs: "SQSClient", urls: Mapping[str, str]) -> None:
        """Work on queues: their URLs by the names that the counts have; the dead letters after the queue."""
        self._sqs = sqs
        self._urls = urls

    def holds(self, subject: Subject) -> Counts:
        """Count parts of messages by queue, and let all messages go again."""
        found: Counter[str] = Counter()
        for name, url in self._urls.items():
            with_parts = self._look_through(url, subject, lambda *_: False)
            found[name] += sum(each.parts for each in with_parts)
        return dict(+found)

    def read(self, subject: Subject) -> dict[str, list[Any]]:
        """Read what waits about somebody in the dead letters, by queue; all of it stays."""
        return {
            name: [
                part for each in self._look_through(url, subject, lambda *_: False) for part in each.theirs
            ]
            for name, url in self._urls.items()
            if name.endswith(DEAD)
        }

    def erase(self, subject: Subject) -> Erased:
        """Delete what is about somebody."""
        found: Counter[str] = Counter()
        for name, url in self._urls.items():
            queue = Queue(self._sqs, url)

            def take_out(message: Message, cleaned: Cleaned, queue: Queue = queue, url: str = url) -> bool:
                if cleaned.body is not None:
                    queue.send([cleaned.body])
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message.receipt)
                return True

            found[name] += sum(each.parts for each in self._look_through(url, subject, take_out))
        return Erased(dict(+found))

    def _look_through(
        self, url: str, subject: Subject, act: Callable[[Message, Cleaned], bool]
    ) -> list[Cleaned]:
        """Look at each message once; `act` is given those about the person and says whether they are gone."""
        cleaner = Cleaner(subject)
        theirs: list[Cleaned] = []
        kept: list[Message] = []
        try:
            for message in self._messages(url):
                cleaned = cleaner.clean(message.body)
                if cleaned.parts:
                    theirs.append(cleaned)
                if not cleaned.parts or not act(message, cleaned):
                    kept.append(message)
        finally:
            self._let_go(url, kept)
        return theirs

    def _messages(self, url: str) -> Iterator[Message]:
        empty = 0
        while empty < _EMPTY_LOOKS:
            answer = self._sqs.receive_message(
                QueueUrl=url,
                MaxNumberOfMessages=_MOST,
                VisibilityTimeout=HELD_SECONDS,
                WaitTimeSeconds=_WAIT_SECONDS,
            )
            found = answer.get("Messages", [])
            empty = 0 if found else empty + 1
            for each in found:
                yield Message(each["Body"], each["ReceiptHandle"])

    def _let_go(self, url: str, messages: list[Message]) -> None:
        for start in range(0, len(messages), _MOST):
            entries = [
                {"Id": str(number), "ReceiptHandle": each.receipt, "VisibilityTimeout": 0}
                for number, each in enumerate(messages[start : start + _MOST])
            ]
            self._sqs.change_message_visibility_batch(QueueUrl=url, Entries=entries)  # type: ignore[arg-type]


DEAD = "-dead"


def with_dead_letters(sqs: "SQSClient", urls: Mapping[str, str]) -> dict[str, str]:
    """Add to queues those that their dead letters go to.

    Raises:
        Misconfigured: a queue is not there, or may not be asked.
        Retryable: SQS does not answer.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    found: dict[str, str] = {}
    try:
        for name, url in urls.items():
            found[name] = url
            names = ["RedrivePolicy"]
            told = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)  # type: ignore[arg-type]
            policy = told.get("Attributes", {}).get("RedrivePolicy")
            if policy:
                *_, account, dead = json.loads(policy)["deadLetterTargetArn"].split(":")
                answer = sqs.get_queue_url(QueueName=dead, QueueOwnerAWSAccountId=account)
                found[f"{name}{DEAD}"] = answer["QueueUrl"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise Misconfigured(f"queues: {code}; check the queues' URLs and your rights on them") from None
    except BotoCoreError as error:
        raise Retryable(f"queues: {type(error).__name__}") from None
    return found
