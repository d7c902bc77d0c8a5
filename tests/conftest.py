"""What holds for all tests: moto's DynamoDB takes one call after the other."""

import threading
from collections.abc import Iterator

import pytest
from moto.dynamodb.responses import DynamoHandler


@pytest.fixture(scope="session", autouse=True)
def moto_tables_take_turns() -> Iterator[None]:
    """Moto copies its tables while it writes a transaction; a second thread would break the copy."""
    answer, turn = DynamoHandler.call_action, threading.Lock()

    def in_turn(handler: DynamoHandler) -> object:
        with turn:
            return answer(handler)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DynamoHandler, "call_action", in_turn)
        yield
