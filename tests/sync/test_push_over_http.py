"""The push through the emulators of Salesforce and Marketing Cloud, and the comparison after it."""

import random
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.instant import MINUTE
from chalicelib.gateways.marketing_cloud.data_extensions import ExtensionRow
from chalicelib.gateways.marketing_cloud.row_sync import key_of
from smarketing.consent.verification import verify as verify_ledger
from smarketing.sync.rehearsal import rehearse
from smarketing.sync.row_comparison import RowComparison
from smarketing.sync.row_verification import verify_rows
from tests.services.whole_way import BrokenOff, Saboteur
from tests.sync.sync_world import SyncWorld, sync_world

PEOPLE = 60
WITHOUT_PROOF = 3
BREAKS = 20


@pytest.fixture
def world(tmp_path: Path) -> Iterator[SyncWorld]:
    with sync_world(tmp_path, PEOPLE) as running:
        yield running


def compared(world: SyncWorld) -> RowComparison:
    def unproven(some: Collection[Any]) -> Collection[Any]:
        return {each.person for each in verify_ledger(world.persons, some).faults}

    fields = world.compiled.model.sync
    return verify_rows(world.rows, world.crm, world.planner(), fields, unproven)


def calls(world: SyncWorld) -> int:
    counted: dict[str, int] = world.control("GET", "marketing-cloud/sandbox/calls")["by_route"]
    return sum(number for route, number in counted.items() if route != "POST /v2/token")


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


def test_a_dry_run_tells_what_a_push_then_does_and_writes_nothing(world: SyncWorld) -> None:
    told = rehearse("marketing_cloud", world.crm, world.planner(), world.states, world.watermarks, full=False)

    assert (told.write, sum(told.reasons.values())) == (PEOPLE - WITHOUT_PROOF, WITHOUT_PROOF)
    assert calls(world) == 0
    assert world.push().written == told.write


def test_what_is_not_as_it_should_be_is_named(world: SyncWorld) -> None:
    world.push()
    [changed, missing, *_] = list(world.rows.held(["email"]))
    cloud = world.marketing_cloud()
    cloud.delete_rows("Smarketing_People", [{"SubscriberKey": key_of(missing)}])
    strange = {"SubscriberKey": "003000000000XYZAAA", "Email": "nobody@example.org", "PersonId": "x"}
    cloud.upsert_rows(
        "Smarketing_People", [_row(strange), _row({"SubscriberKey": key_of(changed), "JobTitle": "CEO"})]
    )

    found = {(each.record, each.what, each.field) for each in compared(world).found}

    assert found == {
        (changed.record, "differs", "job_title"),
        (missing.record, "missing", ""),
        ("contact:003000000000XYZ", "held without permission", ""),
    }


def test_what_differs_is_written_again_once_it_is_due(world: SyncWorld) -> None:
    world.push()
    [missing, *_] = list(world.rows.held(["email"]))
    world.marketing_cloud().delete_rows("Smarketing_People", [{"SubscriberKey": key_of(missing)}])

    world.states.make_due("marketing_cloud", compared(world).to_push_again)
    world.push()

    assert compared(world).found == []


def test_broken_off_at_random_points_it_ends_as_if_nothing_had_happened(
    world: SyncWorld, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    with sync_world(tmp_path / "other", PEOPLE) as undisturbed:
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


def test_who_is_deleted_in_salesforce_is_gone_after_the_next_push(world: SyncWorld) -> None:
    world.push()
    world.clock.advance(20 * MINUTE)
    gone = world.records[1]
    world.org.delete("Contact", gone)

    tally = world.push()

    assert tally.withdrawn == 1
    assert f"contact:{gone[:15]}" not in {each.record for each in world.rows.held(["email"])}


def _forget(world: SyncWorld, chance: random.Random) -> None:
    """Have a few rows written again, so that each run has something to do."""
    states = sorted(state.record for state in world.states.everything() if state.held)
    world.states.make_due("marketing_cloud", chance.sample(states, min(5, len(states))))


def _end(world: SyncWorld) -> list[tuple[object, ...]]:
    """What is kept of each record, without the times at which it was done."""
    return sorted(
        (each.record, each.held, each.checksum, each.outcome, each.verdict.reason)
        for each in world.states.everything()
    )


def _row(values: dict[str, Any]) -> ExtensionRow:
    key = {"SubscriberKey": values.pop("SubscriberKey")}
    return ExtensionRow(key, values)
