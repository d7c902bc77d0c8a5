"""Bulk API 2.0 of the emulated org, through simple-salesforce."""

import csv
import io
from typing import Any

import pytest

from tests.sandbox.org.running_org import RunningOrg, refusal

PERSON = "Smarketing_Person_Id__c"


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """simple-salesforce waits between two looks at a job."""
    monkeypatch.setattr("simple_salesforce.bulk2.sleep", lambda _: None)


def lead(number: int, **values: str) -> dict[str, str]:
    return {PERSON: f"01J{number}", "LastName": f"Weiß {number}", "Company": "Werk", **values}


def ingest(org: RunningOrg, how: str, records: list[dict[str, str]], **options: Any) -> dict[str, Any]:
    object_ = getattr(org.salesforce().bulk2, options.pop("object", "Lead"))
    [job] = getattr(object_, how)(records=records, **options)
    return dict(job)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_an_upsert_reports_each_row(org: RunningOrg) -> None:
    org.lead(**{PERSON: "01J1"})
    records = [lead(1, Title='"CTO", a\nb'), lead(2), lead(3, Email="nobody at all")]
    job = ingest(org, "upsert", records, external_id_field=PERSON)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (3, 1)
    leads = org.salesforce().bulk2.Lead
    done = rows(leads.get_successful_records(job["job_id"]))
    assert [each["sf__Created"] for each in done] == ["false", "true"]
    assert org.read("Lead", done[0]["sf__Id"])["Title"] == '"CTO", a\nb'
    [failed] = rows(leads.get_failed_records(job["job_id"]))
    assert failed["sf__Error"].startswith("INVALID_EMAIL_ADDRESS:")
    assert failed[PERSON] == "01J3"
    assert rows(leads.get_unprocessed_records(job["job_id"])) == []


def test_records_are_inserted_updated_and_deleted(org: RunningOrg) -> None:
    job = ingest(org, "insert", [lead(1, Title="CTO", City="Mannheim")])
    [done] = rows(org.salesforce().bulk2.Lead.get_successful_records(job["job_id"]))
    # An empty cell leaves a field alone, #N/A empties it.
    ingest(org, "update", [{"Id": done["sf__Id"], "Title": "#N/A", "City": ""}])
    record = org.read("Lead", done["sf__Id"])
    assert (record["Title"], record["City"]) == (None, "Mannheim")
    ingest(org, "delete", [{"Id": done["sf__Id"]}])
    assert org.query("SELECT Id FROM Lead") == []


def test_parents_are_named_by_their_external_ids(org: RunningOrg) -> None:
    parent = org.lead(**{PERSON: "01J1"})
    key = "Smarketing_Engagement_Id__c"
    records = [{key: "1", f"Lead__r.{PERSON}": "01J1"}, {key: "2", f"Lead__r.{PERSON}": "01J2"}]
    job = ingest(org, "upsert", records, object="Touchpoint__c", external_id_field=key)
    assert (job["numberRecordsProcessed"], job["numberRecordsFailed"]) == (2, 1)
    assert [each["Lead__c"] for each in org.query("SELECT Lead__c FROM Touchpoint__c")] == [parent]


def test_a_query_gives_every_row_in_pages(org: RunningOrg) -> None:
    for number in range(5):
        org.lead(f"Weiß {number}")
    soql = "SELECT LastName, Owner.Name, HasOptedOutOfEmail FROM Lead ORDER BY LastName"
    pages = list(org.salesforce().bulk2.Lead.query(soql, max_records=2))
    assert [len(rows(page)) for page in pages] == [2, 2, 1]
    assert rows(pages[0])[0] == {
        "LastName": "Weiß 0",
        "Owner.Name": "Ada Admin",
        "HasOptedOutOfEmail": "false",
    }


def test_a_query_without_rows_and_parents_still_names_its_columns(org: RunningOrg) -> None:
    soql = "SELECT Id, Lead__r.LastName FROM Touchpoint__c"
    [empty] = org.salesforce().bulk2.Touchpoint__c.query(soql)
    org.create("Touchpoint__c", Smarketing_Engagement_Id__c="1")
    [orphan] = org.salesforce().bulk2.Touchpoint__c.query(soql)
    assert empty.splitlines()[0] == orphan.splitlines()[0] == '"Id","Lead__r.LastName"'
    assert rows(orphan)[0]["Lead__r.LastName"] == ""


