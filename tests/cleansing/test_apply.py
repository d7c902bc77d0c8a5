"""What an apply writes, leaves alone and records; and the way back."""

import json
from collections.abc import Callable

import pytest

from chalicelib.domain.consent import fold, standing
from chalicelib.errors import Rejected, Retryable
from smarketing.cleansing import apply as applying
from smarketing.cleansing import growing_file
from smarketing.cleansing.manifest import DONE, PLAN, UNDO
from tests.cleansing.legacy_org import MAPPING, NOW, BreakingRest, Breaks, LegacyOrg


def test_values_are_written_and_the_sums_balance(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="ANNA", Email="anna@gmial.com", Phone="12", Country="D")
    org.plan(countries="german")
    applied = org.apply()
    assert org.value(lead, "FirstName") == "Anna"
    assert org.value(lead, "Country") == "Deutschland"
    assert org.value(lead, "Email") == "anna@gmial.com"
    assert (applied.rows, applied.skipped, applied.outcomes["written"]) == (4, 2, 2)
    assert applied.balanced


def test_an_emptied_value_is_written(org: LegacyOrg) -> None:
    lead = org.lead(Title="&nbsp;")
    org.plan()
    org.apply()
    assert org.value(lead, "Title") is None


def test_a_rehearsal_writes_nothing(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="ANNA", Newsletter__c="nein")
    org.plan(MAPPING)
    applied = org.apply(dry_run=True)
    assert (applied.outcomes["written"], applied.outcomes["recorded"], applied.balanced) == (1, 1, True)
    assert org.value(lead, "FirstName") == "ANNA"
    assert org.sent.bodies == []
    assert not (org.folder / DONE).exists()
    assert not (org.folder / UNDO).exists()


def test_what_somebody_changed_meanwhile_is_left_alone(org: LegacyOrg) -> None:
    changed, gone, same = (org.lead(FirstName="ANNA", Newsletter__c="nein") for _ in range(3))
    org.plan(MAPPING)
    org.change(changed, FirstName="Anne", Newsletter__c="ja")
    org.running.call("DELETE", f"sobjects/Lead/{gone}")
    org.change(same, FirstName="Anna")
    applied = org.apply()
    assert dict(applied.outcomes) == {"changed": 2, "gone": 2, "already": 1, "recorded": 1}
    assert org.value(changed, "FirstName") == "Anne"
    assert applied.balanced


def test_a_plan_of_another_org_is_refused(org: LegacyOrg) -> None:
    org.lead(FirstName="ANNA")
    org.plan()
    with pytest.raises(Rejected, match="and this is 00D000000000001AAA; choose the target"):
        org.apply(org="00D000000000001AAA")


def test_only_what_is_decided_so_is_applied(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="ANNA", LastName="BERGER", Email="Anna@Gmial.com")
    org.plan()
    org.decide("skip", "FirstName")
    org.decide("apply", "Email")
    applied = org.apply()
    assert (org.value(lead, "FirstName"), org.value(lead, "LastName")) == ("ANNA", "Berger")
    assert org.value(lead, "Email") == "anna@gmail.com"
    assert (applied.outcomes["replaced"], applied.outcomes["written"], applied.skipped) == (1, 2, 1)
    assert applied.balanced


def test_rows_may_be_sorted_and_taken_out(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="ANNA", LastName="BERGER")
    org.plan(delimiter="comma")
    org.edit(lambda row: None if row["field"] == "FirstName" else row)
    applied = org.apply()
    assert (org.value(lead, "FirstName"), org.value(lead, "LastName")) == ("ANNA", "Berger")
    assert (applied.removed, applied.outcomes["written"], applied.balanced) == (1, 1, True)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"after": "Hacked"}, "plan.csv, line 2: a cell other than decision was changed"),
        ({"record": "'00Q000000000001AAA"}, "a cell other than decision was changed"),
        ({"decision": "maybe"}, "plan.csv, line 2: decision: write apply or skip"),
        ({"number": "x"}, "a cell other than decision was changed"),
    ],
)
def test_an_edited_plan_is_refused_before_anything_is_written(
    org: LegacyOrg, change: dict[str, str], complaint: str
) -> None:
    lead = org.lead(FirstName="ANNA", LastName="BERGER")
    org.plan()
    org.edit(lambda row: row | change if row["number"] == "1" else row)
    with pytest.raises(Rejected, match=complaint):
        org.apply()
    assert org.value(lead, "LastName") == "BERGER"


