"""An interest's assignment in the emulated org: whose it becomes and since when, who has to take it over."""

from typing import Any

import pytest

from chalicelib.domain.instant import DAY, HOUR, MINUTE, Instant, iso
from tests.sandbox.org.people import ask, id_of
from tests.sandbox.org.running_org import INTEGRATION, NOON, RunningOrg

AGENT, REP, OTHER = (f"{name}@smarketing.example" for name in ("agent1", "rep1", "rep4"))
CHECKED = {
    "Qualified_Need_Confirmed__c": True,
    "Qualified_Contact_Data_Complete__c": True,
    "Qualified_Decision_Maker_Known__c": True,
    "Evidence_Need_Confirmed__c": "Call on Monday",
}


def interest(org: RunningOrg, stage: str = "mql", *, user: str = INTEGRATION, **values: Any) -> str:
    """An interest of the agent who qualifies it."""
    one = {"Lead__c": org.lead(Phone="+49", Title="CTO"), "Product_Line__c": "presses", **CHECKED}
    return org.create(
        "Interest__c", user=user, **one | {"Stage__c": stage, "OwnerId": id_of(org, AGENT)} | values
    )


def change(org: RunningOrg, one: str, user: str, **values: Any) -> None:
    answer = org.call("PATCH", f"sobjects/Interest__c/{one}", values, user=user)
    assert answer.status_code == 204, answer.text


def give(org: RunningOrg, one: str, rep: str, user: str, **values: Any) -> None:
    change(org, one, user, OwnerId=id_of(org, rep), **values)


def route(org: RunningOrg, one: str, rep: str, **values: Any) -> None:
    """Give an interest to a rep as Smarketing does."""
    give(org, one, rep, INTEGRATION, Assigned_At__c=iso(org.now), **values)


def wait(org: RunningOrg, span: int) -> None:
    org.now = Instant(org.now + span)


def hour(org: RunningOrg, one: str, field: str = "Assigned_At__c") -> str | None:
    """Give a time as day and hour."""
    found = org.read("Interest__c", one)[field]
    return str(found)[8:13] if found else None


def tasks(org: RunningOrg) -> list[tuple[str, str]]:
    """Give whose the tasks are, and until when."""
    found = org.query("SELECT Owner.Username, ActivityDate FROM Task ORDER BY CreatedDate, Id")
    return [(each["Owner"]["Username"], each["ActivityDate"]) for each in found]


# Since when it is whose.


@pytest.mark.parametrize("stage", ["sql", "accepted", "opportunity"])
def test_who_becomes_owner_by_hand_has_it_since_then(org: RunningOrg, stage: str) -> None:
    one = interest(org, stage)
    wait(org, HOUR)
    give(org, one, REP, AGENT)
    assert hour(org, one) == "01T13"


def test_who_is_chosen_with_the_handover_has_it_since_then(org: RunningOrg) -> None:
    one = interest(org, "qualifying")
    wait(org, HOUR)
    give(org, one, REP, AGENT, Stage__c="sql")
    assert hour(org, one) == "01T13"


def test_who_enters_an_interest_of_their_own_has_it_from_the_start(org: RunningOrg) -> None:
    mine = {"user": REP, "OwnerId": id_of(org, REP)}
    assert hour(org, interest(org, "accepted", **mine)) == "01T12"


@pytest.mark.parametrize("stage", ["mql", "qualifying", "rejected"])
def test_an_owner_outside_of_sales_leaves_no_time(org: RunningOrg, stage: str) -> None:
    one = interest(org, stage, Reason__c="no_need")
    give(org, one, REP, AGENT)
    assert hour(org, one) is None


def test_passing_on_alone_is_no_assignment(org: RunningOrg) -> None:
    one = interest(org)
    change(org, one, AGENT, Stage__c="sql")
    assert hour(org, one) is None


