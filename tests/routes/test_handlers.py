"""The queue handlers' contract with Lambda: which messages of a batch come again."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from chalicelib import partial_batch
from chalicelib.domain.interest import PersonId
from chalicelib.domain.message import Engagements, Reread, Review, VerifyCallback, encode
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.services.deliver import Reference
from chalicelib.services.take_deliveries import take_deliveries
from chalicelib.services.take_message import UseCases, take_message
from tests.domain.test_message import an_engagement


def batch(*bodies: str) -> dict[str, Any]:
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "receiptHandle": "handle",
                "body": body,
                "attributes": {},
                "messageAttributes": {},
                "md5OfBody": "",
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-central-1:000000000000:queue",
                "awsRegion": "eu-central-1",
            }
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer: Mapping[str, Any]) -> list[str]:
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


class TestEachMessage:
    @pytest.mark.parametrize("error", [Rejected, Retryable, Misconfigured, ZeroDivisionError])
    def test_one_failure_costs_no_other_message(self, error: type[Exception]) -> None:
        done: list[str] = []

        def work(body: str) -> None:
            if body == "bad":
                raise error("field: mend")
            done.append(body)

        answer = partial_batch.each_message(batch("a", "bad", "c"), work)

        assert failed(answer) == ["m1"]
        assert done == ["a", "c"]

    def test_when_every_message_fails_each_is_told(self) -> None:
        def work(_: str) -> None:
            raise Retryable("store: busy")

        assert failed(partial_batch.each_message(batch("a", "b"), work)) == ["m0", "m1"]

    def test_a_permanent_failure_is_told_with_its_reason(self, capsys: pytest.CaptureFixture[str]) -> None:
        def work(_: str) -> None:
            raise Rejected("kind: unknown")

        partial_batch.each_message(batch("a"), work)

        line = json.loads(capsys.readouterr().out)
        assert (line["message"], line["kind"], line["reason"]) == ("m0", "Rejected", "kind: unknown")

    def test_a_fault_of_ours_is_told_by_place_as_its_words_may_be_personal(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def work(_: str) -> None:
            raise KeyError("ada@example.com")

        partial_batch.each_message(batch("a"), work)

        log = capsys.readouterr().out
        assert "test_handlers.py" in json.loads(log)["places"]
        assert "ada@example.com" not in log


class TestWholeBatch:
    def test_the_messages_that_failed_come_again(self) -> None:
        answer = partial_batch.whole_batch(batch("a", "b"), lambda bodies: {"m1": "busy"})

        assert failed(answer) == ["m1"]

    def test_the_work_gets_all_bodies_by_their_ids(self) -> None:
        seen: dict[str, str] = {}

        def work(bodies: Mapping[str, str]) -> Mapping[str, str]:
            seen.update(bodies)
            return {}

        assert failed(partial_batch.whole_batch(batch("a", "b"), work)) == []
        assert seen == {"m0": "a", "m1": "b"}


class TestTakeMessage:
    def use_cases(self, done: list[Any]) -> UseCases:
        return UseCases(done.append, done.append, done.append, done.append)

    @pytest.mark.parametrize(
        ("message", "asked"),
        [
            (Engagements((an_engagement(), an_engagement("form_submitted"))), None),
            (Review((PersonId("01J"), PersonId("01K"))), ("01J", "01K")),
            (Reread("Lead", ("00Q",)), Reread("Lead", ("00Q",))),
            (VerifyCallback("a", "b"), VerifyCallback("a", "b")),
        ],
    )
    def test_a_message_is_given_to_its_use_case(self, message: Any, asked: Any) -> None:
        done: list[Any] = []

        take_message(encode(message), self.use_cases(done))

        assert done == [message.engagements if asked is None else asked]

    @pytest.mark.parametrize(
        "body", ["", "{}", "[]", "null", '{"unreadable":[{"source":"s","reason":"r","raw":""}]}']
    )
    def test_what_is_no_message_is_rejected(self, body: str) -> None:
        with pytest.raises(Rejected):
            take_message(body, self.use_cases([]))


class TestTakeDeliveries:
    ONE, TWO, THREE = ("PERSON#1", "OUTBOX#a"), ("PERSON#1", "OUTBOX#b"), ("PERSON#2", "OUTBOX#c")

    def test_all_that_the_messages_refer_to_is_delivered_together_and_once(self) -> None:
        asked: list[list[Reference]] = []

        def deliver(references: Iterable[Reference]) -> dict[Reference, str]:
            asked.append(list(references))
            return {}

        bodies = {"m0": json.dumps([self.ONE, self.TWO]), "m1": json.dumps([self.TWO, self.THREE])}

        assert take_deliveries(bodies, deliver) == {}
        assert asked == [[self.ONE, self.TWO, self.THREE]]

    def test_a_message_comes_again_while_any_of_its_commands_waits(self) -> None:
        bodies = {"m0": json.dumps([self.ONE, self.TWO]), "m1": json.dumps([self.THREE])}

        failed = take_deliveries(bodies, lambda _: {self.TWO: "Salesforce: busy"})

        assert failed == {"m0": "1 of 2 commands are left, the first: Salesforce: busy"}

    @pytest.mark.parametrize("body", ["", "{}1", "7", "[[1]]"])
    def test_a_message_that_is_none_costs_no_other_and_ends_where_a_human_sees_it(self, body: str) -> None:
        asked: list[Reference] = []

        def deliver(references: Iterable[Reference]) -> dict[Reference, str]:
            asked.extend(references)
            return {}

        failed = take_deliveries({"m0": body, "m1": json.dumps([self.ONE])}, deliver)

        assert list(failed) == ["m0"]
        assert asked == [self.ONE]
