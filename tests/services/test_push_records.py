"""Whom the push writes, whom it takes away, what it leaves alone, and what it keeps of all of it."""

import pytest

from chalicelib.domain.command import FieldValue
from chalicelib.domain.watermark import OVERLAP
from chalicelib.errors import Misconfigured, Rejected, Retryable
from chalicelib.services.platform_push import watermark_name
from tests.domain.consents import request
from tests.services.fake_automation import FakeAutomation
from tests.services.push_world import CONTACT, LEAD, OTHER_CONTACT, PushWorld


def values(world: PushWorld, name: str = CONTACT) -> dict[str, object]:
    held = world.automation.values(name)
    assert held is not None
    return held


def test_whom_the_ledger_permits_is_written_with_what_the_playbook_names() -> None:
    world = PushWorld()
    world.customer(company="Werk")

    world.push()

    wanted: dict[str, FieldValue] = {
        "email": "a@example.com",
        "last_name": "Weiß",
        "company": "Werk",
        "opt_in_contact_request": True,
        "contact_id": "003000000000001AAA",
        "lead_id": None,
    }
    held = values(world)
    assert {word: held[word] for word in wanted} == wanted


def test_the_decision_is_kept_with_its_legal_basis() -> None:
    world = PushWorld()
    world.customer()

    world.push()

    judged = world.state().verdict
    assert (judged.eligible, judged.basis, judged.purpose) == (True, "double_opt_in", "contact_request/main")


def test_who_only_asked_is_not_written_and_the_reason_is_kept() -> None:
    world = PushWorld()
    world.tell(CONTACT, consents=[request()])
    world.crm.put(CONTACT, world.now)

    world.push()

    assert world.automation.rows == {}
    assert world.state().verdict.reason == "a double opt-in is not confirmed yet"


@pytest.mark.parametrize(
    ("email", "opted_out", "reason"),
    [
        ("a@example.com", True, "opted out in Salesforce"),
        (None, False, "no e-mail address on the record"),
        ("b@example.com", False, "the record's e-mail address is not known to be the person's"),
    ],
)
def test_what_the_record_says_may_restrict(email: str | None, opted_out: bool, reason: str) -> None:
    world = PushWorld()
    world.permit(CONTACT)
    world.crm.put(CONTACT, world.now, email, opted_out=opted_out)

    world.push()

    assert world.automation.rows == {}
    assert world.state().verdict.reason == reason


def test_nobody_is_written_whom_the_store_does_not_know() -> None:
    world = PushWorld()
    world.crm.put(CONTACT, world.now)

    world.push()

    assert world.state().verdict.reason == "nobody in the store is known by it"


def test_a_second_run_costs_no_call() -> None:
    world = PushWorld()
    world.customer()
    world.push()
    before = dict(world.automation.calls)

    tallies = [world.push(full=full)[0] for full in (False, True)]

    assert world.automation.calls == before
    assert [each.unchanged for each in tallies] == [1, 1]


def test_only_what_changed_is_read_and_written_again() -> None:
    world = PushWorld()
    world.customer()
    world.customer(OTHER_CONTACT, "b@example.com")
    world.wait()
    world.push()
    world.wait()
    world.crm.put(OTHER_CONTACT, world.now, "b@example.com", last_name="Schwarz")

    [tally] = world.push()

    assert (tally.written, tally.unchanged) == (1, 0)
    assert values(world, OTHER_CONTACT)["last_name"] == "Schwarz"


def test_many_rows_travel_in_as_few_jobs_as_the_platform_takes() -> None:
    world = PushWorld()
    for number in range(7):
        name = f"{'contact:003' if number < 4 else 'lead:00Q'}00000000010{number}"
        world.customer(name, f"p{number}@example.com")

    world.push()

    assert (world.automation.calls["begin"], len(world.automation.rows)) == (3, 7)


def test_a_changed_account_is_followed_on_its_contacts() -> None:
    world = PushWorld()
    world.crm.accounts["001"] = (world.now, "Werk")
    world.customer(account_id="001000000000001AAA")
    world.crm.accounts["001000000000001AAA"] = (world.now, "Werk")
    world.push()
    world.wait()
    world.crm.accounts["001000000000001AAA"] = (world.now, "Werke")

    [tally] = world.push()

    assert (values(world)["company"], tally.written) == ("Werke", 1)


def test_a_withdrawal_takes_the_row_away() -> None:
    world = PushWorld()
    world.customer()
    world.push()
    world.wait()
    world.withdraw()
    world.crm.put(CONTACT, world.now)

    [tally] = world.push()

    assert (world.automation.rows, tally.withdrawn) == ({}, 1)
    assert (world.state().outcome, world.state().verdict.reason) == ("withdrawn", "withdrawn")


def test_a_record_that_is_deleted_takes_its_row_along() -> None:
    world = PushWorld()
    world.customer()
    world.push()
    world.wait()
    world.crm.delete(CONTACT, world.now)

    world.push()

    assert world.automation.rows == {}
    assert world.state().verdict.gone