def test_a_job_goes_from_open_to_complete_step_by_step(org: RunningOrg) -> None:
    body = {"operation": "insert", "object": "Lead", "contentType": "CSV"}
    job = f"jobs/ingest/{org.call('POST', 'jobs/ingest', body).json()['id']}"
    csv_file = {
        "headers": {"Content-Type": "text/csv"},
        "data": b"LastName,Company\nWei\xc3\x9f,Werk\nA,B,C\n",
    }
    assert org.call("PUT", f"{job}/batches", **csv_file).status_code == 201
    assert refusal(org.call("PUT", f"{job}/batches", **csv_file)) == (400, "INVALIDJOBSTATE")
    states = [org.call("PATCH", job, {"state": "UploadComplete"}).json()["state"]]
    states += [org.call("GET", job).json()["state"] for _ in range(2)]
    assert states == ["UploadComplete", "UploadComplete", "JobComplete"]
    assert refusal(org.call("PATCH", job, {"state": "Aborted"})) == (400, "INVALIDJOBSTATE")
    assert org.call("GET", job).json()["numberRecordsFailed"] == 1
    assert org.call("DELETE", job).status_code == 204
    assert org.call("GET", job).status_code == 404


@pytest.mark.parametrize(
    ("path", "body", "code"),
    [
        ("jobs/ingest", {"operation": "merge", "object": "Lead"}, "INVALIDJOB"),
        ("jobs/ingest", {"operation": "upsert", "object": "Lead"}, "INVALIDJOB"),
        ("jobs/ingest", {"operation": "insert", "object": "Lead", "lineEnding": "CRLF"}, "INVALIDJOB"),
        ("jobs/query", {"operation": "delete", "query": "SELECT Id FROM Lead"}, "INVALIDJOB"),
        ("jobs/query", {"operation": "query", "query": "SELECT"}, "MALFORMED_QUERY"),
        ("jobs/query", {"operation": "query", "query": "SELECT COUNT() FROM Lead"}, "INVALIDJOB"),
    ],
)
def test_a_job_that_is_not_in_order_is_refused(
    org: RunningOrg, path: str, body: dict[str, Any], code: str
) -> None:
    assert refusal(org.call("POST", path, body)) == (400, code)


def test_a_query_job_is_done_when_it_is_looked_at(org: RunningOrg) -> None:
    org.lead()
    gone = org.lead("Übel")
    org.call("DELETE", f"sobjects/Lead/{gone}")
    body = {"operation": "queryAll", "query": "SELECT Id, IsDeleted FROM Lead ORDER BY Id"}

    opened = org.call("POST", "jobs/query", body).json()
    job = f"jobs/query/{opened['id']}"
    seen = org.call("GET", job).json()
    part = org.call("GET", f"{job}/results", params={"maxRecords": "1"})
    last = org.call("GET", f"{job}/results", params={"locator": part.headers["Sforce-Locator"]})

    assert (opened["state"], seen["state"], seen["numberRecordsProcessed"]) == (
        "UploadComplete",
        "JobComplete",
        2,
    )
    assert [rows(each.text)[0]["IsDeleted"] for each in (part, last)] == ["false", "true"]
    assert last.headers["Sforce-Locator"] == "null"


def test_a_query_job_can_be_aborted_until_it_is_done(org: RunningOrg) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Lead"}
    jobs = [f"jobs/query/{org.call('POST', 'jobs/query', body).json()['id']}" for _ in range(2)]
    org.call("GET", jobs[1])

    assert org.call("PATCH", jobs[0], {"state": "Aborted"}).json()["state"] == "Aborted"
    assert refusal(org.call("PATCH", jobs[1], {"state": "Aborted"})) == (400, "INVALIDJOBSTATE")
    assert org.call("DELETE", jobs[0]).status_code == 204
    assert org.call("GET", jobs[0]).status_code == 404
