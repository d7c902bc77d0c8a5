"""/mailing-permission, as Journey Builder calls it: with the real store behind it, in memory."""

from dataclasses import replace
from typing import Any

import pytest
from chalice.test import HTTPResponse
from hypothesis import given
from hypothesis import strategies as st

from chalicelib import bootstrap
from chalicelib.domain.instant import DAY, HOUR, Instant
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.playbook.compiler import compile_playbook
from smarketing.playbook_files import read_playbook
from tests.domain.consents import permit
from tests.routes.conftest import NOW, FrontDoor
from tests.routes.test_any_input import assert_is_answer, fuzz, values
from tests.routes.test_journey_activity import JWT_TYPE, token
from tests.services.world import World, make_quick_world, told

CONTACT = "003xx000004TmiQAAS"
QUESTION: dict[str, Any] = {
    "inArguments": [
        {
            "contactKey": CONTACT,
            "emailAddress": "A@Example.com",
            "purpose": "newsletter",
            "productLine": "presses",
        }
    ],
    "outArguments": [{"hindrance": "", "until": ""}],
    "activityObjectID": "2ad157c6-d111-4124-b996-4a3a48b2b168",
    "journeyId": "78d81790-19da-41dd-9ca2-6fd25baa5699",
    "activityId": "2ad157c6-d111-4124-b996-4a3a48b2b168",
    "definitionInstanceId": "c28f000a-af24-4a8e-bcee-23e9555efc02",
    "activityInstanceId": "14ffd8b8-abdb-457c-a800-90c47be99b51",
    "keyValue": CONTACT,
    "mode": 0,
}


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    """The default playbook."""
    return compile_model(compile_playbook(read_playbook()))


@pytest.fixture
def world(compiled: Compiled) -> World:
    """Nobody is known yet."""
    return make_quick_world(compiled=compiled, now=NOW)


@pytest.fixture
def journey(door: FrontDoor, world: World, monkeypatch: pytest.MonkeyPatch) -> FrontDoor:
    monkeypatch.setenv("SMARKETING_PUBLIC_URL", "https://api.example.com/")
    monkeypatch.setattr(bootstrap, "playbook", lambda: lambda: world.compiled)
    monkeypatch.setattr(bootstrap.store, "playbook", lambda: lambda: world.compiled)
    monkeypatch.setattr(bootstrap.store, "persons", lambda: world.persons)
    return door


@pytest.fixture
def subscriber(journey: FrontDoor, world: World) -> FrontDoor:
    """Somebody who subscribed to the newsletter."""
    happen(world, "opted_in", -2 * DAY, consents=[permit("newsletter")])
    return journey


def happen(world: World, kind: str, before: int, **more: Any) -> None:
    """Let something happen to the person, so many milliseconds from now."""
    engagement = told(kind, name=str(before), **more)
    world.record(replace(engagement, occurred_at=Instant(NOW + before)))


def ask(door: FrontDoor, **changes: Any) -> HTTPResponse:
    return door.post("/mailing-permission/execute", token(QUESTION | changes), JWT_TYPE)


def arguments(**changes: Any) -> list[dict[str, Any]]:
    return [{**QUESTION["inArguments"][0], **changes}]


