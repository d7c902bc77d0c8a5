"""Activities and cases of the emulated org: what sales and support did since a watermark."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain.activity import Activity
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import DAY, MINUTE, Instant, iso
from chalicelib.domain.support_case import SupportCase
from chalicelib.domain.watermark import Watermark
from chalicelib.errors import Misconfigured
from chalicelib.gateways.salesforce import activities
from chalicelib.gateways.salesforce.activities import FIRST, Fact, Source
from smarketing.org_rest import rest_of
from smarketing.sandbox.org.seed import user_id
from tests.gateways.salesforce.scripted_org import Reply, Request, scripted_org
from tests.sandbox.org.running_org import INTEGRATION, NOON, RunningOrg, running_org

REP = "rep1@smarketing.example"


class Integration:
    """The integration user, logged in."""

    def __init__(self, org: RunningOrg) -> None:
        self.url = org.url
        self.access_token = org.token(INTEGRATION)


@pytest.fixture
def org() -> Iterator[RunningOrg]:
    with running_org() as running:
        yield running


def placed(org: RunningOrg, source: Source, since: Watermark | None = None) -> list[tuple[Watermark, Fact]]:
    return list(activities.since(rest_of(Integration(org)), source, since, org.now))


def read(org: RunningOrg, source: Source, since: Watermark | None = None) -> list[Any]:
    return [fact for _, fact in placed(org, source, since)]


def subjects(org: RunningOrg, source: Source, since: Watermark | None = None) -> list[str]:
    return [fact.subject for fact in read(org, source, since)]


def after(org: RunningOrg, minutes: float) -> Instant:
    org.now = Instant(int(NOON + minutes * MINUTE))
    return org.now


def meeting(org: RunningOrg, begins: float, ends: float, **values: Any) -> str:
    """Put a meeting of so many minutes from noon into the calendar."""
    start, end = (iso(Instant(int(NOON + each * MINUTE))) for each in (begins, ends))
    return org.create("Event", StartDateTime=start, EndDateTime=end, **values)


def test_a_completed_call_tells_who_what_and_when(org: RunningOrg) -> None:
    lead = org.lead()
    values = {"WhoId": lead, "Subject": "Call", "TaskSubtype": "Call", "Type": "Call"}
    task = org.create("Task", user=REP, **values)
    done = after(org, 7)
    org.call("PATCH", f"sobjects/Task/{task}", {"Status": "Completed"})

    assert read(org, "tasks") == [
        Activity(
            form="task",
            id=task[:15],
            of=person_key("lead", lead),
            occurred_at=done,
            over_at=done,
            channel="call",
            subject="Call",
            type="Call",
            owner=user_id(org.org.database, REP),
            created_by=REP,
        )
    ]


def test_an_open_task_and_one_of_nobody_are_not_read(org: RunningOrg) -> None:
    org.create("Task", WhoId=org.lead(), Subject="Open", TaskSubtype="Call")
    org.create("Task", Subject="Of nobody", TaskSubtype="Call", Status="Completed")

    assert read(org, "tasks") == []


def test_after_a_watermark_only_what_came_later_is_read_in_its_order(org: RunningOrg) -> None:
    lead = org.lead()
    for name in ("first", "second"):
        org.create("Task", WhoId=lead, Subject=name, Status="Completed")
    after(org, 1)
    org.create("Task", WhoId=lead, Subject="third", Status="Completed")
    (first, _), *_ = placed(org, "tasks")

    assert subjects(org, "tasks") == ["first", "second", "third"]
    assert subjects(org, "tasks", first) == ["second", "third"]
    assert subjects(org, "tasks", Watermark(org.now)) == ["third"]


def test_the_first_reading_goes_back_a_quarter_of_a_year(org: RunningOrg) -> None:
    org.now = Instant(NOON - FIRST - MINUTE)
    org.create("Task", WhoId=org.lead(), Subject="long ago", Status="Completed")
    after(org, 0)

    assert read(org, "tasks") == []


def test_a_meeting_is_read_when_its_time_is_over_though_it_did_not_change(org: RunningOrg) -> None:
    meeting(org, 30, 60, WhoId=org.lead(), Subject="Demo")
    before = read(org, "meetings over")
    over = after(org, 60)

    [(place, found)] = placed(org, "meetings over", Watermark(NOON))

    assert before == []
    assert (place.at, found.over_at, found.occurred_at) == (over, over, NOON + 30 * MINUTE)  # type: ignore[union-attr]
    assert read(org, "meetings over", place) == []


def test_a_meeting_that_was_cancelled_before_is_not_read(org: RunningOrg) -> None:
    event = meeting(org, 30, 60, WhoId=org.lead())
    org.call("DELETE", f"sobjects/Event/{event}")
    after(org, 90)

    assert read(org, "meetings over") == []
    assert read(org, "meetings") == []


def test_a_meeting_that_was_put_off_is_over_at_its_new_time(org: RunningOrg) -> None:
    event = meeting(org, 30, 60, WhoId=org.lead())
    later = {"StartDateTime": iso(Instant(NOON + 90 * MINUTE)), "EndDateTime": iso(Instant(NOON + 2 * DAY))}
    org.call("PATCH", f"sobjects/Event/{event}", later)
    after(org, 70)

    assert read(org, "meetings over") == []
    assert [each.over_at for each in read(org, "meetings")] == [NOON + 2 * DAY]


def test_a_day_is_over_when_the_next_begins(org: RunningOrg) -> None:
    midnight = Instant(NOON - NOON % DAY)
    day = {"StartDateTime": iso(midnight), "EndDateTime": iso(midnight), "IsAllDayEvent": True}
    org.create("Event", WhoId=org.lead(), Subject="Fair", **day)

    before = read(org, "days over")
    org.now = Instant(midnight + DAY)

    assert (before, subjects(org, "days over")) == ([], ["Fair"])
    assert read(org, "meetings over") == []


def test_a_private_meeting_and_the_main_record_of_a_series_are_not_read(org: RunningOrg) -> None:
    lead = org.lead()
    meeting(org, -60, -30, WhoId=lead, IsPrivate=True)
    meeting(org, -60, -30, WhoId=lead, IsRecurrence=True)

    assert read(org, "meetings") == read(org, "meetings over") == []


def test_what_an_activity_is_about_tells_the_product_line(org: RunningOrg) -> None:
    account = org.create("Account", Name="Werk")
    contact = org.create("Contact", LastName="Weiß", AccountId=account)
    opportunity = org.create("Opportunity", Name="P", StageName="Prospecting", CloseDate="2026-12-31")
    told = {"Contact__c": contact, "Product_Line__c": "presses", "Opportunity__c": opportunity}
    interest = org.create(
        "Interest__c", user=INTEGRATION, Smarketing_Interest_Id__c="1", Stage__c="mql", **told
    )
    for number, what in enumerate((interest, opportunity, account, None)):
        org.create("Task", WhoId=contact, WhatId=what, Subject=str(number), Status="Completed")

    found = [(each.product_line, each.opportunity) for each in read(org, "tasks")]

    assert found == [("presses", opportunity[:15]), ("presses", opportunity[:15]), (None, None), (None, None)]


def test_a_case_tells_when_it_was_opened_and_closed(org: RunningOrg) -> None:
    contact = org.create("Contact", LastName="Weiß")
    case = org.create("Case", ContactId=contact, Subject="Leak")
    org.create("Case", Subject="Of nobody")
    [opened] = read(org, "cases")
    closed_at = after(org, 9)
    org.call("PATCH", f"sobjects/Case/{case}", {"Status": "Closed"})
    [closed] = read(org, "cases")
    after(org, 12)
    org.call("PATCH", f"sobjects/Case/{case}", {"Status": "New"})
    [again] = read(org, "cases")

    known = {"id": case[:15], "of": person_key("contact", contact), "created_at": NOON, "subject": "Leak"}
    assert opened == SupportCase(changed_at=NOON, **known)  # type: ignore[arg-type]
    assert closed == SupportCase(changed_at=closed_at, closed_at=closed_at, **known)  # type: ignore[arg-type]
    assert again == SupportCase(changed_at=org.now, **known)  # type: ignore[arg-type]


@pytest.mark.parametrize("named", [True, False])
def test_a_changed_activity_is_read_by_its_id_or_by_when_it_changed(org: RunningOrg, named: bool) -> None:
    task = org.create("Task", WhoId=org.lead(), Subject="Call", TaskSubtype="Call", Status="Completed")
    ids = [task] if named else []

    assert list(org.gateway().read_again("Task", ids, org.now)) == read(org, "tasks")


def test_a_type_that_the_org_hides_is_done_without() -> None:
    row = {"Id": "00T000000000001AAA", "WhoId": "00Q000000000001AAA", "TaskSubtype": "Call", "IsClosed": True}
    row |= {"SystemModstamp": "2026-03-01T12:00:00.000+0000", "CompletedDateTime": None, "Subject": "Call"}
    hidden = [{"errorCode": "INVALID_FIELD", "message": "No such column 'Type' on entity 'Task'."}]

    def script(asked: Request) -> Reply:
        if " Type" in asked.soql:
            return Reply(400, hidden)
        return Reply(200, {"totalSize": 1, "done": True, "records": [row]})

    with scripted_org() as org:
        org.script = script
        [(_, polled)] = org.gateway().facts("tasks", Watermark(Instant(0)), NOON)
        [again] = org.gateway().read_again("Task", ["00T000000000001AAA"], NOON)

    assert polled == again
    assert (polled.channel, polled.type, polled.occurred_at) == ("call", "", NOON)  # type: ignore[union-attr]


def test_who_may_not_see_activities_is_misconfigured(org: RunningOrg) -> None:
    sets = org.query("SELECT Id FROM PermissionSet WHERE Name = 'Smarketing_Integration'")
    org.call("PATCH", f"sobjects/PermissionSet/{sets[0]['Id']}", {"PermissionsActivitiesAccess": False})

    with pytest.raises(Misconfigured, match="INVALID_TYPE"):
        read(org, "tasks")


def test_many_pages_are_read_to_the_end(org: RunningOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("smarketing.sandbox.org.rest.PAGE", 200)
    lead = org.lead()
    for start in range(0, 450, 150):
        records = [
            {"attributes": {"type": "Task"}, "WhoId": lead, "Subject": str(each), "Status": "Completed"}
            for each in range(start, start + 150)
        ]
        assert org.call("POST", "composite/sobjects", {"records": records}).status_code == 200

    assert len(set(subjects(org, "tasks"))) == 450
