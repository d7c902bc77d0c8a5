"""What Sales Support decides, and what follows: on to sales, back with a date, and what is looked for."""

from dataclasses import replace

import pytest

from chalicelib.domain.change import Change
from chalicelib.domain.checklist import ChecklistItem
from chalicelib.domain.engagement import Engagement, Value
from chalicelib.domain.enrichment_plan import EnrichmentPlan
from chalicelib.domain.instant import DAY, start_of_day
from chalicelib.domain.model import Lifecycle, Transition
from chalicelib.domain.qualification import compile_model
from tests.domain.builders import day
from tests.domain.past import Remembered
from tests.domain.presses import opted_in, playbook, told

LIFECYCLE = Lifecycle(
    stages=("inquiry", "mql", "qualifying", "sql", "recycled"),
    closed=frozenset({"recycled"}),
    transitions=frozenset(
        Transition(*step)
        for step in (("mql", "qualifying"), ("mql", "sql"), ("qualifying", "sql"), ("mql", "recycled"))
    ),
    handoff_stage="mql",
    cool_off={"recycled": 10 * DAY},
    checked=frozenset({"sql"}),
)
CHECKLIST = (
    ChecklistItem("need", "Need confirmed", required=True),
    ChecklistItem("data", "Contact data", required=True, data=("phone",)),
)


def remembered(**changes: object) -> Remembered:
    model = replace(playbook(), lifecycle=LIFECYCLE, checklist=CHECKLIST, **changes)  # type: ignore[arg-type]
    return Remembered(compile_model(model))


@pytest.fixture
def past() -> Remembered:
    return remembered()


def opened(past: Remembered, **more: object) -> str:
    """Let somebody open an interest on day 100; gives its id."""
    past.tell(opted_in(97))
    [interest] = past.tell(told("demo_requested", 99, **more)).interests  # type: ignore[arg-type]
    return interest.id


def step(interest: str, stage: str, on: float, **attributes: Value) -> Engagement:
    told_name = f"{stage}{attributes}"
    return told("interest_changed", on, name=told_name, interest_id=interest, stage=stage, **attributes)


def asks_again(past: Remembered, on: float) -> Change:
    past.now = day(on)
    return past.tell(told("demo_requested", on, name="again"))


def test_interest_stays_with_sales_support_when_the_checklist_is_not_complete(past: Remembered) -> None:
    interest = opened(past)

    change = past.tell(step(interest, "sql", 101, lacking="need, phone"))

    assert change.refused == "the checklist lacks Need confirmed, phone"
    assert past.persons[change.person.id].interests["presses"].stage == "mql"


@pytest.mark.parametrize("told_lacking", [{"lacking": "complete"}, {}], ids=["complete", "not told"])
def test_interest_goes_on_when_nothing_lacks(past: Remembered, told_lacking: dict[str, Value]) -> None:
    change = past.tell(step(opened(past), "sql", 101, **told_lacking))

    assert change.refused is None
    assert change.person.interests["presses"].stage == "sql"


def test_other_steps_need_no_checklist(past: Remembered) -> None:
    change = past.tell(step(opened(past), "qualifying", 101, lacking="need, phone"))

    assert change.person.interests["presses"].stage == "qualifying"


def test_support_works_on_what_precedes_the_check() -> None:
    assert LIFECYCLE.with_support == ("mql", "qualifying")


@pytest.mark.parametrize(
    ("until", "too_early", "in_time"),
    [
        ("2026-06-01", 150, 152),
        ("2026-04-13", 110, 112),
        ("next spring", 110, 112),
    ],
    ids=["date after the cool-off", "date before it", "no date"],
)
def test_product_line_stays_closed_until_the_date_and_the_cool_off_are_over(
    past: Remembered, until: str, too_early: float, in_time: float
) -> None:
    past.tell(step(opened(past), "recycled", 101, reason="not_now", until=until))

    assert not asks_again(past, too_early).interests
    assert [each.stage for each in asks_again(past, in_time).interests] == ["mql"]


def test_person_is_due_on_the_date(past: Remembered) -> None:
    past.now = day(101)

    change = past.tell(step(opened(past), "recycled", 101, until="2026-06-01"))

    assert change.person.due_at == start_of_day("2026-06-01") == day(151)


def test_date_counts_when_it_is_moved_after_the_closing(past: Remembered) -> None:
    interest = opened(past)
    past.tell(step(interest, "recycled", 101, until="2026-06-01"))

    change = past.tell(step(interest, "recycled", 102, until="2026-05-01"))

    assert change.person.interests["presses"].until == start_of_day("2026-05-01")
    assert [each.stage for each in asks_again(past, 121).interests] == ["mql"]


def test_opening_asks_for_what_is_not_known_with_what_the_person_told() -> None:
    past = remembered(enrichment=EnrichmentPlan(fields=("phone", "city"), accounts=True))
    past.tell(opted_in(97))

    change = past.tell(told("demo_requested", 99, profile={"phone": "+49 1", "company": "Berger"}))

    [command] = [each for each in change.commands if each.record == "enrichment"]
    assert command.external_id == change.interests[0].id
    assert command.fields == {
        "interest_id": change.interests[0].id,
        "phone": "+49 1",
        "phone_told_at": day(99),
    }


def test_nothing_is_asked_when_nothing_opens_or_nobody_is_to_be_asked(past: Remembered) -> None:
    asking = remembered(enrichment=EnrichmentPlan(accounts=True))

    commands = (*asking.tell(told(on=1)).commands, *past.tell(told("demo_requested", 99)).commands)

    assert "enrichment" not in {each.record for each in commands}
