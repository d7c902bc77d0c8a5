"""What happens to an Opportunity takes the interest along that it came of; every step leaves a row."""

import itertools
from dataclasses import replace

import pytest

from chalicelib.domain.model import Lifecycle, OutcomeStep, Transition
from chalicelib.domain.qualification import compile_model
from chalicelib.domain.step import MERGED, OURSELVES
from tests.domain.builders import day
from tests.domain.presses import opted_in, playbook, told
from tests.services.world import World, make_quick_world

WAY = ("mql", "sql", "accepted", "opportunity", "customer")
LIFECYCLE = Lifecycle(
    stages=("inquiry", *WAY, "rejected"),
    closed=frozenset({"customer", "rejected"}),
    transitions=frozenset(
        {
            *(Transition(*pair) for pair in itertools.pairwise(WAY)),
            *(Transition(stage, "rejected") for stage in WAY[:-1]),
        }
    ),
    handoff_stage="mql",
    checked=frozenset({"sql"}),
    outcomes={
        "opportunity_opened": OutcomeStep("opportunity"),
        "opportunity_won": OutcomeStep("customer"),
        "opportunity_lost": OutcomeStep("rejected", "lost"),
    },
)
OPPORTUNITY = "006000000000001"


@pytest.fixture
def world() -> World:
    """A person with an open interest in presses."""
    world = make_quick_world(compiled=compile_model(replace(playbook(), lifecycle=LIFECYCLE)))
    world.now = day(1)
    world.record(opted_in(0), told("demo_requested", 1))
    return world


def stage(world: World, target: str, on: float, **attributes: str) -> None:
    found = world.person().interests["presses"]
    happen(world, "interest_changed", on, interest_id=found.id, stage=target, **attributes)


def happen(world: World, kind: str, on: float, **attributes: str) -> None:
    world.now = day(on)
    world.record(told(kind, on, name=str(attributes), **attributes))


def now(world: World) -> tuple[str, str | None]:
    found = world.person().interests["presses"]
    return found.stage, found.reason


def test_an_opportunity_takes_the_interest_along_and_past_the_step_that_it_implies(world: World) -> None:
    stage(world, "sql", 2)

    happen(world, "opportunity_opened", 3, opportunity=OPPORTUNITY)

    assert now(world) == ("opportunity", None)
    interest = world.person().interests["presses"].id
    told_to_salesforce = world.commands()[f"interest#{interest}"]
    assert (told_to_salesforce["stage"], told_to_salesforce["opportunity"]) == ("opportunity", OPPORTUNITY)


@pytest.mark.parametrize(
    ("kind", "end"), [("opportunity_won", ("customer", None)), ("opportunity_lost", ("rejected", "lost"))]
)
def test_the_end_of_the_opportunity_ends_the_interest(
    world: World, kind: str, end: tuple[str, str | None]
) -> None:
    stage(world, "sql", 2)
    happen(world, "opportunity_opened", 3, opportunity=OPPORTUNITY)

    happen(world, kind, 4, opportunity=OPPORTUNITY)

    assert now(world) == end


def test_an_opportunity_does_not_take_an_interest_past_the_check(world: World) -> None:
    happen(world, "opportunity_opened", 3, opportunity=OPPORTUNITY)

    assert now(world) == ("mql", None)


def test_the_opportunity_that_salesforce_names_on_the_interest_is_the_one(world: World) -> None:
    stage(world, "sql", 2)
    stage(world, "accepted", 2.5, opportunity=OPPORTUNITY)

    happen(world, "opportunity_won", 4, opportunity="006000000000002")
    other = now(world)
    happen(world, "opportunity_won", 5, opportunity=OPPORTUNITY)

    assert (other, now(world)) == (("accepted", None), ("customer", None))


def test_an_opportunity_of_another_product_line_is_another_matter(world: World) -> None:
    stage(world, "sql", 2)

    happen(world, "opportunity_opened", 3, opportunity=OPPORTUNITY, product_line="lasers")

    assert now(world) == ("sql", None)


def test_every_step_is_a_row_with_cause_and_actor(world: World) -> None:
    stage(world, "sql", 2, actor="005000000000001AAA")
    happen(world, "opportunity_opened", 3, opportunity=OPPORTUNITY)

    rows = world.persons.steps(world.person())

    assert [(each.source, each.target, each.actor) for each in rows] == [
        (None, "mql", OURSELVES),
        ("mql", "sql", "005000000000001AAA"),
        ("sql", "opportunity", "test"),
    ]
    history = {each.id: each.kind for each in world.persons.history(world.person())}
    assert [history[each.cause] for each in rows] == [  # type: ignore[index]
        "demo_requested",
        "interest_changed",
        "opportunity_opened",
    ]


def test_a_refused_step_is_a_row_with_the_reason(world: World) -> None:
    stage(world, "inquiry", 2)

    [_, row] = world.persons.steps(world.person())

    assert (row.source, row.target, row.refused) == (
        "mql",
        "inquiry",
        "the playbook has no step from mql to inquiry",
    )


def test_a_repeated_engagement_writes_no_second_row(world: World) -> None:
    stage(world, "sql", 2)
    stage_again = told("interest_changed", 2, name="{'interest_id'")

    world.record(told("demo_requested", 1), stage_again)

    assert len(world.persons.steps(world.person())) == 2


def test_an_interest_that_a_merger_closes_leaves_a_row(world: World) -> None:
    from chalicelib.domain.engagement import person_key

    other = person_key("email", "b@example.com")
    world.now = day(2)
    world.record(
        told("opted_in", 1.5, keys=[other], consents=opted_in(1.5).consents),
        told("demo_requested", 2, keys=[other]),
    )
    world.record(told("page_viewed", 3, keys=[other, person_key("email", "a@example.com")]))

    closing = [each for each in world.persons.steps(world.person()) if each.cause == MERGED]

    assert [(each.source, each.target, each.reason) for each in closing] == [("mql", "rejected", "duplicate")]
