"""Queue handlers tell Lambda which messages of a batch failed, so that only those come again.

A message that failed comes again until the queue's redrive policy moves it to the dead-letter queue: also one
that will never succeed, so that a human sees it.
"""

import logging
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.log import log_line

Answer = Mapping[str, list[dict[str, str]]]
"""`{"batchItemFailures": [{"itemIdentifier": <message id>}, ...]}`"""


def each_message(event: dict[str, Any], work: Callable[[str], object]) -> Answer:
    """Work the messages off one by one; whatever goes wrong with one, the others are worked off."""
    # The batch utility takes 90 ms to import, which the other functions need not pay.
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

    processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, lambda record: work(record.body), processor)
    failed = [str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]]
    for message, (_, error, _) in zip(failed, processor.exceptions, strict=True):
        _tell(message, error)
    return _answer(failed)


def whole_batch(event: Mapping[str, Any], work: Callable[[Mapping[str, str]], Mapping[str, str]]) -> Answer:
    """Work all messages off together: `work` takes the bodies by id, gives the ids that failed and why."""
    failed = work({record["messageId"]: record["body"] for record in event["Records"]})
    for message, reason in failed.items():
        log_line("message_failed", level=logging.WARNING, message=message, reason=reason)
    return _answer(failed)


def _answer(failed: Iterable[str]) -> Answer:
    return {"batchItemFailures": [{"itemIdentifier": message} for message in failed]}


def _tell(message: str, error: BaseException | None) -> None:
    facts = {"message": message, "kind": type(error).__name__}
    if isinstance(error, Rejected | Retryable | Misconfigured):
        level = logging.WARNING if isinstance(error, Retryable) else logging.ERROR
        log_line("message_failed", level=level, **facts, reason=str(error))
    elif error is not None:
        # Where a fault of ours was raised, but not what it says: that may be personal data.
        frames = traceback.extract_tb(error.__traceback__)[-5:]
        places = ", ".join(f"{frame.filename}:{frame.lineno}" for frame in frames)
        log_line("message_failed", level=logging.ERROR, **facts, places=places)
