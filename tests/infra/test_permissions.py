"""A click on its way through all functions, each with its own variables: what a role allows is enough."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import boto3
import pytest
from chalice.test import Client
from moto import mock_aws

import app
from chalicelib import bootstrap
from chalicelib.domain.command import Command
from chalicelib.domain.engagement import Engagement, PersonKey, engagement_id, person_key
from chalicelib.domain.instant import DAY, Instant, iso
from chalicelib.domain.message import pack
from chalicelib.domain.outcome import Outcome, Refused, Written
from chalicelib.domain.support_case import SupportCase
from chalicelib.domain.watermark import Watermark
from chalicelib.errors import Misconfigured
from chalicelib.gateways.store.locks import Lock, Locks
from chalicelib.playbook.compiler import to_json, version_of
from smarketing.playbook_files import read_playbook
from tests.infra.cloudformation import Template
from tests.infra.stack import Permission, Stack, make_stack
from tests.routes.conftest import JWT_SECRET, NOW, intake_headers
from tests.routes.consents import CALL_ME
from tests.routes.test_change_events import change
from tests.routes.test_handlers import batch
from tests.routes.test_journey_activity import JWT_TYPE, token
from tests.routes.test_mailing_permission import QUESTION
from tests.services.fake_crm import FakeCrm


@pytest.fixture
def stack(template: Template, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    for name in ("TABLE", "ENGAGEMENT_QUEUE_URL", "DELIVERY_QUEUE_URL"):
        monkeypatch.delenv(f"SMARKETING_{name}", raising=False)
    with mock_aws():
        bootstrap.use_clock(lambda: NOW)
        yield make_stack(template, monkeypatch)
    bootstrap.use_clock(bootstrap.system_clock)


@dataclass(frozen=True)
class Journey:
    """Runs the functions one after the other, and hands on what each put on the queues."""

    stack: Stack

    def intake(self) -> set[Permission]:
        asked = {
            "id": "1",
            "kind": "demo_requested",
            "occurred_at": iso(Instant(NOW - 1_000)),
            "keys": {"email": "ada@example.com"},
            "attributes": {"product_line": "presses"},
            "profile": {"last_name": "Lovelace", "company": "Engines", "job_title": "Head of Production"},
            "consents": [CALL_ME],
            "opt_ins": {"newsletter": True},
        }
        body = json.dumps({"engagements": [asked]}).encode()

        def post() -> None:
            headers = intake_headers(body, NOW)
            assert Client(app.app).http.post("/intake/website", headers=headers, body=body).status_code == 200

        return self.stack.run("APIHandler", post)

    def record(self, *bodies: str) -> set[Permission]:
        def work() -> None:
            assert app.record_engagements(batch(*bodies), None) == {"batchItemFailures": []}

        return self.stack.run("RecordEngagements", work)

    def relay(self) -> set[Permission]:
        items = boto3.client("dynamodb").scan(TableName="Table")["Items"]
        records = [
            {
                "eventID": "1",
                "eventName": "INSERT",
                "eventSourceARN": "arn",
                "dynamodb": {"Keys": {"pk": item["pk"], "sk": item["sk"]}},
            }
            for item in items
        ]
        return self.stack.run("RelayOutbox", lambda: app.relay_outbox({"Records": records}, None))

    def deliver(self, bodies: list[str], crm: FakeCrm) -> set[Permission]:
        def work() -> None:
            with self.stack.monkeypatch.context() as patch:
                patch.setattr(bootstrap.platforms, "salesforce", lambda: crm)
                patch.setattr(bootstrap.handlers.twins, "lookalikes", lambda: crm)
                patch.setattr(bootstrap.enrichment, "enrichments", NothingToEnrich)
                assert app.deliver(batch(*bodies), None) == {"batchItemFailures": []}

        return self.stack.run("Deliver", work)

    def received(self, queue: str) -> list[str]:
        answer = boto3.client("sqs").receive_message(QueueUrl=self.stack.names[queue], MaxNumberOfMessages=10)
        return [each["Body"] for each in answer.get("Messages", [])]


class NothingToEnrich:
    """Takes what asks for enrichment: the org isn't there to be read."""

    def write(self, commands: Sequence[Command]) -> list[Outcome]:
        return [Written("") for _ in commands]


