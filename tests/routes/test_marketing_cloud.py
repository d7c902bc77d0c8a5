"""POST /marketing-cloud/events, as Marketing Cloud's Event Notification Service calls it."""

import base64
import json
import time
from typing import Any

import pytest

from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.message import VerifyCallback
from tests.routes.conftest import ENS_KEY, JSON_TYPE, NOW, FrontDoor, as_bytes, ens_signature

SUBSCRIBER = PersonKey("subscriber", "1447640:135804581")


def event(kind: str = "EngagementEvents.EmailOpen", **changes: Any) -> dict[str, Any]:
    """An event in the form of the guide's "Supported Notification Events"."""
    return {
        "eventCategoryType": kind,
        "timestampUTC": NOW - 1_000,
        "compositeId": "2001071.44609.4119.135804581",
        "composite": {
            "jobId": "2001071",
            "batchId": "4119",
            "listId": "44609",
            "subscriberId": "135804581",
        },
        "definitionKey": "NA",
        "mid": 1447640,
        "eid": 1447640,
        "info": {"ipAddress": "192.0.2.1", "userAgent": "Mozilla/4.0", "location": {}},
    } | changes


SENT = event(
    "TransactionalSendEvents.EmailSent",
    definitionKey="price-list",
    info={
        "to": "M.Duarte@Example.com",
        "subscriberKey": "003xx000004TmiQAAS",
        "messageKey": "f2b21aa0",
        "status": "Sent",
        "renderedSubject": "Ihre Preisliste",
    },
)


class TestKinds:
    @pytest.mark.parametrize(
        ("kind", "ours"),
        [
            ("TransactionalSendEvents.EmailSent", "email_sent"),
            ("TransactionalSendEvents.EmailNotSent", "email_not_sent"),
            ("TransactionalSendEvents.EmailBounced", "email_bounced"),
            ("EngagementEvents.EmailOpen", "email_opened"),
            ("EngagementEvents.EmailClick", "email_clicked"),
            ("EngagementEvents.EmailUnsubscribe", "email_unsubscribed"),
        ],
    )
    def test_each_email_event_becomes_its_kind_of_engagement(
        self, door: FrontDoor, kind: str, ours: str
    ) -> None:
        answer = door.ens([event(kind)])

        assert answer.status_code == 200
        assert [each.kind for each in door.queue.engagements] == [ours]
        assert door.queue.engagements[0].occurred_at == NOW - 1_000
        assert door.queue.engagements[0].source == "marketing_cloud"

    def test_a_text_message_is_ignored(self, door: FrontDoor) -> None:
        answer = door.ens([event("TransactionalSendEvents.SmsSent"), event()])

        assert answer.json_body == {"accepted": 1, "refused": 0, "ignored": 1, "problems": []}

    def test_a_click_keeps_its_link(self, door: FrontDoor) -> None:
        link = "https://www.example.com/presses?utm_source=newsletter"

        door.ens([event("EngagementEvents.EmailClick", info={"contentLink": link, "jobUrlId": "74165311"})])

        assert door.queue.engagements[0].attributes["url"] == link

    def test_a_bounce_keeps_its_type(self, door: FrontDoor) -> None:
        bounce = {"to": "a@example.com", "bounceCode": "HARD", "smtpReason": "5.1.1"}

        door.ens([event("TransactionalSendEvents.EmailBounced", info=bounce)])

        assert door.queue.engagements[0].attributes["bounce_type"] == "hard"

    def test_an_unsubscription_withdraws_every_opt_in(self, door: FrontDoor) -> None:
        door.ens([event("EngagementEvents.EmailUnsubscribe", info={"unsubscribeMethod": "Click"})])

        assert door.queue.engagements[0].consents == (withdrawal(),)