def test_a_queue_that_takes_it_leaves_the_time_alone(org: RunningOrg) -> None:
    one = interest(org, "sql")
    route(org, one, REP)
    wait(org, HOUR)
    [queue] = ask(org, "SELECT Id FROM Group WHERE DeveloperName = {}", "Sales_Support")
    change(org, one, AGENT, OwnerId=queue["Id"])
    assert hour(org, one) == "01T12"


def test_the_time_that_smarketing_writes_stands(org: RunningOrg) -> None:
    one = interest(org, "sql")
    wait(org, HOUR)
    give(org, one, REP, INTEGRATION, Assigned_At__c=iso(NOON))
    assert hour(org, one) == "01T12"


def test_smarketing_alone_writes_why_and_until_when(org: RunningOrg) -> None:
    until = {"Accept_By__c": "2026-03-03T09:00:00Z", "Assignment_Explanation__c": "Postal code 78"}
    one = interest(org, "sql")
    route(org, one, REP, **until)
    assert org.read("Interest__c", one)["Assignment_Explanation__c"] == "Postal code 78"


# Who has to take it over.


def test_the_rep_whom_the_routing_finds_gets_one_task(org: RunningOrg) -> None:
    one = interest(org)
    change(org, one, AGENT, Stage__c="sql")
    assert tasks(org) == []
    route(org, one, REP, Accept_By__c="2026-03-03T09:00:00Z")
    assert tasks(org) == [(REP, "2026-03-03")]


def test_a_rep_chosen_with_the_handover_gets_one_task_also_when_the_routing_agrees(org: RunningOrg) -> None:
    one = interest(org)
    give(org, one, REP, AGENT, Stage__c="sql")
    wait(org, MINUTE)
    route(org, one, REP)
    assert tasks(org) == [(REP, "2026-03-02")]


def test_a_rep_chosen_after_the_handover_gets_one_task(org: RunningOrg) -> None:
    one = interest(org)
    change(org, one, AGENT, Stage__c="sql")
    wait(org, MINUTE)
    give(org, one, REP, AGENT)
    assert tasks(org) == [(REP, "2026-03-02")]


def test_a_rep_chosen_before_the_handover_gets_one_task_once_the_routing_agrees(org: RunningOrg) -> None:
    one = interest(org, "qualifying", OwnerId=id_of(org, REP))
    change(org, one, AGENT, Stage__c="sql")
    assert tasks(org) == []
    for _ in range(2):
        wait(org, MINUTE)
        route(org, one, REP)
    assert len(tasks(org)) == 1


def test_who_takes_it_and_passes_it_on_at_once_gets_no_task(org: RunningOrg) -> None:
    [queue] = ask(org, "SELECT Id FROM Group WHERE DeveloperName = {}", "Sales_Support")
    one = interest(org, OwnerId=queue["Id"])
    give(org, one, AGENT, AGENT, Stage__c="sql")
    assert tasks(org) == []
    route(org, one, REP)
    assert [owner for owner, _ in tasks(org)] == [REP]


def test_a_second_handover_to_the_same_rep_is_another_task(org: RunningOrg) -> None:
    one = interest(org)
    change(org, one, AGENT, Stage__c="sql")
    route(org, one, REP)
    for stage in ("qualifying", "sql"):
        wait(org, HOUR)
        change(org, one, AGENT, Stage__c=stage)
    assert len(tasks(org)) == 1
    wait(org, MINUTE)
    route(org, one, REP)
    assert len(tasks(org)) == 2


def test_the_rep_to_whom_it_is_escalated_gets_a_task_of_their_own(org: RunningOrg) -> None:
    one = interest(org)
    change(org, one, AGENT, Stage__c="sql")
    for rep in (REP, OTHER):
        wait(org, HOUR)
        route(org, one, rep)
    assert [owner for owner, _ in tasks(org)] == [REP, OTHER]


