"""What sales is asked for when an interest has passed the check, and what follows from what it does."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.assignment import Assignment
from chalicelib.domain.change import Change
from chalicelib.domain.command import Command
from chalicelib.domain.consent import withdrawal
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import Instant
from chalicelib.domain.interest import InterestId
from chalicelib.domain.model import Lifecycle, Transition
from chalicelib.domain.qualification import compile_model
from chalicelib.domain.routing_plan import Pool, RoutingPlan
from tests.domain.builders import day
from tests.domain.past import Remembered
from tests.domain.presses import opted_in, playbook, told

LIFECYCLE = Lifecycle(
    stages=("inquiry", "mql", "sql", "accepted", "rejected"),
    closed=frozenset({"rejected"}),
    transitions=frozenset(
        Transition(*step)
        for step in (
            ("mql", "sql"),
            ("mql", "rejected"),
            ("sql", "mql"),
            ("sql", "accepted"),
            ("sql", "rejected"),
            ("accepted", "rejected"),
        )
    ),
    handoff_stage="mql",
    checked=frozenset({"sql"}),
)
ROUTING = RoutingPlan(pools=(Pool("rest", (), ("anna@x.example",)),))
REP = "005000000000001AAA"


@pytest.fixture
def past() -> Remembered:
    return somebody()


def somebody() -> Remembered:
    """Somebody whose interest opened on day 100."""
    model = replace(playbook(), lifecycle=LIFECYCLE, routing=ROUTING)
    past = Remembered(compile_model(model))
    past.tell(opted_in(97))
    past.tell(told("demo_requested", 99))
    return past


def step(past: Remembered, stage: str, on: float, **attributes: Any) -> Change:
    past.now = day(on)
    return past.tell(
        told("interest_changed", on, name=stage, interest_id=interest(past), stage=stage, **attributes)
    )


def assign(past: Remembered, on: float, accept_by: float | None, owner: str = REP) -> Change:
    past.now = day(on)
    bound = None if accept_by is None else day(accept_by)
    told_at = Assignment(interest(past), day(on), owner, "turn", "rest", (), day(on), bound)
    return past.tell(told_at.told(person_key("email", "a@example.com")))


def interest(past: Remembered) -> InterestId:
    [person] = past.persons.values()
    return person.interests["presses"].id


def asked(change: Change) -> dict[str, Any] | None:
    """What the change asks of the handoff."""
    found = [dict(each.fields) for each in change.commands if each.record == "handoff"]
    return found[0] if found else None


def action(change: Change) -> str | None:
    found = asked(change)
    return None if found is None else str(found["action"])


def test_what_passed_the_check_is_assigned(past: Remembered) -> None:
    found = asked(step(past, "sql", 101))

    assert found is not None
    assert (found["action"], found["at"], found["product_line"]) == ("assign", day(101), "presses")


def test_without_pools_nothing_is_assigned(past: Remembered) -> None:
    past.compiled = compile_model(replace(playbook(), lifecycle=LIFECYCLE))

    assert asked(step(past, "sql", 101)) is None


def test_the_same_step_told_again_assigns_nothing_again(past: Remembered) -> None:
    step(past, "sql", 101)

    again = past.tell(told("interest_changed", 102, name="again", interest_id=interest(past), stage="sql"))

    assert asked(again) is None


def test_what_comes_back_to_sales_a_second_time_is_assigned_anew(past: Remembered) -> None:
    step(past, "sql", 101)
    step(past, "mql", 102)

    found = asked(step(past, "sql", 103))

    assert found is not None
    assert found["at"] == day(103)


def test_an_assignment_is_a_row_of_the_history_and_is_not_told_back(past: Remembered) -> None:
    step(past, "sql", 101)

    change = assign(past, 101.1, 102)

    [row] = change.steps
    assert (row.source, row.target, row.owner, row.actor) == ("sql", "sql", REP[:15], "smarketing")
    assert [each.record for each in change.commands] == []
    assert past.interests_by_id[interest(past)].owner == REP[:15]


def test_the_person_is_due_when_sales_has_to_have_accepted(past: Remembered) -> None:
    step(past, "sql", 101)
    assign(past, 101.1, 102)

    [person] = past.persons.values()
    assert person.due_at == day(102)


def test_silence_until_then_asks_for_what_the_playbook_says(past: Remembered) -> None:
    step(past, "sql", 101)
    assign(past, 101.1, 102)
    past.now = day(102)

    found = asked(past.review())

    assert found is not None
    assert (found["action"], found["at"]) == ("overdue", day(102))


def test_whatever_else_is_recorded_then_asks_for_it_as_well(past: Remembered) -> None:
    step(past, "sql", 101)
    assign(past, 101.1, 102)
    past.now = day(103)

    assert action(past.tell(told("page_viewed", 103))) == "overdue"


def test_who_accepted_in_time_hears_nothing(past: Remembered) -> None:
    step(past, "sql", 101)
    assign(past, 101.1, 102)
    step(past, "accepted", 101.5)
    past.now = day(102)

    assert asked(past.review()) is None
    assert past.interests_by_id[interest(past)].owner == REP[:15]


def test_somebody_else_s_hand_on_the_interest_is_told_by_salesforce(past: Remembered) -> None:
    step(past, "sql", 101)
    assign(past, 101.1, 102)

    change = step(past, "sql", 101.2, owner="005000000000002")

    assert past.interests_by_id[interest(past)].owner == "005000000000002"
    assert [row.owner for row in change.steps] == ["005000000000002"]


def test_an_assignment_from_before_the_last_step_changes_nothing(past: Remembered) -> None:
    step(past, "sql", 101)
    step(past, "accepted", 101.5)

    assign(past, 101.2, 102)

    assert past.interests_by_id[interest(past)].stage == "accepted"
    assert past.interests_by_id[interest(past)].accept_by is None


def test_arrival_order_of_steps_and_assignments_does_not_matter(past: Remembered) -> None:
    other = somebody()
    step(past, "sql", 101)
    assign(past, 101.1, 102)
    step(past, "accepted", 101.5)
    assign(other, 101.1, 102)
    step(other, "accepted", 101.5)
    step(other, "sql", 101)

    mine, theirs = past.interests_by_id[interest(past)], other.interests_by_id[interest(other)]
    assert (mine.stage, mine.changed_at, mine.owner, mine.accept_by) == (
        theirs.stage,
        theirs.changed_at,
        theirs.owner,
        theirs.accept_by,
    )


def withdraw(past: Remembered, on: float) -> Change:
    past.now = day(on)
    return past.tell(told("opted_out", on, consents=[withdrawal("email")]))


@pytest.mark.parametrize(("stages", "expected"), [((), "withdraw"), (("sql",), "withdraw")])
def test_a_withdrawn_consent_takes_back_what_sales_has_not_accepted(
    past: Remembered, stages: tuple[str, ...], expected: str
) -> None:
    for number, each in enumerate(stages):
        step(past, each, 101 + number)

    assert action(withdraw(past, 105)) == expected


def test_what_sales_accepted_is_for_people_to_judge(past: Remembered) -> None:
    step(past, "sql", 101)
    step(past, "accepted", 102)

    assert asked(withdraw(past, 105)) is None


def test_nobody_is_handed_over_who_withdrew(past: Remembered) -> None:
    withdraw(past, 101)

    change = step(past, "sql", 102)

    assert change.refused == "nobody is permitted to get in touch with the person"
    assert action(change) is None


def test_a_withdrawal_does_not_undo_the_steps_from_before_it(past: Remembered) -> None:
    step(past, "sql", 101)
    step(past, "accepted", 102)
    withdraw(past, 105)

    # A step that comes late has all steps taken again.
    step(past, "mql", 101.5)

    assert past.interests_by_id[interest(past)].stage in ("accepted", "mql")
    assert past.interests_by_id[interest(past)].changed_at >= day(101)


def test_of_several_things_to_do_taking_back_comes_first(past: Remembered) -> None:
    step(past, "sql", 101)
    assign(past, 101.1, 102)

    assert action(withdraw(past, 103)) == "withdraw"


def test_a_handoff_command_names_its_interest_once(past: Remembered) -> None:
    change = step(past, "sql", 101)

    [command] = [each for each in change.commands if each.record == "handoff"]
    assert isinstance(command, Command)
    assert command.key == f"handoff#{interest(past)}"
    assert Instant(int(command.fields["at"] or 0)) == day(101)
