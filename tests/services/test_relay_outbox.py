"""What the table's stream tells of the outbox goes to the delivery queue."""

import json
from collections.abc import Iterable
from typing import Any

import pytest

from chalicelib.errors import Rejected
from chalicelib.services.relay_outbox import MOST_REFERENCES, read_references, relay_outbox


class Queue:
    def __init__(self) -> None:
        self.bodies: list[str] = []

    def send(self, bodies: Iterable[str]) -> None:
        self.bodies += bodies

    @property
    def references(self) -> list[list[tuple[str, str]]]:
        return [read_references(body) for body in self.bodies]


def told(event: str, sk: str, pk: str = "PERSON#1") -> dict[str, Any]:
    """A record of the stream, which carries the keys only."""
    return {"eventName": event, "dynamodb": {"Keys": {"pk": {"S": pk}, "sk": {"S": sk}}}}


@pytest.fixture
def queue() -> Queue:
    return Queue()


@pytest.mark.parametrize("event", ["INSERT", "MODIFY"])
def test_a_command_that_was_written_is_referred_to(queue: Queue, event: str) -> None:
    relay_outbox([told(event, "OUTBOX#person#1")], queue)
    assert queue.references == [[("PERSON#1", "OUTBOX#person#1")]]


@pytest.mark.parametrize("sk", ["STATE", "ENGAGEMENT#1", "INTEREST#presses#0001", "PARKED#person#1", "KEY"])
def test_other_items_are_passed_over(queue: Queue, sk: str) -> None:
    relay_outbox([told("INSERT", sk)], queue)
    assert queue.bodies == []


def test_a_command_that_was_delivered_is_not_referred_to_again(queue: Queue) -> None:
    relay_outbox([told("REMOVE", "OUTBOX#person#1")], queue)
    assert queue.bodies == []


def test_a_command_that_changed_several_times_is_referred_to_once(queue: Queue) -> None:
    relay_outbox([told("INSERT", "OUTBOX#person#1"), told("MODIFY", "OUTBOX#person#1")], queue)
    assert queue.references == [[("PERSON#1", "OUTBOX#person#1")]]


def test_many_references_share_few_messages(queue: Queue) -> None:
    relay_outbox([told("INSERT", f"OUTBOX#touchpoint#{n}") for n in range(2 * MOST_REFERENCES + 1)], queue)
    assert [len(each) for each in queue.references] == [MOST_REFERENCES, MOST_REFERENCES, 1]


@pytest.mark.parametrize("body", ["", "{}x", "1", '["a"]', '[["a"]]', "[[1, 2, 3]]", json.dumps(None)])
def test_what_the_relay_never_sent_is_refused(body: str) -> None:
    with pytest.raises(Rejected, match="no list of references"):
        read_references(body)
