"""/journey-activity, as Journey Builder calls it."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from chalice.test import HTTPResponse
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import bootstrap
from chalicelib.domain.engagement import PersonKey
from chalicelib.domain.qualification import compile_model
from chalicelib.playbook.compiler import compile_playbook
from smarketing.playbook_files import read_playbook
from tests.routes.conftest import JSON_TYPE, JWT_SECRET, NOW, FrontDoor
from tests.routes.test_any_input import assert_is_answer, fuzz, values

SECRET = JWT_SECRET
JWT_TYPE = {"Content-Type": "application/jwt"}

EXECUTION: dict[str, Any] = {
    "inArguments": [
        {
            "contactKey": "003xx000004TmiQAAS",
            "emailAddress": "M.Duarte@Example.com",
            "action": "hand_off",
            "productLine": "presses",
        }
    ],
    "outArguments": [{"accepted": False}],
    "activityObjectID": "2ad157c6-d111-4124-b996-4a3a48b2b168",
    "journeyId": "78d81790-19da-41dd-9ca2-6fd25baa5699",
    "activityId": "2ad157c6-d111-4124-b996-4a3a48b2b168",
    "definitionInstanceId": "c28f000a-af24-4a8e-bcee-23e9555efc02",
    "activityInstanceId": "14ffd8b8-abdb-457c-a800-90c47be99b51",
    "keyValue": "003xx000004TmiQAAS",
    "mode": 0,
}
"""In the form of the guide's "Custom Activity Configuration"."""


HEADER = {"alg": "HS256", "typ": "JWT"}


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def token(claims: Any, secret: str = SECRET, header: Any = HEADER, digest: Any = "sha256") -> str:
    signed = f"{encoded(json.dumps(header).encode())}.{encoded(json.dumps(claims).encode())}"
    return f"{signed}.{encoded(hmac.new(secret.encode(), signed.encode(), digest).digest())}"


@pytest.fixture
def journey(door: FrontDoor, monkeypatch: pytest.MonkeyPatch) -> FrontDoor:
    door.secret["journey_jwt_secrets"] = ["a newer secret", SECRET]
    monkeypatch.setenv("SMARKETING_PUBLIC_URL", "https://api.example.com/")
    return door


def execute(door: FrontDoor, body: str | bytes | None = None, **changes: Any) -> HTTPResponse:
    return door.post(
        "/journey-activity/execute", token(EXECUTION | changes) if body is None else body, JWT_TYPE
    )


def arguments(**changes: Any) -> list[dict[str, Any]]:
    return [{**EXECUTION["inArguments"][0], **changes}]


