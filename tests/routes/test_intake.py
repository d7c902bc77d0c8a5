"""POST /intake/{source}: the signed JSON intake of any other source."""

import json
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.consent import Consent, Subject, withdrawal
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.instant import DAY, SECOND, Instant, iso, parse_instant
from tests.routes.conftest import JSON_TYPE, NOW, FrontDoor, as_bytes, intake_headers

PATH = "/intake/website"


def engagement(**fields: Any) -> dict[str, Any]:
    return {
        "id": "form-4711",
        "kind": "demo_requested",
        "occurred_at": "2026-09-20T08:00:00+02:00",
        "keys": {"email": "Ada@Example.com"},
    } | fields


def post(door: FrontDoor, *engagements: Any, path: str = PATH) -> Any:
    return door.signed(path, {"engagements": list(engagements)})


class TestEngagements:
    def test_an_engagement_is_kept_with_all_that_it_tells(self, door: FrontDoor) -> None:
        answer = post(
            door,
            engagement(
                keys={"email": "Ada@Example.com", "lead": "00Q5g00000AbCdEEAV"},
                attributes={"product_line": "presses", "amount": 12.5, "first_visit": True},
                profile={"company": "Analytical Engines", "employees": 1200},
                opt_ins={"newsletter": True, "events": False},
            ),
        )

        assert answer.status_code == 200
        assert answer.json_body == {"accepted": 1, "refused": 0, "ignored": 0, "problems": []}
        kept = door.queue.engagements[0]
        assert (kept.kind, kept.source) == ("demo_requested", "website")
        assert kept.occurred_at == parse_instant("2026-09-20T06:00:00Z")
        assert kept.keys == (PersonKey("email", "ada@example.com"), PersonKey("lead", "00Q5g00000AbCdE"))
        assert kept.attributes == {"product_line": "presses", "amount": 12.5, "first_visit": True}
        assert kept.profile == {"company": "Analytical Engines", "employees": "1200"}
        assert kept.consents == (
            Consent(Subject("email", "newsletter", ""), "requested"),
            withdrawal(purpose="events"),
        )

    def test_a_repeat_has_the_same_id_and_another_source_another_one(self, door: FrontDoor) -> None:
        post(door, engagement(), engagement(kind="quote_requested"))
        post(door, engagement(), path="/intake/trade-fair")

        first, second, third = door.queue.engagements
        assert first.id == second.id
        assert third.id != first.id

    def test_a_source_that_calls_itself_by_a_platforms_name_cannot_hide_its_events(
        self, door: FrontDoor
    ) -> None:
        door.signed("/account-engagement/activities", {"prospects": [{"id": 1, "updatedAt": iso(NOW)}]})
        post(door, engagement(id=f"prospect\x1f1\x1f{iso(NOW)}"), path="/intake/account-engagement")

        theirs, ours = door.queue.engagements
        assert theirs.id != ours.id

    def test_a_malformed_engagement_costs_no_other(self, door: FrontDoor) -> None:
        answer = post(door, engagement(), engagement(keys={}), engagement(id="2"))

        assert answer.status_code == 200
        assert answer.json_body["accepted"] == 2
        assert answer.json_body["problems"][0].startswith("engagements[1].keys: ")
        assert json.loads(door.queue.unreadable[0]["raw"]) == engagement(keys={})

    @pytest.mark.parametrize(
        ("broken", "field"),
        [
            ("text", "engagement"),
            (engagement(id=None), "id"),
            (engagement(id=""), "id"),
            (engagement(id="x" * 256), "id"),
            (engagement(kind="Demo Requested"), "kind"),
            (engagement(kind=None), "kind"),
            (engagement(occurred_at="2026-09-20T08:00:00"), "occurred_at"),
            (engagement(occurred_at=NOW), "occurred_at"),
            (engagement(occurred_at="1999-12-31T23:59:59Z"), "occurred_at"),
            (engagement(occurred_at="2026-02-30T00:00:00Z"), "occurred_at"),
            (engagement(occurred_at=iso(Instant(NOW + DAY + SECOND))), "occurred_at"),
            (engagement(keys=None), "keys"),
            (engagement(keys=["email"]), "keys"),
            (engagement(keys={"phone": "1"}), "keys"),
            (engagement(keys={"email": "ada"}), "keys.email"),
            (engagement(keys={"email": "a@b c.de"}), "keys.email"),
            (engagement(keys={"lead": None}), "keys.lead"),
            (engagement(attributes=[1]), "attributes"),
            (engagement(attributes={"a": [1]}), "attributes.a"),
            (engagement(attributes={"a": 2**60}), "attributes.a"),
            (engagement(attributes={f"a{n}": n for n in range(51)}), "attributes"),
            (engagement(attributes={"Camel": 1}), "attributes"),
            (engagement(profile={"company": True}), "profile.company"),
            (engagement(opt_ins={"newsletter": "yes"}), "opt_ins.newsletter"),
        ],
    )
    def test_the_answer_names_the_field_at_fault(self, door: FrontDoor, broken: Any, field: str) -> None:
        answer = post(door, engagement(), broken)

        assert answer.json_body["refused"] == 1
        assert answer.json_body["problems"][0].startswith(f"engagements[1].{field}: ")
        assert "\n" not in answer.json_body["problems"][0]

    def test_a_request_without_one_good_engagement_is_400_and_stays_with_its_sender(
        self, door: FrontDoor
    ) -> None:
        answer = post(door, engagement(keys={}), engagement(id=None))

        assert answer.status_code == 400
        assert answer.json_body["Message"].startswith("engagements[0].keys: ")
        assert door.queue.bodies == []

    def test_the_names_of_the_first_ten_problems_are_enough(self, door: FrontDoor) -> None:
        answer = post(door, engagement(), *[engagement(id=None)] * 30)

        assert answer.json_body["refused"] == 30
        assert len(answer.json_body["problems"]) == 10

    def test_a_day_ahead_is_still_taken_as_clocks_differ(self, door: FrontDoor) -> None:
        assert post(door, engagement(occurred_at=iso(Instant(NOW + DAY)))).json_body["accepted"] == 1

    def test_control_characters_and_lone_surrogates_never_reach_the_queue(self, door: FrontDoor) -> None:
        body = as_bytes({"engagements": [engagement(profile={"company": "A\x00B\ud800C\uffffD"})]})

        door.signed(PATH, body)

        assert door.queue.engagements[0].profile["company"] == "ABCD"


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"\x00",
            b"{}",
            b"[]",
            b"null",
            b'"engagements"',
            b'{"engagements": null}',
            b'{"engagements": {}}',
            b'{"engagements": [',
            b'{"engagements": [NaN]}',
            b'{"engagements": [-Infinity]}',
            b'{"engagements": "\xff"}',
            b'{"engagements": ' + b"[" * 200 + b"]" * 200 + b"}",
            b'{"engagements": ' + b"[" * 200_000,
            b'{"engagements": [' + b"1" * 5_000 + b"]}",
            as_bytes({"engagements": [engagement()] * 1_001}),
        ],
    )
    def test_what_is_not_the_documented_form_is_400(self, door: FrontDoor, body: bytes) -> None:
        answer = door.signed(PATH, body)

        assert answer.status_code == 400
        assert answer.json_body["Message"].count("\n") == 0
        assert door.queue.bodies == []

    def test_a_source_can_not_pass_for_ourselves(self, door: FrontDoor) -> None:
        assert post(door, engagement(), path="/intake/smarketing").status_code == 400

    @pytest.mark.parametrize("source", ["Web", "a_b", "-a", "x" * 41, "a%2Fb", "%C3%A4"])
    def test_a_source_that_is_no_plain_name_is_400(self, door: FrontDoor, source: str) -> None:
        assert post(door, engagement(), path=f"/intake/{source}").status_code == 400

    def test_a_byte_order_mark_is_tolerated(self, door: FrontDoor) -> None:
        body = b"\xef\xbb\xbf" + as_bytes({"engagements": [engagement()]})

        assert door.signed(PATH, body).status_code == 200

    def test_a_field_that_is_named_twice_counts_once(self, door: FrontDoor) -> None:
        body = as_bytes(engagement()).replace(b'"id": "form-4711"', b'"id": "a", "id": "form-4711"')

        assert door.signed(PATH, b'{"engagements": [' + body + b"]}").json_body["accepted"] == 1

    def test_a_body_that_is_too_large_is_413(self, door: FrontDoor, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SMARKETING_MAX_BODY_BYTES", "10")

        assert post(door, engagement()).status_code == 413

    def test_a_queue_that_takes_nothing_is_503(self, door: FrontDoor) -> None:
        door.queue.is_down = True

        assert post(door, engagement()).status_code == 503


class TestSignature:
    def test_an_unknown_key_is_401(self, door: FrontDoor) -> None:
        assert door.signed(PATH, {"engagements": []}, key_id="nobody").status_code == 401

    def test_an_unknown_key_is_401_even_with_a_guess_at_what_unknown_keys_sign_with(
        self, door: FrontDoor
    ) -> None:
        assert door.signed(PATH, {"engagements": []}, key_id="nobody", key="None").status_code == 401

    def test_another_keys_signature_is_401(self, door: FrontDoor) -> None:
        assert door.signed(PATH, {"engagements": []}, key="second secret").status_code == 401

    def test_two_keys_are_active_during_a_rotation(self, door: FrontDoor) -> None:
        body = {"engagements": [engagement()]}

        assert door.signed(PATH, body).status_code == 200
        assert door.signed(PATH, body, key_id="website-2", key="second secret").status_code == 200

    def test_a_key_that_was_taken_out_is_401(self, door: FrontDoor) -> None:
        del door.secret["intake_keys"]["website"]

        assert post(door, engagement()).status_code == 401

    def test_another_version_of_the_signature_is_401(self, door: FrontDoor) -> None:
        assert door.signed(PATH, {"engagements": []}, version="v0").status_code == 401

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_a_request_from_outside_the_replay_window_is_401(self, door: FrontDoor, seconds: int) -> None:
        door.now = Instant(NOW + seconds * SECOND)

        answer = post(door, engagement())

        assert answer.status_code == 401
        assert answer.json_body["Message"].startswith("X-Smarketing-Timestamp: ")

    @pytest.mark.parametrize("seconds", [-300, 300])
    def test_the_edges_of_the_replay_window_are_inside(self, door: FrontDoor, seconds: int) -> None:
        door.now = Instant(NOW + seconds * SECOND)

        assert post(door, engagement()).status_code == 200

    def test_a_replayed_request_is_401_after_the_window(self, door: FrontDoor) -> None:
        body = as_bytes({"engagements": [engagement()]})
        recorded = intake_headers(body, NOW)
        assert door.post(PATH, body, recorded).status_code == 200

        bootstrap.use_clock(lambda: Instant(NOW + 301 * SECOND))

        assert door.post(PATH, body, recorded).status_code == 401

    @pytest.mark.parametrize("timestamp", ["", "now", "1790000000.5", "-1", "９" * 10, "9" * 400])
    def test_a_timestamp_that_is_none_is_401(self, door: FrontDoor, timestamp: str) -> None:
        headers = intake_headers(b"{}", NOW) | {"X-Smarketing-Timestamp": timestamp}

        assert door.post(PATH, b"{}", headers).status_code == 401

    @pytest.mark.parametrize(
        "missing", ["X-Smarketing-Key", "X-Smarketing-Timestamp", "X-Smarketing-Signature"]
    )
    def test_a_missing_header_is_401(self, door: FrontDoor, missing: str) -> None:
        headers = intake_headers(b"{}", NOW)
        del headers[missing]

        assert door.post(PATH, b"{}", headers).status_code == 401

    def test_header_names_count_in_any_case(self, door: FrontDoor) -> None:
        body = as_bytes({"engagements": [engagement()]})
        lower = {name.lower(): value for name, value in intake_headers(body, NOW).items()}

        assert door.post(PATH, body, lower).status_code == 200

    @pytest.mark.parametrize("secret", [{}, {"intake_keys": []}, {"intake_keys": {"website": ""}}])
    def test_without_keys_nobody_gets_in(self, door: FrontDoor, secret: dict[str, Any]) -> None:
        door.secret.clear()
        door.secret.update(secret)

        assert post(door, engagement()).status_code == 401
        assert door.signed(PATH, {"engagements": []}, key="").status_code == 401
        assert door.post(PATH, b"{}", JSON_TYPE).status_code == 401
