"""The push through the emulators of Salesforce and Account Engagement, and the comparison after it."""

import random
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instant import MINUTE
from smarketing.consent.verification import verify as verify_ledger
from smarketing.sync.row_comparison import RowComparison
from smarketing.sync.row_verification import verify_rows
from tests.services.whole_way import BrokenOff, Saboteur
from tests.sync.sync_world import ASKED_ONLY, SyncWorld, email, sync_world

PEOPLE = 60
WITHOUT_PROOF = PEOPLE // ASKED_ONLY
BREAKS = 20


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SyncWorld]:
    with sync_world(tmp_path, PEOPLE, platform="account_engagement") as running:
        ready(running)
        yield running


def ready(world: SyncWorld) -> None:
    """Have imports and exports done when they are first looked at."""
    world.control("POST", "account-engagement/sandbox/limits", {"pending_looks": 0})


def compared(world: SyncWorld) -> RowComparison:
    def unproven(some: Collection[Any]) -> Collection[Any]:
        return {each.person for each in verify_ledger(world.persons, some).faults}

    fields = world.compiled.model.sync
    return verify_rows(world.rows, world.crm, world.planner(), fields, unproven)


def calls(world: SyncWorld) -> int:
    counted: dict[str, int] = world.control("GET", "account-engagement/sandbox/calls")["by_route"]
    return sum(counted.values())


def fault(world: SyncWorld, kind: str, *numbers: int, times: int = 0) -> None:
    content = {"kind": kind, "keys": [email(each) for each in numbers], "times": times}
    world.control("POST", "account-engagement/sandbox/faults", content)


def test_only_who_permitted_it_is_pushed_and_both_sides_compare_equal(world: SyncWorld) -> None:
    tally = world.push()

    result = compared(world)
    assert tally.written == PEOPLE - WITHOUT_PROOF
    assert (result.expected, result.found) == (result.held, [])
    assert result.expected.rows == PEOPLE - WITHOUT_PROOF


def test_a_second_push_of_everything_costs_no_call_of_the_platform(world: SyncWorld) -> None:
    world.push()
    before = calls(world)

    tally = world.push(full=True)

    assert calls(world) == before
    assert (tally.written, tally.unchanged) == (0, PEOPLE)


def test_every_row_is_written_refused_or_tried_again(world: SyncWorld) -> None:
    fault(world, "row_refused", 1, 2)
    fault(world, "row_conflicting", 3, times=1)
    fault(world, "row_skipped", 4, times=1)

    tally = world.push()

    assert (tally.written, tally.failed, tally.unprocessed) == (PEOPLE - WITHOUT_PROOF - 2, 2, 2)
    assert {each.what for each in compared(world).found} == {"missing"}
    assert compared(world).differences == 2


def test_who_is_deleted_in_salesforce_is_written_to_no_more_after_the_next_push(world: SyncWorld) -> None:
    world.push()
    world.clock.advance(20 * MINUTE)
    gone = world.records[1]
    world.org.delete("Contact", gone)

    tally = world.push()

    assert tally.withdrawn == 1
    assert f"contact:{gone[:15]}" not in {each.record for each in world.rows.held(["email"])}


def test_who_was_merged_into_somebody_else_is_written_to_no_more(world: SyncWorld) -> None:
    world.push()
    world.clock.advance(20 * MINUTE)
    # No poll told the prospect's id yet, nor any event that both are one person.
    world.org.merge(world.records[1], world.records[2])

    tally = world.push()

    assert tally.withdrawn == 1
    held = {each.email for each in world.rows.held(["email"])}
    assert (email(1) in held, email(2) in held) == (False, True)


def test_broken_off_at_random_points_it_ends_as_if_nothing_had_happened(
    world: SyncWorld, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with sync_world(tmp_path / "other", PEOPLE, platform="account_engagement") as undisturbed:
        ready(undisturbed)
        saboteur = Saboteur()
        undisturbed.push(saboteur.watch)
        chance = random.Random(4)
        breaks = 0
        while breaks < BREAKS:
            try:
                world.push(Saboteur([chance.randrange(saboteur.passed)]).watch, full=True)
            except BrokenOff:
                breaks += 1
            _forget(world, chance)
        world.push(full=True)

        assert _end(world) == _end(undisturbed)
        assert compared(world).found == []


def _forget(world: SyncWorld, chance: random.Random) -> None:
    """Have a few rows written again, so that each run has something to do."""
    states = sorted(state.record for state in world.states.everything() if state.held)
    world.states.make_due("account_engagement", chance.sample(states, min(5, len(states))))


def _end(world: SyncWorld) -> list[tuple[object, ...]]:
    """What is kept of each record, without the times and ids that differ by the way it came there."""
    return sorted(
        (each.record, each.held, each.checksum, each.outcome, each.verdict.reason)
        for each in world.states.everything()
    )
