"""Hand on what a callback brought: keep it durably, so that its sender may forget it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.arrival import Arrival
from chalicelib.domain.message import encode, pack, pack_unreadable
from chalicelib.log import count, log_line


class Queue(Protocol):
    """Where messages wait for a worker."""

    def send(self, bodies: Iterable[str]) -> None:
        """Keep the message bodies durably, or raise Retryable."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a request's parts."""

    accepted: int
    refused: int
    ignored: int
    problems: tuple[str, ...]
    """Which parts were refused and why, the first ten."""


def hand_on(arrival: Arrival, source: str, queue: Queue) -> Receipt:
    """Put all of it on the queue; what can't be read goes along as it came and ends where a human sees it.

    Raises:
        Retryable: the queue did not take all of it: the sender has to send it again.
    """
    queue.send(
        [
            *pack(arrival.engagements),
            *(encode(reread) for reread in arrival.rereads),
            *pack_unreadable(arrival.unreadable),
        ]
    )
    receipt = Receipt(
        accepted=len(arrival.engagements) + len(arrival.rereads),
        refused=len(arrival.unreadable),
        ignored=arrival.ignored,
        problems=tuple(each.reason for each in arrival.unreadable[:10]),
    )
    if receipt.refused:
        log_line("unreadable", source=source, number=receipt.refused, first=receipt.problems[0])
        count("Unreadable", receipt.refused, source)
    if receipt.ignored:
        count("Ignored", receipt.ignored, source)
    return receipt