class TestPersons:
    def test_an_open_is_joined_to_its_send_by_the_subscriber(self, door: FrontDoor) -> None:
        door.ens([SENT, event()])

        sent, opened = door.queue.engagements
        assert opened.keys == (SUBSCRIBER,)
        assert SUBSCRIBER in sent.keys
        assert PersonKey("email", "m.duarte@example.com") in sent.keys

    def test_a_subscriber_key_that_is_a_contacts_id_is_a_key(self, door: FrontDoor) -> None:
        door.ens([SENT])

        assert PersonKey("contact", "003xx000004TmiQ") in door.queue.engagements[0].keys

    def test_the_old_composite_id_names_the_subscriber_where_composite_is_missing(
        self, door: FrontDoor
    ) -> None:
        old = event()
        del old["composite"]

        door.ens([old])

        assert door.queue.engagements[0].keys == (SUBSCRIBER,)

    def test_a_message_that_was_not_sent_is_known_by_its_address_alone(self, door: FrontDoor) -> None:
        not_sent = event(
            "TransactionalSendEvents.EmailNotSent",
            composite=None,
            compositeId="3d9ee7e3.1722202.69399.0.0",
            info={"to": "a@example.com", "statusMessage": "Unsubscribed"},
        )

        door.ens([not_sent])

        assert door.queue.engagements[0].keys == (PersonKey("email", "a@example.com"),)

    def test_the_same_event_sent_again_has_the_same_id(self, door: FrontDoor) -> None:
        door.ens([event()])
        door.ens([dict(reversed(event().items()))])

        first, second = door.queue.engagements
        assert first.id == second.id

    @pytest.mark.parametrize(
        "other",
        [
            event("EngagementEvents.EmailClick"),
            event(timestampUTC=NOW - 999),
            event(info={"ipAddress": "192.0.2.2"}),
            event(composite=event()["composite"] | {"jobId": "7"}),
        ],
        ids=["type", "time", "info", "composite"],
    )
    def test_another_event_has_another_id(self, door: FrontDoor, other: dict[str, Any]) -> None:
        door.ens([event(), other])

        first, second = door.queue.engagements
        assert first.id != second.id


