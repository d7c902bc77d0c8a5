"""A message of the engagement queue goes to the use case that it is for."""

from typing import Any

import pytest

from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Engagements, Message, Reread, Review, VerifyCallback, encode
from chalicelib.errors import Rejected
from chalicelib.services.take_message import UseCases, take_message
from tests.domain.presses import told


class Called:
    """Notes which use case was called with what."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, Any]] = []

    def use_cases(self) -> UseCases:
        names = ("record_engagements", "review_persons", "reread_records", "verify_callback")
        return UseCases(**{name: self._noting(name) for name in names})

    def _noting(self, name: str) -> Any:
        return lambda argument: self.calls.append((name, argument))


@pytest.mark.parametrize(
    ("message", "name", "argument"),
    [
        (Engagements((told(),)), "record_engagements", (told(),)),
        (Review((PersonId("P1"),)), "review_persons", (PersonId("P1"),)),
        (Reread("Lead", ("00Q1",)), "reread_records", Reread("Lead", ("00Q1",))),
        (VerifyCallback("c", "k"), "verify_callback", VerifyCallback("c", "k")),
    ],
)
def test_a_message_goes_to_its_use_case(message: Message, name: str, argument: object) -> None:
    called = Called()
    take_message(encode(message), called.use_cases())
    assert called.calls == [(name, argument)]


@pytest.mark.parametrize("body", ["", "no JSON", "{}", '{"engagements": [{}]}', "[" * 100_000])
def test_a_message_that_nobody_of_us_sent_is_refused(body: str) -> None:
    called = Called()
    with pytest.raises(Rejected):
        take_message(body, called.use_cases())
    assert called.calls == []