def test_a_mark_can_not_be_applied(org: LegacyOrg) -> None:
    org.lead(Phone="12")
    org.plan()
    org.decide("apply", "Phone")
    with pytest.raises(Rejected, match="only marks a value"):
        org.apply()


def test_a_row_that_the_org_refuses_is_named_and_tried_again(org: LegacyOrg) -> None:
    refused, fine = org.lead(FirstName="ANNA"), org.lead(FirstName="BERTA")
    org.plan()
    org.running.control("faults", {"kind": "lock_row", "times": 3, "path": "composite"})
    first = org.apply()
    assert {each.row.record for each in first.failures} == {refused, fine}
    assert first.failures[0].reason.startswith("UNABLE_TO_LOCK_ROW: ")
    assert first.balanced
    second = org.apply()
    assert (second.outcomes["written"], second.failures) == (2, [])


def test_many_records_are_written_by_a_bulk_job(org: LegacyOrg, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.gateways.salesforce.bulk.MORE_THAN", 2)
    leads = [org.lead(FirstName="ANNA", Title=title) for title in (" x", "a", "&nbsp;")]
    org.plan()
    applied = org.apply()
    assert (applied.outcomes["written"], applied.balanced) == (5, True)
    assert [org.value(each, "FirstName") for each in leads] == ["Anna"] * 3
    assert [org.value(each, "Title") for each in leads] == ["x", "a", None]


def test_a_second_apply_does_nothing(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="ANNA", Newsletter__c="nein")
    org.plan(MAPPING)
    first = org.apply()
    org.change(lead, FirstName="ANNA")
    sent = list(org.sent.bodies)
    assert org.apply() == first
    assert org.sent.bodies == sent
    assert org.value(lead, "FirstName") == "ANNA"


def test_consents_go_onto_the_queue_as_engagements(org: LegacyOrg) -> None:
    lead = org.lead(
        Email="a@example.org", Newsletter__c="ja", Newsletter_Datum__c="2019-03-01", Werbung__c="nein"
    )
    org.plan(MAPPING)
    org.apply()
    told = {each.consents[0].subject.purpose: each for each in org.sent.engagements}
    assert {key.kind: key.value for key in told["newsletter"].keys} == {
        "lead": lead[:15],
        "email": "a@example.org",
    }
    assert told["newsletter"].consents[0].kind == "imported"
    assert told["newsletter"].occurred_at == 1_551_398_400_000
    assert (told["product_news"].consents[0].kind, told["product_news"].occurred_at) == ("withdrawn", NOW)


def test_what_is_not_proven_permits_nothing(org: LegacyOrg) -> None:
    org.lead(Newsletter__c="ja", Werbung__c="Messe 2019 mündlich")
    org.plan(MAPPING)
    org.apply()
    for each in org.sent.engagements:
        folds = fold({}, each.consents[0], each.occurred_at)
        assert standing(folds, each.consents[0].subject).state == "unproven"


def test_a_later_plan_that_finds_the_same_tells_nothing_new(org: LegacyOrg) -> None:
    org.lead(Newsletter__c="nein", Werbung__c="ja")
    for name in ("first", "second"):
        org.folder = org.folder.with_name(name)
        org.plan(MAPPING)
        org.apply()
    ids = [each.id for each in org.sent.engagements]
    assert len(ids) == 4
    assert len(set(ids)) == 2


def test_undo_brings_back_what_was(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="  ANNA", Title="&nbsp;", Phone="030 1234567")
    before = org.running.read("Lead", lead)
    org.plan()
    org.apply()
    assert org.undo(dry_run=True).restored == 3
    undone = org.undo()
    after = org.running.read("Lead", lead)
    assert (undone.restored, undone.balanced) == (3, True)
    assert {name: after[name] for name in ("FirstName", "Title", "Phone")} == {
        name: before[name] for name in ("FirstName", "Title", "Phone")
    }
    assert org.undo().same == 3


def test_undo_leaves_alone_what_was_changed_since(org: LegacyOrg) -> None:
    changed, gone, kept = (org.lead(FirstName="ANNA") for _ in range(3))
    org.plan()
    org.apply()
    org.change(changed, FirstName="Anne")
    org.running.call("DELETE", f"sobjects/Lead/{gone}")
    undone = org.undo()
    assert ([each.record for each in undone.changed], undone.gone, undone.restored) == ([changed], 1, 1)
    assert (org.value(changed, "FirstName"), org.value(kept, "FirstName")) == ("Anne", "ANNA")
    assert undone.balanced


def test_a_plan_can_be_applied_again_after_its_undo(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="ANNA")
    org.plan()
    org.apply()
    org.undo()
    assert org.apply().outcomes["written"] == 1
    assert org.value(lead, "FirstName") == "Anna"


@pytest.mark.parametrize("after", [False, True])
def test_an_apply_that_breaks_off_anywhere_goes_on_where_it_was(
    org: LegacyOrg, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    monkeypatch.setattr(applying, "BATCH", 2)
    leads = [org.lead(FirstName="ANNA", Phone="030 1234567", Newsletter__c="nein") for _ in range(3)]
    before = {each: org.value(each, "FirstName") for each in leads}
    org.plan(MAPPING)
    plan = (org.folder / PLAN).read_bytes()
    append = growing_file.append
    at, complete = 0, False
    while not complete:
        at += 1
        (org.folder / PLAN).write_bytes(plan)
        breaks = Breaks(at, after=after)
        with monkeypatch.context() as broken:
            broken.setattr(growing_file, "append", breaks.step(append))
            broken.setattr(org, "sent", breaks.step(org.sent))
            complete = _ends(lambda breaks=breaks: org.apply(rest=BreakingRest(org.rest, breaks)))
        # when
        applied = org.apply()
        # then
        assert applied.balanced
        assert not applied.failures
        assert applied.rows == 9
        assert [org.value(each, "FirstName") for each in leads] == ["Anna"] * 3
        assert len({each.id for each in org.sent.engagements}) == 3
        undone = org.undo()
        assert (undone.restored, undone.balanced) == (6, True)
        assert {each: org.value(each, "FirstName") for each in leads} == before
        (org.folder / UNDO).unlink()
        org.sent.bodies.clear()
    assert at > 12


def test_an_undo_that_breaks_off_anywhere_can_be_called_again(
    org: LegacyOrg, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("smarketing.cleansing.undo.BATCH", 1)
    leads = [org.lead(FirstName="ANNA") for _ in range(3)]
    org.plan()
    at, complete = 0, False
    while not complete:
        at += 1
        org.apply()
        breaks = Breaks(at, after=at % 2 == 0)
        complete = _ends(lambda breaks=breaks: org.undo(rest=BreakingRest(org.rest, breaks)))
        assert org.undo().balanced
        assert [org.value(each, "FirstName") for each in leads] == ["ANNA"] * 3
    assert at > 6


def test_a_line_that_a_break_left_half_written_is_passed_over(org: LegacyOrg) -> None:
    lead = org.lead(FirstName="ANNA", LastName="BERGER")
    org.plan()
    for name in (DONE, UNDO):
        (org.folder / name).write_text('{"row": 1, "outc', encoding="utf-8")
    assert org.apply().outcomes["written"] == 2
    lines = (org.folder / DONE).read_text(encoding="utf-8").splitlines()
    assert [json.loads(each)["row"] for each in lines[1:]] == [1, 2]
    assert org.undo().restored == 2
    assert org.value(lead, "LastName") == "BERGER"


def _ends(work: Callable[[], object]) -> bool:
    try:
        work()
    except Retryable:
        return False
    return True
