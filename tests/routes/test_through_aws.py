"""The handlers as they are wired for AWS: real gateways on moto's queues, secrets and table."""

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from chalice.test import Client
from moto import mock_aws

import app
from chalicelib import bootstrap
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import Instant, iso
from chalicelib.domain.message import Engagements, decode
from chalicelib.gateways.store.table import create_table_request
from chalicelib.playbook.compiler import to_json, version_of
from smarketing.playbook_files import read_playbook
from tests.routes.conftest import (
    ENS_KEY,
    JSON_TYPE,
    NOW,
    ORGANIZATION,
    as_bytes,
    ens_signature,
    intake_headers,
)
from tests.routes.consents import CALL_ME
from tests.routes.test_handlers import batch
from tests.routes.test_marketing_cloud import event


@pytest.fixture
def sqs(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        bootstrap.forget()
        yield boto3.client("sqs")
    bootstrap.forget()


@pytest.fixture
def queues(sqs: Any, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The account as infra/ makes it: queues, the callbacks' secret, the table with the default playbook."""
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("engagements", "deliveries")}
    secret = {"ens_signature_keys": [ENS_KEY], "intake_keys": {"website": "first secret"}}
    boto3.client("secretsmanager").create_secret(Name="callbacks", SecretString=json.dumps(secret))
    privacy = {"link_keys": ["a link key"], "erasure_key": "an erasure key"}
    boto3.client("secretsmanager").create_secret(Name="privacy", SecretString=json.dumps(privacy))
    monkeypatch.setenv("SMARKETING_PRIVACY_SECRET_ID", "privacy")
    boto3.client("dynamodb").create_table(**create_table_request("smarketing"))
    monkeypatch.setenv("SMARKETING_TABLE", "smarketing")
    monkeypatch.setenv("SMARKETING_ENGAGEMENT_QUEUE_URL", urls["engagements"])
    monkeypatch.setenv("SMARKETING_DELIVERY_QUEUE_URL", urls["deliveries"])
    monkeypatch.setenv("SMARKETING_SALESFORCE_ORG_ID", ORGANIZATION)
    source = read_playbook()
    bootstrap.playbooks().publish(version_of(source), to_json(source))
    bootstrap.use_clock(lambda: NOW)
    return urls


def take(sqs: Any, url: str) -> list[str]:
    """Receive all that a queue holds, for good."""
    bodies: list[str] = []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for each in found:
            bodies.append(each["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return bodies


def post(path: str, body: bytes, headers: dict[str, str]) -> Any:
    return Client(app.app).http.post(path, headers=headers, body=body)


def test_events_reach_the_queue(sqs: Any, queues: dict[str, str]) -> None:
    body = as_bytes([event(timestampUTC=NOW - number) for number in range(250)])
    signature = {"x-sfmc-ens-signature": ens_signature(body, ENS_KEY.encode())}

    answer = post("/marketing-cloud/events", body, JSON_TYPE | signature)

    assert answer.status_code == 200
    messages = [decode(each) for each in take(sqs, queues["engagements"])]
    assert sum(len(each.engagements) for each in messages if isinstance(each, Engagements)) == 250


def test_a_missing_queue_is_503_as_nothing_was_kept(sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMARKETING_ENGAGEMENT_QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/1/none")

    answer = post("/marketing-cloud/events", as_bytes({"callbackId": "a", "verificationKey": "b"}), JSON_TYPE)

    assert answer.status_code == 503


def test_a_missing_secret_is_503_as_nobody_can_be_let_in(sqs: Any) -> None:
    assert post("/marketing-cloud/events", b"[]", JSON_TYPE).status_code == 503


def test_a_demo_request_becomes_commands_on_their_way_to_salesforce(sqs: Any, queues: dict[str, str]) -> None:
    asked = {
        "id": "1",
        "kind": "demo_requested",
        "occurred_at": iso(Instant(NOW - 1_000)),
        "keys": {"email": "ada@example.com"},
        "attributes": {"product_line": "presses"},
        "profile": {
            "last_name": "Lovelace",
            "company": "Analytical Engines",
            "job_title": "Head of Production",
        },
        "consents": [CALL_ME],
    }
    body = as_bytes({"engagements": [asked]})
    assert post("/intake/website", body, intake_headers(body, NOW)).status_code == 200

    answer = app.record_engagements(batch(*take(sqs, queues["engagements"])), None)

    assert answer == {"batchItemFailures": []}
    key = person_key("email", "ada@example.com")
    person = bootstrap.persons().keys(bootstrap.persons().find([key])[key])
    assert person == frozenset({key})

    app.relay_outbox(stream_of_the_table(), None)

    references = [each for body in take(sqs, queues["deliveries"]) for each in json.loads(body)]
    records = {sk.split("#")[1] for _, sk in references}
    assert records == {"person", "interest", "touchpoint", "enrichment", "twins"}


def test_what_no_worker_can_read_is_reported_for_the_dead_letter_queue(
    sqs: Any, queues: dict[str, str]
) -> None:
    body = as_bytes([event(timestampUTC=None)])
    post(
        "/marketing-cloud/events",
        body,
        JSON_TYPE | {"x-sfmc-ens-signature": ens_signature(body, ENS_KEY.encode())},
    )

    answer = app.record_engagements(batch(*take(sqs, queues["engagements"])), None)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


def test_a_review_with_nobody_due_asks_for_nothing(sqs: Any, queues: dict[str, str]) -> None:
    app.review_due(
        Client(app.app).events.generate_cw_event("aws.events", "Scheduled Event", {}, [], "x"), None
    )

    assert take(sqs, queues["engagements"]) == []


def test_before_the_fields_are_locked_the_check_has_nothing_to_look_for(
    queues: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    app.check_lock(
        Client(app.app).events.generate_cw_event("aws.events", "Scheduled Event", {}, [], "x"), None
    )

    assert json.loads(capsys.readouterr().out)["what"] == "fields not locked yet"


def test_a_command_that_is_gone_is_delivered_without_a_call(sqs: Any, queues: dict[str, str]) -> None:
    answer = app.deliver(batch(json.dumps([["PERSON#1", "OUTBOX#person#1"]])), None)

    assert answer == {"batchItemFailures": []}


def stream_of_the_table() -> dict[str, Any]:
    """Tell of every item as the table's stream does that has just seen it written."""
    items = boto3.client("dynamodb").scan(TableName="smarketing")["Items"]
    return {
        "Records": [
            {
                "eventID": str(number),
                "eventName": "INSERT",
                "eventSource": "aws:dynamodb",
                "awsRegion": "eu-central-1",
                "eventSourceARN": "arn:aws:dynamodb:eu-central-1:1:table/smarketing/stream/label",
                "dynamodb": {"Keys": {"pk": item["pk"], "sk": item["sk"]}, "StreamViewType": "KEYS_ONLY"},
            }
            for number, item in enumerate(items)
        ]
    }