def test_who_gets_it_once_it_was_accepted_has_nothing_to_take_over(org: RunningOrg) -> None:
    one = interest(org, "accepted")
    give(org, one, REP, AGENT)
    assert tasks(org) == []


def test_a_time_to_accept_that_is_over_is_no_due_date(org: RunningOrg) -> None:
    one = interest(org, Accept_By__c="2026-02-27T09:00:00Z")
    give(org, one, REP, AGENT, Stage__c="sql")
    assert tasks(org) == [(REP, "2026-03-02")]


# How long it waits.


def figures(org: RunningOrg, one: str) -> tuple[float | None, bool]:
    record = org.read("Interest__c", one)
    return record["Hours_Since_Assignment__c"], record["Accepted_In_Time__c"]


def assigned(org: RunningOrg, stage: str = "sql") -> str:
    """An interest that was routed at one o'clock and is to be accepted by three."""
    one = interest(org, stage)
    wait(org, HOUR)
    route(org, one, REP, Accept_By__c="2026-03-01T15:00:00Z")
    return one


def test_what_waits_counts_until_now_and_is_in_time_until_its_time_is_over(org: RunningOrg) -> None:
    one = assigned(org)
    wait(org, 2 * HOUR)
    assert figures(org, one) == (2, True)
    wait(org, MINUTE)
    assert figures(org, one) == (2.02, False)


@pytest.mark.parametrize(
    ("stage", "more"),
    [
        ("accepted", {}),
        ("rejected", {"Reason__c": "no_need"}),
        ("recycled", {"Reason__c": "not_now"}),
        ("qualifying", {}),
    ],
)
@pytest.mark.parametrize(("hours", "in_time"), [(2, True), (3, False)])
def test_the_reps_answer_ends_the_wait(
    org: RunningOrg, stage: str, more: dict[str, Any], hours: int, in_time: bool
) -> None:
    one = assigned(org)
    wait(org, hours * HOUR)
    change(org, one, REP, Stage__c=stage, **more)
    wait(org, DAY)
    assert figures(org, one) == (hours, in_time)


def test_later_stages_leave_the_answer_alone(org: RunningOrg) -> None:
    one = assigned(org)
    for stage in ("accepted", "opportunity", "customer"):
        wait(org, HOUR)
        change(org, one, REP, Stage__c=stage)
    assert figures(org, one) == (1, True)


def test_who_inherits_what_was_accepted_has_nothing_to_answer(org: RunningOrg) -> None:
    one = assigned(org)
    change(org, one, REP, Stage__c="accepted")
    wait(org, HOUR)
    give(org, one, OTHER, REP)
    wait(org, HOUR)
    assert figures(org, one) == (None, True)


def test_an_interest_that_is_handed_over_again_waits_anew(org: RunningOrg) -> None:
    one = assigned(org)
    change(org, one, REP, Stage__c="accepted")
    for stage in ("recycled", "qualifying", "sql"):
        wait(org, DAY)
        change(org, one, INTEGRATION, Stage__c=stage)
    route(org, one, REP, Accept_By__c=iso(Instant(org.now + HOUR)))
    wait(org, 2 * HOUR)
    assert figures(org, one) == (2, False)


def test_what_nobody_was_given_has_no_hours_and_breaks_no_time(org: RunningOrg) -> None:
    assert figures(org, interest(org, "sql")) == (None, True)


def test_speed_to_lead_is_another_figure(org: RunningOrg) -> None:
    one = interest(org, Opened_At__c=iso(NOON))
    wait(org, HOUR)
    change(org, one, AGENT, Stage__c="qualifying")
    wait(org, 4 * HOUR)
    change(org, one, AGENT, Stage__c="sql")
    route(org, one, REP)
    wait(org, 2 * HOUR)
    change(org, one, REP, Stage__c="accepted")
    record = org.read("Interest__c", one)
    assert (record["Hours_To_First_Touch__c"], record["Hours_Since_Assignment__c"]) == (1, 2)
