"""The login, the business unit, the calls of the day, five at once, and what failures mean."""

import threading

import pytest

from chalicelib.domain.instant import MINUTE
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.gateways.account_engagement import access
from chalicelib.gateways.account_engagement.budget import Budget
from tests.gateways.account_engagement.conftest import World

PROSPECTS = "GET /objects/{object}"


def test_the_salesforce_login_and_the_business_unit_open_the_way(world: World) -> None:
    world.load("prospects", {"id": 1, "email": "a@example.com"})

    [row] = world.gateway().rows("prospects", ["email"])

    assert row["email"] == "a@example.com"


@pytest.mark.parametrize("name", ["domain_url", "consumer_key", "username", "private_key", "business_unit"])
def test_a_secret_without_a_part_names_it(world: World, name: str) -> None:
    with pytest.raises(Misconfigured, match=f"Account Engagement secret: add {name}"):
        world.gateway(**{name: ""}).lists()


@pytest.mark.parametrize(
    ("name", "wrong"), [("api_url", "http://pi.pardot.com"), ("business_unit", "00D000000000001AAA")]
)
def test_a_secret_with_a_part_of_another_form_names_it(world: World, name: str, wrong: str) -> None:
    with pytest.raises(Misconfigured, match=name):
        world.gateway(**{name: wrong}).lists()


def test_another_business_unit_needs_an_operator(world: World) -> None:
    with pytest.raises(Misconfigured, match="201"):
        world.gateway(business_unit="0Uv000000000002AAA").lists()


def test_a_token_that_expired_is_replaced_once(world: World) -> None:
    gateway = world.gateway()
    gateway.lists()
    world.fault("token_revoked")

    gateway.lists()

    assert world.calls == {PROSPECTS: 3}


def test_a_login_that_is_refused_needs_an_operator(world: World) -> None:
    with pytest.raises(Misconfigured):
        world.gateway(username="nobody@example.org").lists()


def test_more_than_five_threads_never_call_more_than_five_at_once(world: World) -> None:
    gateway, start = world.gateway(), threading.Barrier(12)
    world.limit(call_seconds=0.02)

    def work() -> None:
        start.wait()
        gateway.lists()

    threads = [threading.Thread(target=work) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert world.control("GET", "calls")["most_at_once"] <= 5
    assert world.calls == {PROSPECTS: 12}


def test_a_sixth_call_at_once_is_tried_again_after_growing_pauses(world: World) -> None:
    world.fault("concurrent_calls", times=3)

    assert world.gateway().lists() == []

    assert len(world.slept) == 3
    assert world.slept[0] < world.slept[2]


def test_where_others_hold_all_five_places_for_long_it_is_retryable(world: World) -> None:
    world.fault("concurrent_calls", times=9)

    with pytest.raises(Retryable, match="66"):
        world.gateway().lists()


@pytest.mark.parametrize("kind", ["minute_limit", "internal_error", "unavailable", "no_json", "drop_before"])
def test_a_bad_moment_is_retryable(world: World, kind: str) -> None:
    world.fault(kind)

    with pytest.raises(Retryable):
        world.gateway().lists()


def test_a_field_that_is_not_there_needs_an_operator(world: World) -> None:
    with pytest.raises(Misconfigured, match="Missing__c"):
        list(world.gateway().rows("prospects", ["Missing__c"]))


def test_an_object_that_is_not_there_is_rejected(world: World) -> None:
    with pytest.raises(Rejected):
        list(world.gateway().rows("unicorns", ["id"]))


class TestDay:
    def test_a_share_of_the_days_calls_is_left_to_people(self, world: World) -> None:
        world.limit(calls_per_day=100, calls_used=78)
        gateway = world.gateway(share_for_people=0.2)
        gateway.lists()
        gateway.lists()

        with pytest.raises(Retryable, match="kept for people") as error:
            gateway.lists()

        assert (error.value.retry_after or 0) > 0
        assert world.calls == {PROSPECTS: 2}

    def test_after_a_quarter_of_an_hour_one_call_finds_out_whether_a_new_day_began(
        self, world: World
    ) -> None:
        world.limit(calls_per_day=100, calls_used=80)
        gateway = world.gateway()
        gateway.lists()
        world.limit(calls_used=0)
        world.clock.advance(15 * MINUTE)

        gateway.lists()
        gateway.lists()

        assert world.calls == {PROSPECTS: 3}

    def test_calls_left_are_asked_for_where_nobody_told_them(self, world: World) -> None:
        world.limit(calls_per_day=1_000, calls_used=99)

        assert world.gateway(share_for_people=0.5).calls_left() == 400
        assert world.calls == {"GET /objects/account": 1}

    def test_calls_left_cost_no_call_once_an_answer_told_them(self, world: World) -> None:
        world.limit(calls_per_day=1_000, calls_used=0)
        gateway = world.gateway(share_for_people=0.5)
        gateway.lists()

        assert gateway.calls_left() == 499
        assert world.calls == {PROSPECTS: 1}

    def test_where_no_answer_tells_the_usage_the_account_is_asked_now_and_then(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(access, "ASK_AFTER", 3)
        monkeypatch.setattr(Budget, "learn", lambda *_: None)
        world.limit(calls_per_day=1_000, calls_used=0)
        gateway = world.gateway(share_for_people=0.5)

        for _ in range(7):
            gateway.lists()

        assert world.calls == {PROSPECTS: 7, "GET /objects/account": 2}
        assert gateway.calls_left() < 500

    def test_the_platforms_own_limit_stops_all_further_calls(self, world: World) -> None:
        world.limit(calls_per_day=10, calls_used=10)
        gateway = world.gateway()
        with pytest.raises(Retryable, match="122"):
            gateway.lists()

        with pytest.raises(Retryable):
            gateway.lists()

        assert world.calls == {PROSPECTS: 1}
