"""Deploys: what was deployed is there; all or nothing, rehearsed, cancelled, retrieved."""

from pathlib import Path
from threading import Event

import pytest
import requests

from smarketing.sandbox.org.seed import ADMIN
from tests.sandbox.org.deploys import (
    columns,
    deploy,
    finished,
    lead_field,
    let_admin_see,
    members_of,
    metadata,
    package,
    problems,
    retrieve,
    start,
    text_field,
)
from tests.sandbox.org.running_org import RunningOrg, refusal, running_org


def test_an_empty_org_has_the_platforms_own_objects_alone(empty: RunningOrg) -> None:
    assert refusal(empty.call("GET", "sobjects/Interest__c/describe")) == (404, "NOT_FOUND")
    body = {"LastName": "Weiß", "Company": "Werk", "Smarketing_Score__c": 5}
    assert refusal(empty.call("POST", "sobjects/Lead", body)) == (400, "INVALID_FIELD")
    assert empty.query("SELECT Id FROM Group WHERE Type = 'Queue'") == []


def test_a_field_is_there_once_it_is_deployed(empty: RunningOrg) -> None:
    result = deploy(empty, lead_field(more="<length>5</length><inlineHelpText>Of the car.</inlineHelpText>"))
    assert (result["status"], result["numberComponentsDeployed"]) == ("Succeeded", 1)
    let_admin_see(empty, "Lead.Colour__c")
    [field] = [
        each
        for each in empty.call("GET", "sobjects/Lead/describe").json()["fields"]
        if each["name"] == "Colour__c"
    ]
    assert (field["label"], field["length"], field["inlineHelpText"]) == ("Colour", 5, "Of the car.")


def test_a_deploy_tells_of_each_component(empty: RunningOrg) -> None:
    deploy(empty, lead_field())
    content = metadata("CustomObject", text_field("Colour__c") + text_field("Size__c"))
    members = {"CustomField": ["Lead.Colour__c", "Lead.Size__c"]}
    details = deploy(empty, package(members, {"objects/Lead.object": content}))["details"]
    told = {
        each["fullName"]: (each["componentType"], each["fileName"], each["created"], each["changed"])
        for each in details["componentSuccesses"]
        if each["componentType"]
    }
    assert told == {
        "Lead.Colour__c": ("CustomField", "objects/Lead.object", False, False),
        "Lead.Size__c": ("CustomField", "objects/Lead.object", True, True),
    }


def test_what_is_deployed_lives_on_after_a_restart(tmp_path: Path) -> None:
    file = tmp_path / "org.sqlite"
    with running_org(file, project=None) as org:
        assert deploy(org, lead_field())["success"]
        let_admin_see(org, "Lead.Colour__c")
        lead = org.lead(Colour__c="red")
    with running_org(file) as org:
        assert org.read("Lead", lead)["Colour__c"] == "red"
        assert set(retrieve(org, {"CustomField": ["*"]})) == {"package.xml", "objects/Lead.object"}


def test_one_problem_undoes_everything(empty: RunningOrg) -> None:
    content = metadata("CustomObject", text_field("Colour__c") + text_field("Size__c", more=""))
    members = {"CustomField": ["Lead.Colour__c", "Lead.Size__c"]}
    result = deploy(empty, package(members, {"objects/Lead.object": content}))
    assert (result["status"], result["success"]) == ("Failed", False)
    assert problems(result) == ["Must specify 'length' for a CustomField of type Text"]
    assert columns(empty, "Colour__c") == []


def test_without_a_rollback_the_rest_is_deployed(empty: RunningOrg) -> None:
    content = metadata("CustomObject", text_field("Colour__c") + text_field("Size__c", more=""))
    members = {"CustomField": ["Lead.Colour__c", "Lead.Size__c"]}
    result = deploy(empty, package(members, {"objects/Lead.object": content}), rollbackOnError=False)
    assert (result["status"], result["numberComponentErrors"]) == ("SucceededPartial", 1)
    assert columns(empty, "Colour__c", "Size__c") == ["Colour__c"]


def test_a_rehearsal_changes_nothing(empty: RunningOrg) -> None:
    result = deploy(empty, lead_field(), checkOnly=True)
    assert (result["status"], result["checkOnly"]) == ("Succeeded", True)
    assert columns(empty, "Colour__c") == []


def test_a_rehearsal_is_deployed_afterwards_without_its_files(empty: RunningOrg) -> None:
    rehearsal = deploy(empty, lead_field(), checkOnly=True)["id"]
    quick = empty.call("POST", "metadata/deployRequest", {"validatedDeployRequestId": rehearsal})
    assert quick.status_code == 201
    assert finished(empty, quick.json()["id"])["success"]
    assert columns(empty, "Colour__c") == ["Colour__c"]


def test_a_cancelled_deploy_leaves_nothing(empty: RunningOrg) -> None:
    at_work, go_on = Event(), Event()
    empty.org.metadata.installing.on_deployed("CustomField", lambda *_: (at_work.set(), go_on.wait(10)))
    content = metadata("CustomObject", text_field("Colour__c") + text_field("Size__c"))
    members = {"CustomField": ["Lead.Colour__c", "Lead.Size__c"]}
    job = start(empty, package(members, {"objects/Lead.object": content})).json()["id"]
    at_work.wait(10)
    body = {"deployResult": {"status": "Canceling"}}
    cancelled = empty.call("PATCH", f"metadata/deployRequest/{job}", body)
    go_on.set()
    assert cancelled.status_code == 202
    assert finished(empty, job)["status"] == "Canceled"
    assert columns(empty, "Colour__c") == []


def test_who_reads_records_waits_and_others_do_not_while_a_deploy_is_at_work(empty: RunningOrg) -> None:
    at_work, go_on = Event(), Event()
    empty.org.metadata.installing.on_deployed("CustomField", lambda *_: (at_work.set(), go_on.wait(10)))
    job = start(empty, lead_field()).json()["id"]
    at_work.wait(10)
    for method, page in (("GET", "statistics"), ("POST", "token")):
        with pytest.raises(requests.ReadTimeout):
            requests.request(method, f"{empty.url}/sandbox/{page}", timeout=0.5)
    others = requests.get(f"{empty.url}/services/data", timeout=5)
    go_on.set()
    assert others.status_code == 200
    assert finished(empty, job)["status"] == "Succeeded"
    statistics = requests.get(f"{empty.url}/sandbox/statistics", timeout=10).json()
    assert statistics["calls_by_user"][ADMIN] > 0


def test_a_retrieved_object_deploys_to_another_org(org: RunningOrg) -> None:
    files = retrieve(org, {"GlobalValueSet": ["*"], "CustomObject": ["Playbook_Version__c"]})
    members = members_of(files.pop("package.xml"))
    assert ("CustomField", "Playbook_Version__c.Version_Hash__c") in members
    with running_org(project=None) as other:
        by_type = {kind: [name for each, name in members if each == kind] for kind, _ in members}
        assert problems(deploy(other, package(by_type, files))) == []
        again = retrieve(other, {"CustomObject": ["Playbook_Version__c"]})
        name = "objects/Playbook_Version__c.object"
        assert again[name] == files[name]


def test_what_is_retrieved_is_what_was_deployed(empty: RunningOrg) -> None:
    deploy(empty, lead_field())
    found = retrieve(empty, {"CustomField": ["Lead.Colour__c"], "Queue": ["*"]})
    assert set(found) == {"package.xml", "objects/Lead.object"}
    assert "<fullName>Colour__c</fullName>" in found["objects/Lead.object"]
    assert "<members>Lead.Colour__c</members>" in found["package.xml"]
