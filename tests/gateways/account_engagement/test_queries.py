"""Rows of an object: every page, past the wall, each row once, in the order of their changes."""

from itertools import islice
from typing import Any

import pytest

from chalicelib.domain.instant import HOUR, MINUTE, Instant
from tests.gateways.account_engagement.conftest import World

PROSPECTS = "GET /objects/{object}"


def activities(world: World, number: int, of_one_time: int = 1, begin: int = 1) -> None:
    """Load so many, of which some share each minute; their ids run against their times."""
    rows = [
        {
            "id": begin + number - place,
            "type": 1,
            "createdAt": world.at(-1_000_000),
            "updatedAt": world.at(-100_000 + place // of_one_time),
        }
        for place in range(number)
    ]
    world.load("visitor-activities", *rows)


def read(world: World, fields: tuple[str, ...] = ("type",), **more: Any) -> list[Any]:
    return list(world.gateway().rows("visitor-activities", fields, **more))


def test_every_page_is_read_with_a_thousand_rows_each(world: World) -> None:
    activities(world, 2_500)

    rows = read(world)

    assert len({row["id"] for row in rows}) == len(rows) == 2_500
    assert world.calls == {PROSPECTS: 3}


def test_rows_come_by_the_time_of_their_change(world: World) -> None:
    activities(world, 1_500, of_one_time=10)

    times = [row["updatedAt"] for row in read(world)]

    assert times == sorted(times)


@pytest.mark.parametrize("of_one_time", [1, 7, 999])
def test_the_wall_is_passed_with_each_row_once(world: World, of_one_time: int) -> None:
    world.limit(most_records=1_000)
    activities(world, 3_001, of_one_time)

    rows = read(world)

    assert len(rows) == 3_001
    assert len({row["id"] for row in rows}) == 3_001
    assert [row["updatedAt"] for row in rows] == sorted(row["updatedAt"] for row in rows)


@pytest.mark.parametrize("of_one_time", [1_000, 1_500, 3_001])
def test_more_rows_of_one_time_than_the_wall_lets_through_are_read_by_their_ids(
    world: World, of_one_time: int
) -> None:
    world.limit(most_records=1_000)
    activities(world, 3_001, of_one_time)

    rows = read(world)

    assert len(rows) == 3_001
    assert len({row["id"] for row in rows}) == 3_001


def test_a_page_token_that_expired_is_no_end(world: World) -> None:
    activities(world, 2_500)
    rows = world.gateway().rows("visitor-activities", ["type"])
    first = list(islice(rows, 1_000))
    world.clock.advance(4 * HOUR + MINUTE)

    rest = list(rows)

    assert len({row["id"] for row in first + rest}) == len(first) + len(rest) == 2_500


def test_a_row_that_changes_meanwhile_comes_once_more_as_it_is_then(world: World) -> None:
    activities(world, 1_500)
    rows = world.gateway().rows("visitor-activities", ["type"])
    [first] = islice(rows, 1)
    world.load("visitor-activities", {**first, "type": 4, "updatedAt": world.at(-1)})

    [again] = [row for row in rows if row["id"] == first["id"]]

    assert (first["type"], again["type"]) == (1, 4)


def test_a_time_gives_the_rows_that_changed_then_and_later(world: World) -> None:
    activities(world, 10)

    rows = read(world, changed_since=Instant(world.now + (-100_000 + 7) * MINUTE))

    assert [row["updatedAt"][:16] for row in rows] == [world.at(-100_000 + each)[:16] for each in (7, 8, 9)]


def test_rows_may_be_asked_for_by_the_time_of_their_making(world: World) -> None:
    world.load(
        "visitor-activities",
        {"id": 1, "type": 1, "createdAt": world.at(-9), "updatedAt": world.at(-1)},
        {"id": 2, "type": 1, "createdAt": world.at(-2), "updatedAt": world.at(-2)},
    )

    assert [row["id"] for row in read(world, created_since=Instant(world.now - 5 * MINUTE))] == [2]


@pytest.mark.parametrize(("fields", "ids"), [(("email",), [1]), (("email", "isDeleted"), [1, 2])])
def test_rows_in_the_recycle_bin_come_where_is_deleted_is_asked_for(
    world: World, fields: tuple[str, ...], ids: list[int]
) -> None:
    world.load(
        "prospects",
        {"id": 1, "email": "a@example.com", "updatedAt": world.at(-2)},
        {"id": 2, "email": "b@example.com", "updatedAt": world.at(-1), "isDeleted": True},
    )

    assert [row["id"] for row in world.gateway().rows("prospects", fields)] == ids


def test_one_row_is_read_by_its_id(world: World) -> None:
    world.load("prospects", {"id": 7, "email": "a@example.com"})
    gateway = world.gateway()

    assert gateway.read("prospects", "7", ["id", "email"]) == {"id": 7, "email": "a@example.com"}
    assert gateway.read("prospects", "8", ["id"]) is None