class TestExecute:
    def test_who_subscribed_may_be_written_to(self, subscriber: FrontDoor) -> None:
        answer = ask(subscriber)

        assert answer.status_code == 200
        assert answer.json_body == {"branchResult": "send", "hindrance": "", "until": ""}

    def test_who_is_unknown_gets_no_mailing(self, journey: FrontDoor) -> None:
        assert ask(journey).json_body == {"branchResult": "stop", "hindrance": "no_consent", "until": ""}

    def test_another_purpose_is_another_consent(self, subscriber: FrontDoor) -> None:
        answer = ask(subscriber, inArguments=arguments(purpose="events"))

        assert answer.json_body["branchResult"] == "stop"

    def test_who_bought_gets_no_promotion_of_it(self, subscriber: FrontDoor, world: World) -> None:
        happen(world, "product_purchased", -HOUR)

        promoting = ask(subscriber).json_body
        other = ask(subscriber, inArguments=arguments(productLine="lasers")).json_body

        assert (promoting["branchResult"], promoting["hindrance"]) == ("stop", "bought")
        assert promoting["until"] == "2027-09-21T13:13:20.000Z"
        assert other["branchResult"] == "send"

    def test_a_running_support_case_has_the_newsletter_wait(
        self, subscriber: FrontDoor, world: World
    ) -> None:
        happen(world, "support_case_opened", -2 * HOUR, case="5005g00000AbCdE")
        waiting = ask(subscriber).json_body
        happen(world, "support_case_closed", -HOUR, case="5005g00000AbCdEAAX")

        assert (waiting["branchResult"], waiting["hindrance"]) == ("wait", "paused")
        assert ask(subscriber).json_body["branchResult"] == "send"

    def test_at_the_cap_it_waits_until_there_is_room(self, subscriber: FrontDoor, world: World) -> None:
        for days in (1, 2):
            happen(world, "email_sent", -days * DAY)

        answer = ask(subscriber).json_body

        assert (answer["branchResult"], answer["hindrance"]) == ("wait", "cap")
        assert answer["until"] == "2026-09-26T14:13:20.000Z"

    def test_a_retry_gets_the_same_answer_and_counts_once(self, subscriber: FrontDoor, world: World) -> None:
        tries = [ask(subscriber, activityInstanceId=str(each)).json_body for each in range(6)]

        assert tries == [tries[0]] * 6
        assert len(world.person().mailing.permissions) == 1

    @pytest.mark.parametrize("part", ["activityId", "definitionInstanceId"])
    def test_the_next_mailing_is_another_permission(
        self, subscriber: FrontDoor, world: World, part: str
    ) -> None:
        ask(subscriber)
        ask(subscriber, **{part: "another"})

        assert len(world.person().mailing.permissions) == 2
        assert ask(subscriber, definitionInstanceId="a third").json_body["hindrance"] == "cap"

    @pytest.mark.parametrize("error", [Retryable("DynamoDB: busy"), Misconfigured("playbook: publish one")])
    def test_where_nobody_can_look_the_contact_waits(
        self, subscriber: FrontDoor, monkeypatch: pytest.MonkeyPatch, error: Exception
    ) -> None:
        def fail() -> Any:
            raise error

        monkeypatch.setattr(bootstrap.store, "persons", fail)

        answer = ask(subscriber)

        assert answer.status_code == 200
        assert answer.json_body == {"branchResult": "wait", "hindrance": "unavailable", "until": ""}

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"inArguments": arguments(purpose="")}, "purpose"),
            ({"inArguments": {}}, "inArguments"),
            ({"definitionInstanceId": None}, "definitionInstanceId"),
            ({"activityId": None, "activityObjectID": None}, "activityId"),
            ({"keyValue": "12345", "inArguments": arguments(emailAddress="nobody")}, "emailAddress"),
        ],
    )
    def test_a_question_about_nobody_or_nothing_is_refused_with_the_field(
        self, subscriber: FrontDoor, changes: dict[str, Any], field: str
    ) -> None:
        answer = ask(subscriber, **changes)

        assert answer.status_code == 400
        assert field in answer.json_body["Message"]

    @pytest.mark.parametrize("path", ["execute", "save", "validate", "publish", "stop"])
    def test_every_call_has_to_be_signed(self, subscriber: FrontDoor, world: World, path: str) -> None:
        answer = subscriber.post(f"/mailing-permission/{path}", token(QUESTION, "guess"), JWT_TYPE)

        assert answer.status_code == 401
        assert world.person().mailing.permissions == ()


class TestConfiguration:
    def test_the_activity_splits_the_way_in_three(self, journey: FrontDoor) -> None:
        config = journey.http.get("/mailing-permission/config.json").json_body

        assert config["type"] == "RestDecision"
        branches = [each["arguments"]["branchResult"] for each in config["outcomes"]]
        assert branches == ["send", "wait", "stop"]
        for language in ("en-US", "de-DE"):
            assert all(
                config["lang"][language][label] for label in config["outcomeLabelLanguageMap"].values()
            )

    def test_every_address_that_it_names_is_answered(self, journey: FrontDoor) -> None:
        config = journey.http.get("/mailing-permission/config.json").json_body
        posted = [each["url"] for each in config["configurationArguments"].values()]

        for url in [*posted, config["arguments"]["execute"]["url"]]:
            path = url.removeprefix("https://api.example.com")
            assert journey.post(path, token(QUESTION), JWT_TYPE).status_code == 200
        icon = config["metaData"]["icon"].removeprefix("https://api.example.com")
        assert b"May we write?" in journey.http.get(icon).body

    @pytest.mark.parametrize(
        ("language", "words"),
        [("en", ("May we write?", "Newsletter")), ("de", ("Dürfen wir schreiben?", "Kontakt auf Anfrage"))],
    )
    def test_its_page_offers_the_playbooks_purposes_and_product_lines(
        self, journey: FrontDoor, language: str, words: tuple[str, ...]
    ) -> None:
        answer = journey.http.get("/mailing-permission/index.html", headers={"Accept-Language": language})
        page = answer.body.decode()

        assert all(word in page for word in words)
        assert '<option value="presses">Forming presses</option>' in page
        assert '<option value="newsletter">' in page
        assert "$" not in page
        assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


class TestAnyInput:
    @fuzz
    @given(body=st.binary(max_size=300))
    def test_arbitrary_bytes_are_refused(self, subscriber: FrontDoor, body: bytes) -> None:
        answer = subscriber.post("/mailing-permission/execute", body, JWT_TYPE)

        assert_is_answer(answer)
        assert answer.status_code in (400, 401)

    @fuzz
    @given(name=st.sampled_from([*QUESTION, "exp", "nbf"]), value=values)
    def test_any_value_of_a_claim_is_answered(self, subscriber: FrontDoor, name: str, value: Any) -> None:
        assert_is_answer(ask(subscriber, **{name: value}))

    @fuzz
    @given(name=st.sampled_from([*QUESTION["inArguments"][0]]), value=values)
    def test_any_value_of_an_argument_is_answered(self, subscriber: FrontDoor, name: str, value: Any) -> None:
        assert_is_answer(ask(subscriber, inArguments=arguments(**{name: value})))