@pytest.fixture
def journey(stack: Stack) -> Journey:
    source = read_playbook()

    def publish() -> None:
        bootstrap.playbooks().publish(version_of(source), to_json(source))

    stack.run("RecordEngagements", publish)
    return Journey(stack)


def test_the_front_door_may_check_a_signature_and_keep_what_came(journey: Journey) -> None:
    assert journey.intake() <= journey.stack.allowed("APIHandler")
    assert len(journey.received("EngagementQueue")) == 1


def test_the_front_door_may_permit_a_mailing_and_refold_for_it(journey: Journey) -> None:
    journey.intake()
    journey.record(*journey.received("EngagementQueue"))
    secret = json.dumps({"journey_jwt_secrets": [JWT_SECRET]})
    boto3.client("secretsmanager").put_secret_value(SecretId="CallbackSecret", SecretString=secret)
    arguments = [
        QUESTION["inArguments"][0] | {"emailAddress": "ada@example.com", "purpose": "contact_request"}
    ]
    answers: list[str] = []

    def ask() -> None:
        for way in "ab":
            question = QUESTION | {"inArguments": arguments, "definitionInstanceId": way}
            path = "/mailing-permission/execute"
            answer = Client(app.app).http.post(path, headers=JWT_TYPE, body=token(question).encode())
            answers.append(answer.json_body["branchResult"])

    needed = journey.stack.run("APIHandler", ask)

    assert answers == ["send", "send"]
    assert ("dynamodb:ConditionCheckItem", "Table") not in needed  # Nobody was absorbed.
    assert needed <= journey.stack.allowed("APIHandler")


def test_the_worker_may_record_merge_and_refold(journey: Journey) -> None:
    needed = journey.record(*pack([viewed("a", 3), viewed("b", 2)]))
    needed |= journey.record(*pack([viewed("a", 1, "b")]))
    needed |= journey.record(*pack([viewed("a", 9)]))
    # What waits in the outbox of somebody who is absorbed must not be written any more.
    for keys in ((lead("x"),), (lead("y"),), (lead("x"), lead("y"))):
        needed |= journey.record(*pack([replace(viewed(str(keys), 1), keys=keys)]))

    assert needed == permissions_of_its_own(journey.stack, "RecordEngagements", to="Table") | {
        ("secretsmanager:GetSecretValue", "PrivacySecret")
    }


def test_relay_and_delivery_may_write_park_and_tell_of_a_new_lead(journey: Journey) -> None:
    journey.intake()
    journey.record(*journey.received("EngagementQueue"))
    crm = FakeCrm(before=refuse_touchpoints)
    boto3.client("sesv2").create_email_identity(EmailIdentity="news@example.com")

    relayed = journey.relay()
    delivered = journey.deliver(journey.received("DeliveryQueue"), crm)

    assert relayed == {("sqs:SendMessage", "DeliveryQueue")}
    assert relayed <= journey.stack.allowed("RelayOutbox")
    assert delivered == permissions_of_its_own(journey.stack, "Deliver", to="Table") | {
        ("sqs:SendMessage", "EngagementQueue"),
        ("secretsmanager:GetSecretValue", "PrivacySecret"),
        ("ses:SendEmail", "MailIdentity"),
    }
    assert {each.id[:3] for each in crm.records.values()} == {"00Q", "a01"}