class TestSignature:
    def test_a_wrong_signature_is_401_and_keeps_nothing(self, door: FrontDoor) -> None:
        answer = door.ens([event()], key="somebody else's")

        assert answer.status_code == 401
        assert answer.json_body["Message"].startswith("x-sfmc-ens-signature: ")
        assert door.queue.bodies == []

    def test_a_missing_signature_is_401(self, door: FrontDoor) -> None:
        answer = door.post("/marketing-cloud/events", [event()], JSON_TYPE)

        assert answer.status_code == 401

    def test_a_changed_body_is_401(self, door: FrontDoor) -> None:
        signature = ens_signature(as_bytes([event()]), ENS_KEY.encode())

        answer = door.post(
            "/marketing-cloud/events",
            [event(timestampUTC=NOW)],
            JSON_TYPE | {"x-sfmc-ens-signature": signature},
        )

        assert answer.status_code == 401

    def test_the_signature_is_over_the_bytes_as_they_came(self, door: FrontDoor) -> None:
        body = b" [\n" + json.dumps(event()).encode() + b"\r\n ] "

        assert door.ens(body).status_code == 200

    def test_both_keys_are_taken_during_a_rotation(self, door: FrontDoor) -> None:
        door.secret["ens_signature_keys"] = [ENS_KEY, "the next key"]

        assert door.ens([event()]).status_code == 200
        assert door.ens([event()], key="the next key").status_code == 200

    def test_the_old_key_is_refused_after_the_rotation(self, door: FrontDoor) -> None:
        door.secret["ens_signature_keys"] = ["the next key"]

        assert door.ens([event()]).status_code == 401

    def test_the_key_is_decoded_where_the_setting_says_base64(
        self, door: FrontDoor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("SMARKETING_ENS_KEY_ENCODING", "base64")
        signature = ens_signature(as_bytes([event()]), base64.b64decode(ENS_KEY))

        answer = door.post(
            "/marketing-cloud/events", [event()], JSON_TYPE | {"x-sfmc-ens-signature": signature}
        )

        assert answer.status_code == 200
        assert door.ens([event()]).status_code == 401

    def test_no_key_at_all_lets_nobody_in(self, door: FrontDoor) -> None:
        door.secret.clear()

        assert door.ens([event()], key="").status_code == 401


class TestHandshake:
    def test_it_is_kept_for_the_worker_and_answered_200_though_unsigned(self, door: FrontDoor) -> None:
        handshake = {"callbackId": "0b1c9d1e", "verificationKey": "aa-bb-cc"}

        answer = door.post("/marketing-cloud/events", handshake, JSON_TYPE)

        assert answer.status_code == 200
        assert door.queue.messages == [VerifyCallback("0b1c9d1e", "aa-bb-cc")]

    def test_it_needs_no_signature_key_as_there_is_none_before_it(self, door: FrontDoor) -> None:
        door.secret.clear()

        answer = door.post("/marketing-cloud/events", {"callbackId": "a", "verificationKey": "b"}, JSON_TYPE)

        assert answer.status_code == 200

    @pytest.mark.parametrize(
        "body",
        [
            {"callbackId": "a"},
            {"callbackId": 1, "verificationKey": "b"},
            {"callbackId": "", "verificationKey": ""},
        ],
    )
    def test_half_a_handshake_is_an_unsigned_request(self, door: FrontDoor, body: dict[str, Any]) -> None:
        assert door.post("/marketing-cloud/events", body, JSON_TYPE).status_code == 401


class TestArrays:
    def test_a_thousand_events_travel_in_few_messages_within_the_senders_patience(
        self, door: FrontDoor
    ) -> None:
        events = [event(timestampUTC=NOW - number) for number in range(1_000)]
        began = time.perf_counter()

        answer = door.ens(events)

        assert answer.json_body["accepted"] == 1_000
        assert len({each.id for each in door.queue.engagements}) == 1_000
        assert len(door.queue.bodies) == 10
        assert time.perf_counter() - began < 3

    def test_a_malformed_event_costs_no_other(self, door: FrontDoor) -> None:
        broken = event(timestampUTC="yesterday")

        answer = door.ens([event(), broken, event("EngagementEvents.EmailClick")])

        assert answer.status_code == 200
        assert answer.json_body["accepted"] == 2
        assert answer.json_body["refused"] == 1
        assert answer.json_body["problems"][0].startswith("events[1].timestampUTC: ")

    def test_a_malformed_event_is_kept_as_it_came_for_the_dead_letter_queue(self, door: FrontDoor) -> None:
        broken = event(timestampUTC=None)

        door.ens([broken])

        assert json.loads(door.queue.unreadable[0]["raw"]) == broken

    @pytest.mark.parametrize(
        ("broken", "field"),
        [
            ("no object", "event"),
            (event(kind=""), "eventCategoryType"),
            ({k: v for k, v in event().items() if k != "eventCategoryType"}, "eventCategoryType"),
            (event(timestampUTC=True), "timestampUTC"),
            (event(timestampUTC=12), "timestampUTC"),
            (event(timestampUTC=NOW + 90_000_000), "timestampUTC"),
            (event(info=[]), "info"),
            (event(composite="1.2.3"), "composite"),
            (event(mid=None), "mid"),
            (event(composite={}, compositeId=None, info={"to": "nobody"}), "composite.subscriberId"),
        ],
    )
    def test_the_answer_names_the_field_at_fault(self, door: FrontDoor, broken: Any, field: str) -> None:
        answer = door.ens([broken])

        assert answer.status_code == 200
        assert answer.json_body["problems"][0].startswith(f"events[0].{field}: ")

    def test_an_empty_array_is_taken(self, door: FrontDoor) -> None:
        assert door.ens([]).json_body["accepted"] == 0

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{}",
            b"null",
            b"[",
            b"\xff\xfe",
            b'[{"a": NaN}]',
            b"[Infinity]",
            b"[" * 100_000,
            b"9" * 5_000,
        ],
    )
    def test_what_is_no_json_array_is_400(self, door: FrontDoor, body: bytes) -> None:
        answer = door.ens(body)

        assert answer.status_code == 400
        assert answer.json_body["Message"].startswith("body: ")
        assert "\n" not in answer.json_body["Message"]
        assert door.queue.bodies == []


class TestKeeping:
    def test_a_body_that_is_too_large_is_413(self, door: FrontDoor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMARKETING_MAX_BODY_BYTES", "100")

        assert door.ens([event()]).status_code == 413

    def test_a_queue_that_takes_nothing_is_503_so_that_the_sender_tries_again(self, door: FrontDoor) -> None:
        door.queue.is_down = True

        answer = door.ens([event()])

        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0

    def test_another_content_type_is_415(self, door: FrontDoor) -> None:
        answer = door.ens([event()], **{"Content-Type": "text/plain"})

        assert answer.status_code == 415

    def test_the_log_holds_no_personal_data(
        self, door: FrontDoor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        door.ens([SENT, event(timestampUTC="m.duarte@example.com")])

        log = capsys.readouterr().out
        assert '"what":"request"' in log
        assert "duarte" not in log.lower()

    def test_unreadable_events_are_counted_as_a_metric(
        self, door: FrontDoor, capsys: pytest.CaptureFixture[str]
    ) -> None:
        door.ens([event(timestampUTC="x")] * 3)

        lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        metric = next(line for line in lines if "_aws" in line)
        assert metric["Unreadable"] == 3
        assert metric["source"] == "marketing_cloud"
        assert metric["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"] == "Unreadable"
