"""Each reason of the default playbook: when a line opens again, what is reset, what must happen first."""

from typing import Any

import pytest

from chalicelib.domain.engagement import Engagement, engagement_id, person_key
from chalicelib.domain.instant import DAY, Duration, Instant
from chalicelib.domain.qualification import Compiled, compile_model
from chalicelib.playbook.compiler import compile_playbook
from chalicelib.playbook.source import PlaybookSource, ReasonSource
from smarketing.playbook_files import read_playbook
from tests.domain.builders import day
from tests.domain.consents import permit
from tests.services.world import World, make_quick_world

PLAYBOOK: PlaybookSource = read_playbook()
REASONS = [pytest.param(each, id=each.name) for each in PLAYBOOK.lifecycle.reasons]
COOL_OFFS = {each.name: each.cool_off for each in PLAYBOOK.lifecycle.stages if each.cool_off is not None}
CLOSED_ON = 10
STRONG = (
    "price_list_downloaded",
    "configurator_used",
    "form_submitted",
    "brochure_downloaded",
    "demo_requested",
)
"""Done daily for a week, it still opens the gate of strong interest a month later."""

EMAIL = person_key("email", "a@example.com")


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_model(compile_playbook(PLAYBOOK))


def happens(world: World, kind: str, on: float, **more: Any) -> None:
    """Let something about presses happen on a day."""
    attributes = {"product_line": "presses", **more.pop("attributes", {})}
    world.now = day(on)
    unique = engagement_id("test", kind, str(on), str(attributes))
    world.record(Engagement(unique, kind, day(on), "test", (EMAIL,), attributes, **more))


def closed(compiled: Compiled, reason: str, stage: str) -> World:
    """Somebody whose demo request was closed for a reason, two days later than it came."""
    world = make_quick_world(compiled=compiled, now=day(1))
    happens(world, "opted_in", 1, consents=(permit(),))
    happens(world, "demo_requested", CLOSED_ON - 2)
    interest = world.person().interests["presses"].id
    close = {"interest_id": interest, "stage": stage, "reason": reason}
    happens(world, "interest_changed", CLOSED_ON, attributes=close)
    assert world.person().interests["presses"].reason == reason
    return world


def interests(world: World) -> int:
    return world.person().interests["presses"].number


def rest_of(reason: ReasonSource, stage: str) -> float:
    """Give the days before which nobody comes back."""
    span = reason.after if reason.after is not None else COOL_OFFS[stage]
    return Duration(span) / DAY


@pytest.mark.parametrize("stage", ["rejected", "recycled"])
@pytest.mark.parametrize("reason", REASONS)
def test_the_line_opens_again_when_the_reason_says_so_and_not_before(
    compiled: Compiled, reason: ReasonSource, stage: str
) -> None:
    world = closed(compiled, reason.name, stage)
    rest = rest_of(reason, stage)

    happens(world, "demo_requested", CLOSED_ON + rest - 0.1)
    before = interests(world)
    happens(world, "demo_requested", CLOSED_ON + rest + 0.1)

    assert (before, interests(world)) == (1, 2)


@pytest.mark.parametrize("reason", REASONS)
def test_what_counts_of_the_past_is_what_the_reason_says(compiled: Compiled, reason: ReasonSource) -> None:
    world = make_quick_world(compiled=compiled, now=day(1))
    happens(world, "opted_in", 1, consents=(permit(),))
    for on in range(2, CLOSED_ON):
        for number, kind in enumerate(STRONG):
            happens(world, kind, on + number / 10)
    interest = world.person().interests["presses"].id
    close = {"interest_id": interest, "stage": "recycled", "reason": reason.name}
    happens(world, "interest_changed", CLOSED_ON, attributes=close)

    happens(world, "email_clicked", CLOSED_ON + rest_of(reason, "recycled") + 0.1)

    assert interests(world) == (1 if reason.afresh else 2)


@pytest.mark.parametrize("reason", [each for each in REASONS if each.values[0].needs])
def test_what_must_happen_first_has_to_happen(compiled: Compiled, reason: ReasonSource) -> None:
    world = closed(compiled, reason.name, "rejected")
    later = CLOSED_ON + rest_of(reason, "rejected")

    for number, kind in enumerate(
        ("price_list_downloaded", "configurator_used", "webinar_attended"), start=1
    ):
        happens(world, kind, later + number)
    without = interests(world)
    happens(world, reason.needs[0], later + 5)

    assert (without, interests(world)) == (1, 2)


@pytest.mark.parametrize("reason", REASONS)
def test_a_day_that_people_gave_holds_whatever_the_reason_says(
    compiled: Compiled, reason: ReasonSource
) -> None:
    world = make_quick_world(compiled=compiled, now=day(1))
    happens(world, "opted_in", 1, consents=(permit(),))
    happens(world, "demo_requested", CLOSED_ON - 2)
    interest = world.person().interests["presses"].id
    close = {"interest_id": interest, "stage": "recycled", "reason": reason.name, "until": "2028-01-01"}
    happens(world, "interest_changed", CLOSED_ON, attributes=close)

    happens(world, "demo_requested", CLOSED_ON + 400)

    assert interests(world) == 1
    assert Instant(world.now) < day(730)