def test_a_row_that_was_refused_waits_for_another_change() -> None:
    world = PushWorld()
    world.automation.refused.add(CONTACT)
    world.customer()
    world.push()
    kept = world.state()
    calls = dict(world.automation.calls)

    world.push(full=True)
    unchanged = dict(world.automation.calls)
    world.automation.refused.clear()
    world.wait()
    world.crm.put(CONTACT, world.now, last_name="Schwarz")
    world.push()

    assert (kept.outcome, kept.failure) == ("failed", "the field Country: not one of the picklist")
    assert unchanged == calls
    assert (world.state().outcome, world.state().failure) == ("written", "")


def test_one_refused_row_loses_no_other() -> None:
    world = PushWorld()
    world.automation.refused.add(CONTACT)
    world.customer()
    world.customer(OTHER_CONTACT, "b@example.com")

    [tally] = world.push()

    assert (tally.written, tally.failed, world.automation.records) == (1, 1, {OTHER_CONTACT})


def test_a_row_that_was_not_processed_is_written_again_at_once() -> None:
    world = PushWorld()
    world.automation.skipped[CONTACT] = 1
    world.customer()

    [tally] = world.push()

    assert (tally.unprocessed, tally.written, world.states.due("marketing_cloud")) == (1, 1, [])


def test_a_row_that_is_not_processed_twice_is_left_to_the_next_run() -> None:
    world = PushWorld()
    world.automation.skipped[CONTACT] = 2
    world.customer()
    world.push()
    left = world.states.due("marketing_cloud")
    world.wait()

    [tally] = world.push()

    assert (left, tally.written, world.states.due("marketing_cloud")) == ([CONTACT], 1, [])


def test_a_withdrawal_while_the_platform_is_at_work_takes_the_row_away_again() -> None:
    world = PushWorld()
    world.customer()
    begin = world.automation.begin

    def withdrawn_meanwhile(rows: object) -> str:
        world.withdraw()
        return begin(rows)  # type: ignore[arg-type]

    world.automation.begin = withdrawn_meanwhile  # type: ignore[method-assign]
    world.push()

    assert world.automation.rows == {}
    assert (world.state().outcome, world.state().verdict.eligible) == ("withdrawn", False)


def test_a_job_that_is_not_done_in_time_is_asked_for_by_the_next_run() -> None:
    world = PushWorld()
    world.customer()
    world.automation.busy["finish"] = 1
    with pytest.raises(Retryable):
        world.push()
    name = watermark_name("marketing_cloud", "Contact")
    unread = world.watermarks.read(name)

    world.push()

    assert unread is None
    assert (world.automation.calls["begin"], world.state().outcome) == (1, "written")
    assert world.states.open_job("marketing_cloud") is None


def test_a_job_that_the_platform_forgot_is_handed_over_again() -> None:
    world = PushWorld()
    world.customer()
    world.automation.busy["finish"] = 1
    with pytest.raises(Retryable):
        world.push()
    world.automation._jobs.clear()
    world.wait()

    world.push()

    assert (world.automation.records, world.state().outcome) == ({CONTACT}, "written")


def test_a_platform_that_is_busy_does_not_hold_up_the_other() -> None:
    cloud, prospects = FakeAutomation(), FakeAutomation("account_engagement")
    world = PushWorld((cloud, prospects))
    world.customer()
    cloud.busy["begin"] = 1

    with pytest.raises(Retryable, match="begin"):
        world.push()
    first = (cloud.records, prospects.records)
    world.push()

    assert first == (set(), {CONTACT})
    assert (cloud.records, prospects.calls["begin"]) == ({CONTACT}, 1)


def test_rows_that_are_refused_as_a_whole_stop_the_platform_and_nothing_is_lost() -> None:
    world = PushWorld()
    world.customer()
    begin = world.automation.begin
    world.automation.begin = refuse  # type: ignore[method-assign]
    with pytest.raises(Misconfigured, match="no column Company"):
        world.push()
    world.automation.begin = begin  # type: ignore[method-assign]

    world.push()

    assert world.automation.records == {CONTACT}


def refuse(_: object) -> str:
    raise Rejected("the data extension has no column Company")


def test_what_was_read_before_the_calls_ran_out_is_written() -> None:
    world = PushWorld()
    world.customer()
    world.customer(LEAD, "b@example.com")
    changed = world.crm.changed

    def without_calls(source: str, since: object) -> object:
        if source == "Lead":
            raise Retryable("Salesforce API requests: the rest is kept for people")
        return changed(source, since)  # type: ignore[arg-type]

    world.crm.changed = without_calls  # type: ignore[assignment, method-assign]
    with pytest.raises(Retryable, match="people"):
        world.push()
    first = world.automation.records
    world.crm.changed = changed  # type: ignore[method-assign]
    world.push()

    assert (first, world.automation.records) == ({CONTACT}, {CONTACT, LEAD})


def test_a_watermark_stays_behind_what_may_still_come_to_light() -> None:
    world = PushWorld()
    world.customer()

    world.push()

    mark = world.watermarks.read(watermark_name("marketing_cloud", "Contact"))
    assert mark is not None
    assert mark.at == world.now - OVERLAP


def test_when_the_time_is_over_the_next_run_goes_on() -> None:
    world = PushWorld()
    world.customer()
    world.customer(LEAD, "b@example.com")
    world.wait(60)

    world.push(most_time=-1)
    first = world.automation.records
    world.push()

    assert (first, world.automation.records) == ({CONTACT}, {CONTACT, LEAD})