def test_the_review_may_ask_who_is_due_and_nothing_else_of_the_table(journey: Journey) -> None:
    due = {"pk": "PERSON#1", "sk": "STATE", "due_shard": "0"}
    item = {name: {"S": value} for name, value in due.items()} | {"due_at": {"N": str(NOW)}}
    boto3.client("dynamodb").put_item(TableName="Table", Item=item)
    event = Client(app.app).events.generate_cw_event("aws.events", "Scheduled Event", {}, [], "x")

    needed = journey.stack.run("ReviewDue", lambda: app.review_due(event, None))

    assert needed == {("dynamodb:Query", "Table/index/due"), ("sqs:SendMessage", "EngagementQueue")}
    assert needed <= journey.stack.allowed("ReviewDue")


def test_the_check_of_the_lock_may_read_the_lock_and_log_in_to_salesforce(journey: Journey) -> None:
    lock = Lock(Instant(0), "operator", "00D", ("Lead.Smarketing_Score__c",))
    event = Client(app.app).events.generate_cw_event("aws.events", "Scheduled Event", {}, [], "x")

    def check() -> None:
        # The stack's secret is none of an org, so that it goes no further.
        with pytest.raises(Misconfigured, match="Salesforce secret"):
            app.check_lock(event, None)

    Locks(boto3.client("dynamodb"), "Table").save(lock)
    needed = journey.stack.run("CheckLock", check)

    assert needed == {("dynamodb:GetItem", "Table"), ("secretsmanager:GetSecretValue", "SalesforceSecret")}
    assert needed <= journey.stack.allowed("CheckLock")


def test_the_poll_of_activities_may_ask_for_a_history_and_keep_its_watermarks(journey: Journey) -> None:
    event = Client(app.app).events.generate_cw_event("aws.events", "Scheduled Event", {}, [], "x")
    contact = person_key("contact", "0035g00000AbCdE")
    case = SupportCase("5005g00000AbCdE", contact, Instant(NOW - DAY), Instant(NOW - 1))
    called = Engagement(engagement_id("test"), "sales_called", Instant(NOW - DAY), "test", (contact,))
    journey.record(*pack([called]))

    class Crm:
        def facts(self, source: str, since: Watermark | None, now: Instant) -> Iterator[object]:
            return iter([(Watermark(Instant(NOW - 1)), case)] if source == "cases" else [])

    def poll() -> None:
        with journey.stack.monkeypatch.context() as patch:
            patch.setattr(bootstrap.platforms, "salesforce", Crm)
            app.poll_salesforce_activities(event, None)

    needed = journey.stack.run("PollSalesforceActivities", poll)

    assert needed == permissions_of_its_own(journey.stack, "PollSalesforceActivities", to="Table") | {
        ("sqs:SendMessage", "EngagementQueue")
    }
    assert len(journey.received("EngagementQueue")) == 1


def test_change_events_may_be_put_on_the_queue(journey: Journey) -> None:
    detail = {"payload": change(Email="ada@example.com"), "schemaId": "x", "id": "1"}
    source = "aws.partner/salesforce.com/00D5g00000AbCdEEAV/0YL5g000000CabWGAS"
    event = Client(app.app).events.generate_cw_event(source, "LeadChangeEvent", detail, ["r"], "eu-central-1")

    needed = journey.stack.run("TakeChangeEvents", lambda: app.take_change_events(event, None))

    assert needed == {("sqs:SendMessage", "EngagementQueue")}
    assert needed <= journey.stack.allowed("TakeChangeEvents")


def viewed(name: str, days_ago: float, *others: str) -> Engagement:
    return Engagement(
        id=engagement_id("test", name, str(days_ago)),
        kind="page_viewed",
        occurred_at=Instant(int(NOW - days_ago * DAY)),
        source="website",
        keys=tuple(person_key("email", f"{each}@example.com") for each in (name, *others)),
        attributes={"product_line": "presses"},
    )


def lead(name: str) -> PersonKey:
    return person_key("lead", f"00Q00000000000{name}")


def refuse_touchpoints(command: Command) -> Outcome | None:
    return Refused("not today") if command.record == "touchpoint" else None


def permissions_of_its_own(stack: Stack, function: str, to: str) -> set[Permission]:
    """What a role allows with one resource."""
    return {each for each in stack.allowed(function) if each[1] == to}
