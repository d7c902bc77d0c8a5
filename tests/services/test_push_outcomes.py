"""What sales made of an interest reaches the marketing automations with the next push.

Nothing of the person need change in Salesforce by it: there the interest changed, or its Opportunity.
"""

from dataclasses import replace

import pytest

from chalicelib.domain.command import Command, FieldValue
from chalicelib.domain.instant import DAY
from chalicelib.domain.interest import PersonId
from chalicelib.domain.outcome import Written
from chalicelib.domain.qualification import compile_model
from chalicelib.domain.sync_fields import SyncField
from chalicelib.services.mark_rows import RowMarks
from tests.domain.builders import START, day
from tests.domain.test_following import LIFECYCLE, OPPORTUNITY
from tests.services.fake_automation import FakeAutomation
from tests.services.push_world import CONTACT, WORDS, PushWorld
from tests.services.world import make_quick_world, playbook, told

OUTCOME = ("outcome", "outcome_line", "outcome_reason", "outcome_amount", "outcome_at")


@pytest.fixture
def world() -> PushWorld:
    """Somebody whose interest sales has accepted and whose row is in both automations."""
    names = {"marketing_cloud": "", "account_engagement": ""}
    fields = tuple(SyncField(word, "smarketing", dict.fromkeys(names, word)) for word in (*WORDS, *OUTCOME))
    compiled = compile_model(replace(playbook(sync=fields), lifecycle=LIFECYCLE))
    automations = (FakeAutomation("marketing_cloud"), FakeAutomation("account_engagement"))
    made = PushWorld(automations, world=make_quick_world(now=day(100), compiled=compiled))
    made.customer(CONTACT)
    step(made, "demo_requested", product_line="presses")
    for stage in ("sql", "accepted"):
        step(made, "interest_changed", interest_id=interest(made), stage=stage)
    made.wait(60)
    made.push()
    made.push()
    return made


def interest(world: PushWorld) -> str:
    return str(world.world.person().interests["presses"].id)


def step(world: PushWorld, kind: str, **attributes: str | float) -> None:
    world.wait(1)
    days = (world.now - START) / DAY
    world.world.record(told(kind, days, name=str(attributes), **attributes))


def deliver_marks(world: PushWorld) -> None:
    """Do with the commands that wait what the delivery does."""
    platforms = [each.platform for each in world.automations]
    marks = RowMarks(platforms, world.states, world.world.persons)
    person = world.world.person().id
    assert marks.write([Command("row", person, PersonId(person), 1)]) == [Written(person)]


def outcomes(world: PushWorld) -> list[list[FieldValue]]:
    """The outcome as each automation holds it."""
    return [
        [each.values.get(word) for word in OUTCOME] for one in world.automations for each in one.held(OUTCOME)
    ]


def test_a_won_opportunity_is_told_with_its_amount_and_day(world: PushWorld) -> None:
    before = outcomes(world)
    step(world, "opportunity_won", opportunity=OPPORTUNITY, amount=95_000)
    deliver_marks(world)
    world.push()

    assert before == [["accepted", "presses", None, None, "2026-04-11"]] * 2
    assert outcomes(world) == [["customer", "presses", None, 95_000, "2026-04-11"]] * 2


def test_without_the_mark_nobody_would_be_told_as_the_record_did_not_change(world: PushWorld) -> None:
    step(world, "interest_changed", interest_id=interest(world), stage="rejected", reason="no_budget")
    world.push()
    unmarked = outcomes(world)
    deliver_marks(world)
    world.push()

    assert {each[0] for each in unmarked} == {"accepted"}
    assert [each[:3] for each in outcomes(world)] == [["rejected", "presses", "no_budget"]] * 2


def test_a_mark_without_news_writes_no_row_and_is_gone_after_the_push(world: PushWorld) -> None:
    deliver_marks(world)

    tallies = world.push()

    assert [each.written for each in tallies] == [0, 0]
    assert [world.states.due(each.platform) for each in world.automations] == [[], []]