class TestExecute:
    def test_an_execution_becomes_an_engagement_and_journey_builder_is_told(self, journey: FrontDoor) -> None:
        answer = execute(journey)

        assert (answer.status_code, answer.json_body) == (200, {"accepted": True})
        [engagement] = journey.queue.engagements
        assert (engagement.kind, engagement.source, engagement.occurred_at) == (
            "journey_handed_off",
            "marketing_cloud",
            NOW,
        )
        assert engagement.keys == (
            PersonKey("contact", "003xx000004TmiQ"),
            PersonKey("email", "m.duarte@example.com"),
        )
        assert engagement.attributes == {"journey": EXECUTION["journeyId"], "product_line": "presses"}

    def test_a_step_that_only_counts_is_another_kind(self, journey: FrontDoor) -> None:
        execute(journey, inArguments=arguments(action="score", productLine=""))

        [engagement] = journey.queue.engagements
        assert engagement.kind == "journey_reached"
        assert "product_line" not in engagement.attributes

    def test_a_retry_is_the_same_engagement(self, journey: FrontDoor) -> None:
        execute(journey)
        bootstrap.use_clock(lambda: NOW + 60_000)  # type: ignore[arg-type,return-value]
        execute(journey, activityInstanceId="another try")

        first, second = journey.queue.engagements
        assert first.id == second.id

    @pytest.mark.parametrize("part", ["activityId", "definitionInstanceId", "keyValue"])
    def test_another_activity_journey_or_contact_is_another_engagement(
        self, journey: FrontDoor, part: str
    ) -> None:
        execute(journey)
        execute(journey, **{part: "003xx000004Other"})

        first, second = journey.queue.engagements
        assert first.id != second.id

    def test_arguments_may_lie_in_several_objects(self, journey: FrontDoor) -> None:
        parted = [{name: value} for name, value in EXECUTION["inArguments"][0].items()]

        execute(journey, inArguments=parted)

        assert journey.queue.engagements[0].attributes["product_line"] == "presses"

    def test_a_contact_key_that_is_an_address_names_the_person(self, journey: FrontDoor) -> None:
        execute(journey, keyValue="a@example.com", inArguments=arguments(emailAddress=""))

        assert journey.queue.engagements[0].keys == (PersonKey("email", "a@example.com"),)

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"inArguments": arguments(action="convert")}, "action"),
            ({"inArguments": arguments(action=None)}, "action"),
            ({"inArguments": {}}, "inArguments"),
            ({"inArguments": ["text"]}, "inArguments"),
            ({"definitionInstanceId": None}, "definitionInstanceId"),
            ({"activityId": None, "activityObjectID": None}, "activityId"),
            ({"keyValue": "12345", "inArguments": arguments(emailAddress="nobody")}, "emailAddress"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_with_the_field(
        self, journey: FrontDoor, changes: dict[str, Any], field: str
    ) -> None:
        answer = execute(journey, **changes)

        assert answer.status_code == 400
        assert field in answer.json_body["Message"]
        assert journey.queue.bodies == []

    def test_nothing_is_promised_while_the_queue_is_down(self, journey: FrontDoor) -> None:
        journey.queue.is_down = True

        assert execute(journey).status_code == 503


class TestSignature:
    @pytest.mark.parametrize("path", ["execute", "save", "validate", "publish", "stop"])
    def test_every_call_has_to_be_signed(self, journey: FrontDoor, path: str) -> None:
        answer = journey.post(f"/journey-activity/{path}", token(EXECUTION, "guess"), JWT_TYPE)

        assert answer.status_code == 401
        assert journey.queue.bodies == []

    def test_an_older_secret_that_is_still_active_is_taken(self, journey: FrontDoor) -> None:
        for secret in ("a newer secret", SECRET):
            assert execute(journey, token(EXECUTION, secret)).status_code == 200

    @pytest.mark.parametrize("header", [{"alg": "none"}, {"alg": "HS512"}, {"alg": "RS256"}, {}, [], "HS256"])
    def test_what_the_header_says_of_itself_decides_nothing(self, journey: FrontDoor, header: Any) -> None:
        assert execute(journey, token(EXECUTION, header=header)).status_code == 401

    def test_a_token_of_another_hash_is_refused(self, journey: FrontDoor) -> None:
        assert execute(journey, token(EXECUTION, digest=hashlib.sha512)).status_code == 401

    def test_an_unsigned_token_is_refused(self, journey: FrontDoor) -> None:
        signed = token(EXECUTION, header={"alg": "none"}).rsplit(".", 1)[0]

        assert execute(journey, f"{signed}.").status_code == 401

    def test_a_token_signed_with_an_empty_secret_is_refused_where_none_is_set(
        self, journey: FrontDoor
    ) -> None:
        for secrets in ([], [""], None, "text"):
            journey.secret["journey_jwt_secrets"] = secrets
            assert execute(journey, token(EXECUTION, "")).status_code == 401

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda good: good + "=",
            lambda good: good + ".",
            lambda good: good.replace(".", ".."),
            lambda good: good[:-1],
            lambda good: good.replace(".", " .", 1),
            lambda good: "",
            lambda good: "a.b.c",
            lambda good: "{}",
            lambda good: b"\xff\xfe\x00",
        ],
    )
    def test_what_is_no_token_in_its_one_spelling_is_refused(self, journey: FrontDoor, spoil: Any) -> None:
        assert execute(journey, spoil(token(EXECUTION))).status_code in (400, 401)
        assert journey.queue.bodies == []

    def test_bits_that_no_decoder_looks_at_may_not_differ(self, journey: FrontDoor) -> None:
        """The last letter of 32 bytes in base64url has two spare bits: four spellings, one of them right."""
        good = token(EXECUTION)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        place = letters.index(good[-1])
        others = [good[:-1] + letters[place - place % 4 + spare] for spare in range(4)]

        statuses = sorted(execute(journey, each).status_code for each in others)

        assert statuses == [200, 401, 401, 401]

    @pytest.mark.parametrize(
        ("times", "status"),
        [
            ({"exp": NOW / 1000 + 10}, 200),
            ({"exp": NOW // 1000 - 30}, 200),
            ({"exp": NOW // 1000 - 61}, 401),
            ({"nbf": NOW // 1000 + 61}, 401),
            ({"exp": "tomorrow"}, 401),
            ({"exp": True}, 401),
            ({"exp": float("nan")}, 401),
        ],
    )
    def test_a_token_holds_for_its_time_give_or_take_a_minute(
        self, journey: FrontDoor, times: dict[str, Any], status: int
    ) -> None:
        assert execute(journey, token(EXECUTION | times)).status_code == status

    def test_a_body_that_is_too_long_is_refused_unread(self, journey: FrontDoor) -> None:
        assert execute(journey, "a" * 70_000).status_code == 413

    def test_another_content_type_is_not_taken(self, journey: FrontDoor) -> None:
        answer = journey.post("/journey-activity/execute", token(EXECUTION), {"Content-Type": "text/plain"})

        assert answer.status_code == 415


class TestJourney:
    @pytest.mark.parametrize("path", ["save", "validate", "publish", "stop"])
    @pytest.mark.parametrize("content_type", [JWT_TYPE, JSON_TYPE])
    def test_what_happens_to_a_journey_is_agreed_to(
        self, journey: FrontDoor, path: str, content_type: dict[str, str]
    ) -> None:
        claims = {"activityObjectID": "a", "interactionId": "b", "isPublished": False}

        answer = journey.post(f"/journey-activity/{path}", token(claims), content_type)

        assert (answer.status_code, answer.json_body) == (200, {})
        assert journey.queue.bodies == []


class TestConfiguration:
    def test_the_activity_tells_where_and_how_it_is_called(self, journey: FrontDoor) -> None:
        config = journey.http.get("/journey-activity/config.json").json_body

        execute = config["arguments"]["execute"]
        assert execute["url"] == "https://api.example.com/journey-activity/execute"
        assert execute["useJwt"]
        assert 1_000 <= execute["timeout"] <= 100_000
        assert 0 <= execute["retryCount"] <= 5
        assert set(config["configurationArguments"]) == {"save", "validate", "publish", "stop"}
        assert all(each["useJwt"] for each in config["configurationArguments"].values())

    def test_every_address_that_it_names_is_answered(self, journey: FrontDoor) -> None:
        config = journey.http.get("/journey-activity/config.json").json_body
        posted = [each["url"] for each in config["configurationArguments"].values()]

        for url in [*posted, config["arguments"]["execute"]["url"]]:
            path = url.removeprefix("https://api.example.com")
            assert journey.post(path, token(EXECUTION), JWT_TYPE).status_code == 200
        icon = config["metaData"]["icon"].removeprefix("https://api.example.com")
        assert journey.http.get(icon).headers["Content-Type"] == "image/svg+xml"

    def test_without_the_public_address_it_says_nothing_wrong(
        self, door: FrontDoor, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SMARKETING_PUBLIC_URL", raising=False)

        assert door.http.get("/journey-activity/config.json").status_code == 503


class TestPage:
    @pytest.fixture(autouse=True)
    def playbook(self, monkeypatch: pytest.MonkeyPatch) -> None:
        compiled = compile_model(compile_playbook(read_playbook(None)))
        monkeypatch.setattr(bootstrap, "playbook", lambda: lambda: compiled)

    def test_it_offers_the_playbooks_product_lines(self, journey: FrontDoor) -> None:
        answer = journey.http.get("/journey-activity/index.html")

        assert answer.status_code == 200
        page = answer.body.decode()
        assert '<option value="presses">Forming presses</option>' in page
        assert "$" not in page

    def test_it_speaks_the_browsers_language(self, journey: FrontDoor) -> None:
        headers = {"Accept-Language": "de-AT,de;q=0.9,en;q=0.8"}

        page = journey.http.get("/journey-activity/index.html", headers=headers).body.decode()

        assert '<html lang="de">' in page
        assert "Bewerten und übergeben" in page

    def test_only_the_canvas_may_frame_it_and_nothing_foreign_runs_in_it(self, journey: FrontDoor) -> None:
        policy = journey.http.get("/journey-activity/index.html").headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'self' https://*.exacttarget.com https://*.marketingcloudapps.com" in policy

    @pytest.mark.parametrize(
        ("name", "content_type"),
        [
            ("activity.js", "text/javascript; charset=utf-8"),
            ("activity.css", "text/css; charset=utf-8"),
            ("icon.svg", "image/svg+xml"),
        ],
    )
    def test_its_files_are_served(self, journey: FrontDoor, name: str, content_type: str) -> None:
        answer = journey.http.get(f"/journey-activity/{name}")

        assert (answer.status_code, answer.headers["Content-Type"]) == (200, content_type)


class TestAnyInput:
    @fuzz
    @given(body=st.binary(max_size=300))
    def test_arbitrary_bytes_are_refused(self, door: FrontDoor, body: bytes) -> None:
        answer = execute(door, body)

        assert_is_answer(answer)
        assert answer.status_code in (400, 401)

    @fuzz
    @given(claims=values)
    def test_arbitrary_claims_of_somebody_with_the_secret_are_answered(
        self, door: FrontDoor, claims: Any
    ) -> None:
        assert_is_answer(execute(door, token(claims)))

    @fuzz
    @given(name=st.sampled_from([*EXECUTION, "exp", "nbf"]), value=values)
    def test_any_value_of_a_claim_is_answered(self, door: FrontDoor, name: str, value: Any) -> None:
        assert_is_answer(execute(door, token(EXECUTION | {name: value})))

    @fuzz
    @given(name=st.sampled_from([*EXECUTION["inArguments"][0]]), value=values)
    def test_any_value_of_an_argument_is_answered(self, door: FrontDoor, name: str, value: Any) -> None:
        assert_is_answer(execute(door, inArguments=arguments(**{name: value})))
