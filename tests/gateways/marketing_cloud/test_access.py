"""The token: one for all threads, renewed when it is refused; and what failures mean."""

import threading
from typing import Any

import pytest

from chalicelib.errors import Rejected, Retryable
from chalicelib.gateways.marketing_cloud.budget import CALLS_A_MINUTE
from chalicelib.gateways.marketing_cloud.client import MarketingCloud
from chalicelib.gateways.marketing_cloud.data_extensions import ExtensionRow
from tests.gateways.marketing_cloud.conftest import PEOPLE, World

ROW = ExtensionRow({"SubscriberKey": "1"}, {"Email": "a@example.com"})


def fresh(world: World, **options: Any) -> MarketingCloud:
    """A client that has no token yet."""
    secret = {"auth_url": world.url, "rest_url": world.url, "client_id": "id", "client_secret": "secret"}
    return MarketingCloud(lambda: secret, **options)


def test_threads_that_begin_together_ask_for_one_token(world: World) -> None:
    cloud, start = fresh(world), threading.Barrier(8)

    def work() -> None:
        start.wait()
        cloud.upsert_rows(PEOPLE, [ROW])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert world.tokens == 1
    assert sum(world.calls.values()) == 8


def test_threads_whose_token_was_revoked_ask_for_one_new_one(world: World) -> None:
    cloud, start = fresh(world), threading.Barrier(8)
    cloud.upsert_rows(PEOPLE, [ROW])
    world.fault("token_revoked")

    def work() -> None:
        start.wait()
        cloud.upsert_rows(PEOPLE, [ROW])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert world.tokens == 2


def test_a_share_of_a_minutes_calls_is_left_to_people(world: World) -> None:
    now = [0.0]
    cloud = fresh(world, seconds=lambda: now[0], share_for_people=1 - 3 / CALLS_A_MINUTE)
    cloud.upsert_rows(PEOPLE, [ROW])
    now[0] = 20
    cloud.upsert_rows(PEOPLE, [ROW])

    with pytest.raises(Retryable, match="kept for people") as error:
        cloud.upsert_rows(PEOPLE, [ROW])

    assert (sum(world.calls.values()), error.value.retry_after) == (2, 40)
    now[0] = 60
    cloud.upsert_rows(PEOPLE, [ROW])
    assert sum(world.calls.values()) == 3


def test_a_rate_limit_is_retryable_after_the_seconds_that_it_asks_for(world: World) -> None:
    world.fault("rate_limit", seconds=5)

    with pytest.raises(Retryable) as error:
        world.cloud.upsert_rows(PEOPLE, [ROW])

    assert error.value.retry_after == 5
    assert world.stored() == {}


def test_calls_over_the_rate_wait_for_the_rest_of_the_minute(world: World) -> None:
    world.control("POST", "limits", {"calls_per_minute": 2})
    world.cloud.callbacks()
    world.cloud.callbacks()

    with pytest.raises(Retryable) as error:
        world.cloud.callbacks()

    assert error.value.retry_after == 60


@pytest.mark.parametrize("kind", ["blocked", "server_error", "unavailable", "no_json", "drop_before"])
def test_a_bad_moment_is_retryable(world: World, kind: str) -> None:
    world.fault(kind)

    with pytest.raises(Retryable):
        world.cloud.callbacks()


def test_a_row_that_was_written_though_its_answer_was_lost_may_be_written_again(world: World) -> None:
    world.fault("drop_after", path="rowset")
    with pytest.raises(Retryable):
        world.cloud.upsert_rows(PEOPLE, [ROW])

    world.cloud.upsert_rows(PEOPLE, [ROW])

    assert list(world.stored()) == ["1"]


def test_a_path_that_is_not_there_is_rejected(world: World) -> None:
    with pytest.raises(Rejected, match="404"):
        world.cloud.subscriptions("nobody's")
