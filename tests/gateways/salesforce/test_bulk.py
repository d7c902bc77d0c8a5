"""Large deliveries go through Bulk API 2.0 jobs."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from chalicelib.domain.command import Command
from chalicelib.domain.outcome import Deferred, Refused, Written
from chalicelib.gateways.salesforce.bulk import MORE_THAN
from tests.gateways.salesforce.commands import person, touchpoint
from tests.gateways.salesforce.scripted_org import Reply, Request, ScriptedOrg, save_all

MANY = MORE_THAN + 1
CSV = {"Content-Type": "text/csv"}
KEY = "Smarketing_Engagement_Id__c"
Rows = Sequence[dict[str, str]]


@dataclass
class Jobs:
    """A scripted Bulk API: `results` decides what became of the uploaded rows."""

    key: str = KEY
    states: list[str] = field(default_factory=lambda: ["InProgress", "JobComplete"])
    results: Callable[[Rows], tuple[Rows, Rows]] = lambda rows: (rows, [])
    created: list[dict[str, str]] = field(default_factory=list)
    uploads: list[Request] = field(default_factory=list)
    patches: list[str] = field(default_factory=list)

    def __call__(self, request: Request) -> Reply:
        if request.path.endswith("/composite"):
            return save_all(request)
        match request.method, request.path.rpartition("/")[2]:
            case "POST", "ingest":
                self.created.append(request.json)
                return Reply(200, {"id": "750000000000001", "state": "Open"})
            case "PUT", "batches":
                self.uploads.append(request)
                return Reply(201)
            case "PATCH", _:
                self.patches.append(request.json["state"])
                return Reply(200, {"id": "750000000000001", "state": request.json["state"]})
            case "GET", "successfulResults":
                return self._csv(self.results(self.rows)[0], sf__Id="a00000000000001AAA", sf__Created="true")
            case "GET", "failedResults":
                error = "STRING_TOO_LONG:Label: data value too large: a:b:Label__c --"
                return self._csv(self.results(self.rows)[1], sf__Id="", sf__Error=error)
        good, bad = self.results(self.rows)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        counts = {"numberRecordsProcessed": len(good) + len(bad), "numberRecordsFailed": len(bad)}
        return Reply(200, {"id": "750000000000001", "state": state, **counts})

    @property
    def rows(self) -> Rows:
        return list(csv.DictReader(io.StringIO(self.uploads[-1].body.decode("utf-8"), newline="")))

    def _csv(self, rows: Rows, **more: str) -> Reply:
        text = io.StringIO()
        writer = csv.DictWriter(text, [*more, *self.rows[0]], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**more, **row} for row in rows)
        return Reply(200, text.getvalue().encode("utf-8"), CSV)


def many(**fields: str) -> list[Command]:
    return [touchpoint(number, **fields) for number in range(MANY)]


def test_more_than_two_thousand_records_of_an_object_are_one_job_of_six_calls(org: ScriptedOrg) -> None:
    org.script = jobs = Jobs(states=["JobComplete"])
    gateway = org.gateway()
    outcomes = gateway.write(many())
    assert [type(outcome) for outcome in outcomes] == [Written] * MANY
    assert jobs.created == [
        {
            "object": "Touchpoint__c",
            "operation": "upsert",
            "externalIdFieldName": KEY,
            "contentType": "CSV",
            "columnDelimiter": "COMMA",
            "lineEnding": "LF",
        }
    ]
    assert jobs.patches == ["UploadComplete"]
    assert gateway.calls <= 6


def test_data_is_utf_8_with_line_feeds_and_explicit_nulls(org: ScriptedOrg) -> None:
    org.script = jobs = Jobs()
    org.gateway().write(many(label='Prüfstand "Größe"\nzweite Zeile'))
    [upload] = jobs.uploads
    assert upload.headers["Content-Type"] == "text/csv; charset=UTF-8"
    assert b"\r" not in upload.body
    assert jobs.rows[0]["Label__c"] == 'Prüfstand "Größe"\nzweite Zeile'
    assert jobs.rows[0]["Subject__c"] == "#N/A"


def test_results_are_matched_by_key_and_not_by_order(org: ScriptedOrg) -> None:
    fifth = touchpoint(5).external_id

    def results(rows: Rows) -> tuple[Rows, Rows]:
        backwards = list(reversed(rows))
        return [row for row in backwards if row[KEY] != fifth], [row for row in rows if row[KEY] == fifth]

    org.script = Jobs(results=results)
    outcomes = org.gateway().write(many(label="Größe"))
    [refused] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert outcomes[5] == refused
    assert refused.reason.startswith("STRING_TOO_LONG (Label__c): ")


def test_records_without_a_result_are_deferred(org: ScriptedOrg) -> None:
    org.script = Jobs(results=lambda rows: (rows[:-3], []))
    outcomes = org.gateway().write(many())
    deferred = [outcome for outcome in outcomes if isinstance(outcome, Deferred)]
    assert len(deferred) == 3
    assert deferred[0].reason == f"Salesforce bulk job: 3 of {MANY} records have no result"


def test_a_job_that_does_not_end_in_time_is_aborted_and_deferred(org: ScriptedOrg) -> None:
    org.script = jobs = Jobs(states=["InProgress"])
    outcomes = org.gateway().write(many())
    assert {type(outcome) for outcome in outcomes} == {Deferred}
    assert jobs.patches == ["UploadComplete", "Aborted"]
    assert sum(org.slept) <= 5


def test_a_job_that_failed_as_a_whole_is_deferred(org: ScriptedOrg) -> None:
    org.script = Jobs(states=["Failed"])
    assert {type(outcome) for outcome in org.gateway().write(many())} == {Deferred}


def test_a_job_is_not_created_twice(org: ScriptedOrg) -> None:
    org.script = lambda _: Reply(503)
    org.gateway().write(many())
    assert [request.method for request in org.requests] == ["POST"]


def test_few_records_beside_many_still_go_by_composite(org: ScriptedOrg) -> None:
    org.script = jobs = Jobs()
    outcomes = org.gateway().write([*many(), person(1)])
    assert {type(outcome) for outcome in outcomes} == {Written}
    assert org.requests[0].path.endswith("/composite")
    assert len(jobs.created) == 1
