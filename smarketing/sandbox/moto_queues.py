"""SQS of moto with deep queues and several callers.

moto 5.2.5 counts all messages, one clock reading each, several times a request: at 800 messages it receives
1.7 batches a second. And it loses messages: a deletion builds a new list while another request adds to the
old one. Here the clock is read once per count, a queue changes for one request at a time, and a long poll
waits outside of the lock.
"""

import threading
import time
from typing import Any

from moto.core.utils import unix_time, unix_time_millis
from moto.sqs import models

Queue: Any = models.Queue
SQSBackend: Any = models.SQSBackend
_one_at_a_time = threading.RLock()
_POLL_SECONDS = 0.02


def make_queues_deep() -> None:
    """Replace, in this process, the parts of moto's SQS that are slow or unsafe."""
    Queue.messages = property(_messages)
    Queue.approximate_number_of_messages_delayed = property(_delayed)
    Queue.approximate_number_of_messages_not_visible = property(_not_visible)
    SQSBackend.is_message_valid_based_on_retention_period = _within_retention
    SQSBackend.receive_message = _long_poll(SQSBackend.receive_message)
    for name in (
        "send_message",
        "delete_message",
        "change_message_visibility",
        "purge_queue",
        "get_queue_attributes",
    ):
        setattr(SQSBackend, name, _locked(getattr(SQSBackend, name)))


def _messages(queue: Any) -> list[Any]:
    now = unix_time_millis()
    return [each for each in queue._messages if now > each.visible_at and now >= each.delayed_until]


def _delayed(queue: Any) -> int:
    now = unix_time_millis()
    return sum(now < each.delayed_until for each in queue._messages)


def _not_visible(queue: Any) -> int:
    now = unix_time_millis()
    return sum(now <= each.visible_at for each in queue._messages)


def _within_retention(backend: Any, queue_name: str, message: Any) -> bool:
    retention = float(backend.get_queue(queue_name).message_retention_period)
    return bool(unix_time() < retention + message.sent_timestamp / 1000)


def _locked(method: Any) -> Any:
    def call(*arguments: Any, **named: Any) -> Any:
        with _one_at_a_time:
            return method(*arguments, **named)

    return call


def _long_poll(receive: Any) -> Any:
    def call(
        backend: Any,
        queue_name: str,
        count: int,
        wait_seconds_timeout: int,
        visibility_timeout: int,
        message_attribute_names: list[str] | None = None,
    ) -> Any:
        until = time.monotonic() + (wait_seconds_timeout or 0)
        while True:
            with _one_at_a_time:
                found = receive(backend, queue_name, count, 0, visibility_timeout, message_attribute_names)
            if found or time.monotonic() >= until:
                return found
            time.sleep(_POLL_SECONDS)

    return call
