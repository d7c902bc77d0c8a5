"""Somebody changes a value in Account Engagement that isn't theirs: seen, shown, and written again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.instant import MINUTE, Instant
from chalicelib.domain.sync_conflicts import Conflict, Held
from chalicelib.domain.sync_fields import SyncField
from chalicelib.gateways.store.sync_conflicts import SyncConflicts
from chalicelib.services.note_conflicts import ConflictWatch, Own
from tests.services.fake_automation import FakeAutomation
from tests.services.push_world import CONTACT, PushWorld
from tests.services.world import TABLE

OWN_SCORE = SyncField("prospect_score", "account_engagement", {"account_engagement": "score"})


def pushed_world() -> PushWorld:
    world = PushWorld((FakeAutomation("account_engagement"),))
    world.customer(CONTACT, last_name="Weiß")
    world.push()
    world.wait(5)
    return world


def watch(world: PushWorld) -> ConflictWatch:
    fields = (*world.world.compiled.model.sync, OWN_SCORE)
    return ConflictWatch("account_engagement", fields, world.world.persons, world.states, conflicts(world))


def conflicts(world: PushWorld) -> SyncConflicts:
    return SyncConflicts(world.world.client, TABLE)


def held(world: PushWorld, changed: Mapping[str, Any], at: Instant | None = None) -> Held:
    """The row as the platform holds it, with some values changed."""
    prospect = world.state(CONTACT).remote_id or ""
    row = world.automation.rows[prospect]
    return Held(prospect, row.person, (), at or world.now, {**row.values, "prospect_score": 1, **changed})


def test_a_value_of_ours_that_was_changed_is_put_on_record_without_the_value() -> None:
    world = pushed_world()

    watch(world).look([held(world, {"last_name": "Schwarz"})])

    assert list(conflicts(world).everything()) == [
        Conflict("account_engagement", CONTACT, "last_name", "salesforce", world.now)
    ]
    assert "Schwarz" not in str(world.world.client.scan(TableName=TABLE)["Items"])


def test_a_changed_value_is_written_again_by_the_next_push() -> None:
    world = pushed_world()
    prospect = world.state(CONTACT).remote_id or ""
    row = world.automation.rows[prospect]
    world.automation.rows[prospect] = replace(row, values={**row.values, "last_name": "Schwarz"})
    watch(world).look([held(world, {"last_name": "Schwarz"})])

    [tally] = world.push()

    assert tally.written == 1
    assert (world.automation.values(CONTACT) or {})["last_name"] == "Weiß"


def test_a_value_of_the_platforms_own_is_no_conflict_but_news() -> None:
    world = pushed_world()

    [own] = watch(world).look([held(world, {"prospect_score": 99})])

    assert list(conflicts(world).everything()) == []
    assert "prospect_score" not in own.words
    assert {"email", "last_name"} <= own.words


def test_a_reading_from_before_our_last_writing_is_no_conflict() -> None:
    world = pushed_world()
    before = Instant(world.now - 10 * MINUTE)

    watch(world).look([held(world, {"last_name": "Older"}, at=before)])

    assert list(conflicts(world).everything()) == []


def test_an_opt_out_that_we_set_ourselves_is_none_of_the_persons() -> None:
    world = pushed_world()
    row = held(world, {})
    world.withdraw()
    world.crm.put(CONTACT, world.now)
    world.push()

    [own] = watch(world).look([row])

    assert own.silenced


def test_a_row_of_whom_we_never_wrote_is_all_news() -> None:
    world = pushed_world()

    assert watch(world).look([Held("99", None, ("lead:00Q000000000099",), world.now)]) == [Own()]


def test_a_conflict_that_was_seen_is_shown_no_more() -> None:
    world = pushed_world()
    watch(world).look([held(world, {"last_name": "Schwarz"})])

    conflicts(world).forget(list(conflicts(world).everything()))

    assert list(conflicts(world).everything()) == []
