"""Which steps an interest takes."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.domain.checklist import ChecklistItem
from chalicelib.domain.engagement import Engagement
from chalicelib.domain.interest import Interest, InterestId, PersonId
from chalicelib.domain.lifecycle import as_opened, follow, steps_of, told_interest
from chalicelib.domain.model import Lifecycle, OutcomeStep, Transition
from chalicelib.domain.stages import refusal
from tests.domain.builders import day
from tests.domain.presses import told

WAY = ("mql", "sql", "accepted", "customer")
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
)
CHECKED = replace(LIFECYCLE, checked=frozenset({"sql"}))
NEED = ChecklistItem("need", "Need confirmed", required=True)
ID = InterestId("P1-presses-1")


def opened() -> Interest:
    return Interest(
        ID, PersonId("P1"), "presses", 1, "mql", "warm", day(10), day(10), 60, "B", "<p>why</p>", None
    )


def step(stage: str, on: float, **attributes: str) -> Engagement:
    return told("interest_changed", on, name=stage, **{"interest_id": ID, "stage": stage, **attributes})


def test_allowed_steps_are_taken_one_after_the_other() -> None:
    followed = follow(LIFECYCLE, opened(), [step("sql", 11), step("accepted", 12)])
    assert (followed.interest.stage, followed.interest.changed_at) == ("accepted", day(12))
    assert followed.refused == {}


def test_a_forbidden_step_is_refused_and_the_next_one_tried() -> None:
    forbidden = step("inquiry", 11)
    followed = follow(LIFECYCLE, opened(), [forbidden, step("sql", 12)])
    assert followed.interest.stage == "sql"
    assert followed.refused == {forbidden.id: "the playbook has no step from mql to inquiry"}


def test_steps_that_salesforce_tells_as_one_are_taken_together() -> None:
    followed = follow(LIFECYCLE, opened(), [step("accepted", 12)])
    assert (followed.interest.stage, followed.interest.changed_at) == ("accepted", day(12))
    assert followed.refused == {}


def test_nothing_leads_out_of_a_closed_stage() -> None:
    rejected = follow(LIFECYCLE, opened(), [step("rejected", 11)]).interest
    again = step("customer", 12)
    followed = follow(LIFECYCLE, rejected, [again])
    assert followed.interest == rejected
    assert followed.refused == {again.id: "the playbook has no step from rejected to customer"}


@pytest.mark.parametrize(
    ("lacking", "permitted", "why"),
    [
        ("", True, None),
        (None, True, None),
        ("need", True, "the checklist lacks Need confirmed"),
        ("", False, "nobody is permitted to get in touch with the person"),
    ],
)
def test_steps_told_as_one_pass_the_check_like_each_by_itself(
    lacking: str | None, permitted: bool, why: str | None
) -> None:
    told_as_one = step("accepted", 12, **({} if lacking is None else {"lacking": lacking}))
    followed = follow(CHECKED, opened(), [told_as_one], [NEED], may_contact=lambda _: permitted)
    assert followed.interest.stage == ("mql" if why else "accepted")
    assert followed.refused == ({told_as_one.id: why} if why else {})


def test_what_was_refused_for_its_checklist_goes_on_when_a_later_step_tells_it_complete() -> None:
    steps = [step("sql", 11, lacking="need"), step("accepted", 12, lacking="")]
    followed = follow(CHECKED, opened(), steps, [NEED])
    assert followed.interest.stage == "accepted"
    assert list(followed.refused.values()) == ["the checklist lacks Need confirmed"]


def test_an_opportunity_never_takes_an_interest_into_a_checked_stage() -> None:
    won = replace(CHECKED, outcomes={"opportunity_won": OutcomeStep("sql")})
    linked = replace(opened(), opportunity="006000000000001")
    outcome = told("opportunity_won", 12, opportunity="006000000000001")
    followed = follow(won, linked, [outcome], [NEED])
    assert followed.interest.stage == "mql"
    assert followed.refused == {outcome.id: "no way leads from mql to sql that passes no check"}


def test_a_rejection_keeps_the_reason_that_sales_gave() -> None:
    followed = follow(LIFECYCLE, opened(), [step("rejected", 11, reason="no budget")])
    assert followed.interest.reason == "no budget"


@pytest.mark.parametrize("news", [step("mql", 11), step("sql", 9)])
def test_what_is_no_news_changes_nothing(news: Engagement) -> None:
    followed = follow(LIFECYCLE, opened(), [news])
    assert (followed.interest, followed.refused) == (opened(), {})


def test_an_unheard_of_stage_is_refused_by_name() -> None:
    assert refusal(LIFECYCLE, "mql", "won") == "'won' is no stage of the playbook"


def test_an_interest_may_take_its_steps_again_from_its_opening() -> None:
    steps: Sequence[Engagement] = [step("sql", 11), step("rejected", 12, reason="no need")]
    there = follow(LIFECYCLE, opened(), steps).interest
    assert as_opened(LIFECYCLE, there) == opened()


def test_only_changes_of_that_interest_are_its_steps() -> None:
    ours, other = step("sql", 11), step("sql", 12, interest_id="P1-lasers-1")
    assert steps_of(
        LIFECYCLE, opened(), [told(), ours, other, told("interest_changed", 13, interest_id=ID)]
    ) == [ours]


@pytest.mark.parametrize(
    "engagement",
    [told("interest_changed", interest_id=ID), told("interest_changed", stage="sql"), told(stage="sql")],
)
def test_an_engagement_without_interest_or_stage_tells_no_step(engagement: Engagement) -> None:
    assert told_interest(engagement) is None
