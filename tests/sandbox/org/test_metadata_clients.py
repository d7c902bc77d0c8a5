"""simple-salesforce's Metadata API client, in both its ways, on the emulated org."""

import io
import time
import zipfile
from typing import Any

import pytest
import requests
from simple_salesforce.metadata import SfdcMetadataApi
from zeep.exceptions import Fault

from tests.sandbox.org.deploys import deploy, lead_field, let_admin_see, metadata, package, text_field
from tests.sandbox.org.running_org import VERSION, RunningOrg


def client(org: RunningOrg, token: str | None = None) -> SfdcMetadataApi:
    """Give the client; its own way to it from `Salesforce` would be https."""
    session = token or org.token()
    url = f"{org.url}/services/Soap/m/{VERSION}/"
    headers = {"Authorization": f"Bearer {session}"}
    return SfdcMetadataApi(requests.Session(), session, "localhost", url, headers, VERSION)


def deployed(api: SfdcMetadataApi, content: bytes, **options: Any) -> tuple[Any, ...]:
    job, state = api.deploy(io.BytesIO(content), sandbox=False, **options)
    assert (str(job)[:3], state) == ("0Af", "Queued")
    for _ in range(400):
        result = api.check_deploy_status(str(job))
        if result[0] not in ("Pending", "InProgress"):
            return result
        time.sleep(0.01)
    raise AssertionError(f"deploy {job} does not end")


def test_it_deploys(org: RunningOrg) -> None:
    state, _, detail, tests = deployed(client(org), lead_field())
    assert state == "Succeeded"
    assert (detail["total_count"], detail["deployed_count"], detail["failed_count"]) == ("1", "1", "0")
    assert tests["errors"] == []
    let_admin_see(org, "Lead.Colour__c")
    assert org.read("Lead", org.lead(Colour__c="red"))["Colour__c"] == "red"


def test_it_is_told_what_is_wrong(org: RunningOrg) -> None:
    content = metadata("CustomObject", text_field("Colour__c", more=""))
    wrong = package({"CustomField": ["Lead.Colour__c"]}, {"objects/Lead.object": content})
    state, _, detail, _ = deployed(client(org), wrong)
    assert state == "Failed"
    assert [(each["type"], each["file"], each["message"]) for each in detail["errors"]] == [
        ("CustomField", "objects/Lead.object", "Must specify 'length' for a CustomField of type Text")
    ]


def test_it_rehearses(org: RunningOrg) -> None:
    assert deployed(client(org), lead_field(), checkOnly=True)[0] == "Succeeded"
    assert org.org.records.sobject("Lead").get("Colour__c") is None


def test_it_retrieves(org: RunningOrg) -> None:
    api = client(org)
    job, state = api.retrieve("", unpackaged={"Queue": ["*"], "Layout": ["Lead-No Such Layout"]})
    assert (str(job)[:3], state) == ("09S", "Queued")
    state, error, _, content = api.retrieve_zip(str(job))
    assert (state, error) == ("Succeeded", None)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert "queues/Sales_Support.queue" in archive.namelist()


def test_it_describes_lists_and_reads_by_wsdl(org: RunningOrg) -> None:
    api = client(org)
    described = {each.xmlName: each for each in api.describe_metadata().metadataObjects}
    assert described["CustomObject"].directoryName == "objects"
    assert "CustomField" in described["CustomObject"].childXmlNames
    [listed] = [each for each in api.list_metadata([{"type": "Queue"}]) if each.fullName == "Sales_Support"]
    assert (listed.fileName, listed.createdByName) == ("queues/Sales_Support.queue", "Ada Admin")
    grade = api.CustomField.read(["Lead.Smarketing_Grade__c"])
    assert (grade.label, grade.valueSet.valueSetName) == ("Grade", "Smarketing_Grade")


def test_standard_objects_are_listed_as_well(org: RunningOrg) -> None:
    listed = {each.fullName for each in client(org).list_metadata([{"type": "CustomObject"}])}
    assert {"Lead", "Interest__c"} <= listed


def test_reports_are_listed_by_their_folder(org: RunningOrg) -> None:
    folder = metadata("ReportFolder", "<accessType>Public</accessType><name>Ours</name>")
    report = metadata("Report", "<format>Tabular</format><name>All</name><reportType>LeadList</reportType>")
    files = {"reports/Ours.reportFolder-meta.xml": folder, "reports/Ours/All.report": report}
    assert deploy(org, package({"Report": ["Ours", "Ours/All"]}, files))["success"]
    api = client(org)
    folders = {each.fullName for each in api.list_metadata([{"type": "ReportFolder"}])}
    assert "Ours" in folders
    assert [each.fullName for each in api.list_metadata([{"type": "Report", "folder": "Ours"}])] == [
        "Ours/All"
    ]


def test_it_hears_of_a_fault(org: RunningOrg) -> None:
    with pytest.raises(Fault, match="INVALID_SESSION_ID") as raised:
        client(org, "00D!gone").describe_metadata()
    assert raised.value.code == "sf:INVALID_SESSION_ID"
