"""Passes references to new commands of the outbox from the table's stream to the delivery queue."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from chalicelib.errors import Rejected
from chalicelib.services.deliver import Reference

MOST_REFERENCES = 100
"""In one message; a message whose delivery failed in part comes again whole, and what is done is skipped."""

_WRITTEN = ("INSERT", "MODIFY")


class Queue(Protocol):
    """The delivery queue."""

    def send(self, bodies: Iterable[str]) -> None:
        """Send message bodies; when this returns they are kept durably."""


def relay_outbox(records: Iterable[Mapping[str, Any]], queue: Queue) -> None:
    """Send a reference for every command that the stream's records tell to be new or changed.

    Args:
        records: as the stream of a table gives them; those of other items are passed over.

    Raises:
        Retryable: the queue did not take them; the stream's batch comes again.
    """
    written = (each["dynamodb"]["Keys"] for each in records if each["eventName"] in _WRITTEN)
    references = dict.fromkeys(
        (keys["pk"]["S"], keys["sk"]["S"]) for keys in written if keys["sk"]["S"].startswith("OUTBOX#")
    )
    if references:
        queue.send(_bodies(list(references)))


def read_references(body: str) -> list[Reference]:
    """Read a message of the delivery queue.

    Raises:
        Rejected: it is none.
    """
    try:
        return [(str(pk), str(sk)) for pk, sk in json.loads(body)]
    except (ValueError, TypeError):
        raise Rejected("delivery: no list of references; send only what the outbox's relay sends") from None


def _bodies(references: list[Reference]) -> Iterator[str]:
    for start in range(0, len(references), MOST_REFERENCES):
        yield json.dumps(references[start : start + MOST_REFERENCES], separators=(",", ":"))
