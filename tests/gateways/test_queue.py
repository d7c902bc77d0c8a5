"""The queue, on moto's SQS and on a client whose answers are made up where moto never fails."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError
from moto import mock_aws

from chalicelib.errors import Misconfigured, Retryable
from chalicelib.gateways.queue import ATTEMPTS, MOST_BYTES, Queue


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("sqs", region_name="eu-central-1")


def bodies_in(sqs: Any, url: str) -> list[str]:
    bodies: list[str] = []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        bodies += [each["Body"] for each in found]
    return bodies


class MadeUpClient:
    """Answers each call with the next of `answers`; an exception is raised."""

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.calls: list[list[str]] = []

    def send_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> Any:  # noqa: N803 - boto3's names
        self.calls.append([each["MessageBody"] for each in Entries])
        answer = self.answers.pop(0) if self.answers else {}
        if isinstance(answer, Exception):
            raise answer
        return answer


def a_queue(client: MadeUpClient) -> Queue:
    return Queue(client, "https://queue.example")  # type: ignore[arg-type]


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}}, "SendMessageBatch")


class TestSend:
    def test_everything_that_is_sent_can_be_received(self, sqs: Any) -> None:
        url = sqs.create_queue(QueueName="engagements")["QueueUrl"]

        Queue(sqs, url).send(f'{{"number":{number}}}' for number in range(25))

        assert sorted(json.loads(body)["number"] for body in bodies_in(sqs, url)) == list(range(25))

    def test_ten_messages_go_in_one_call(self) -> None:
        client = MadeUpClient()

        a_queue(client).send(["{}"] * 21)

        assert [len(call) for call in client.calls] == [10, 10, 1]

    def test_a_call_holds_no_more_bytes_than_are_taken(self) -> None:
        client = MadeUpClient()

        a_queue(client).send(["ü" * 50_000] * 5)

        assert [len(call) for call in client.calls] == [2, 2, 1]
        assert all(sum(len(body.encode()) for body in call) <= MOST_BYTES for call in client.calls)

    def test_nothing_is_sent_for_nothing(self) -> None:
        client = MadeUpClient()

        a_queue(client).send([])

        assert client.calls == []

    def test_characters_that_the_queue_refuses_are_escaped_and_mean_the_same(self) -> None:
        client = MadeUpClient()
        value = {"text": "a\ufffeb\uffffc\ud800d"}

        a_queue(client).send([json.dumps(value, ensure_ascii=False)])

        assert client.calls[0][0].isprintable()
        assert json.loads(client.calls[0][0]) == value


class TestFailures:
    def test_only_the_entries_that_failed_are_sent_again(self) -> None:
        client = MadeUpClient({"Failed": [{"Id": "1"}]}, {})

        a_queue(client).send(["a", "b", "c"])

        assert client.calls == [["a", "b", "c"], ["b"]]

    def test_entries_that_keep_failing_are_retryable(self) -> None:
        client = MadeUpClient(*[{"Failed": [{"Id": "0"}]}] * ATTEMPTS)

        with pytest.raises(Retryable, match="1 messages"):
            a_queue(client).send(["a"])

    @pytest.mark.parametrize(
        "error",
        [refusal("ThrottlingException"), refusal("InternalError"), ConnectTimeoutError(endpoint_url="x")],
    )
    def test_an_outage_is_retryable(self, error: Exception) -> None:
        with pytest.raises(Retryable):
            a_queue(MadeUpClient(error)).send(["a"])

    @pytest.mark.parametrize("code", ["AWS.SimpleQueueService.NonExistentQueue", "AccessDenied"])
    def test_a_missing_queue_or_permission_names_the_mend(self, code: str) -> None:
        with pytest.raises(Misconfigured, match="check its URL"):
            a_queue(MadeUpClient(refusal(code))).send(["a"])

    def test_a_queue_that_is_not_there_is_found_out_on_the_real_protocol(self, sqs: Any) -> None:
        with pytest.raises(Misconfigured):
            Queue(sqs, "https://sqs.eu-central-1.amazonaws.com/123456789012/none").send(["a"])
