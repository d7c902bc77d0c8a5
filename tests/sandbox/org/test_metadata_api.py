"""Metadata deploys: what was deployed is there, what is wrong is refused, retrieves give what was sent."""

from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
import requests
from defusedxml import ElementTree

from tests.sandbox.org.deploys import (
    NAMESPACE,
    deletion,
    deploy,
    finished,
    lead_field,
    let_admin_see,
    metadata,
    package,
    problems,
    retrieve,
    soap,
    start,
    text_field,
)
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal, running_org


@pytest.fixture
def empty() -> Iterator[RunningOrg]:
    """An org to which nothing was deployed."""
    with running_org(project=None) as running:
        yield running


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


def test_a_deleted_field_is_gone(empty: RunningOrg) -> None:
    deploy(empty, lead_field())
    let_admin_see(empty, "Lead.Colour__c")
    empty.lead(Colour__c="red")
    result = deploy(empty, deletion({"CustomField": ["Lead.Colour__c"]}))
    [told] = [each for each in result["details"]["componentSuccesses"] if each["deleted"]]
    assert (result["status"], told["fullName"]) == ("Succeeded", "Lead.Colour__c")
    body = {"LastName": "Weiß", "Company": "Werk", "Colour__c": "red"}
    assert refusal(empty.call("POST", "sobjects/Lead", body)) == (400, "INVALID_FIELD")


def test_a_missing_component_is_deleted_with_a_warning(empty: RunningOrg) -> None:
    result = deploy(empty, deletion({"CustomField": ["Lead.Colour__c"]}))
    assert result["success"]
    warnings = [each["problem"] for each in result["details"]["componentSuccesses"] if "problem" in each]
    assert warnings == ["No CustomField named: Lead.Colour__c found"]


def test_a_field_that_a_formula_reads_stays(empty: RunningOrg) -> None:
    deploy(empty, lead_field())
    formula = (
        "<fields><fullName>Loud__c</fullName><formula>UPPER(Colour__c)</formula>"
        "<label>Loud</label><type>Text</type></fields>"
    )
    files = {"objects/Lead.object": metadata("CustomObject", formula)}
    assert deploy(empty, package({"CustomField": ["Lead.Loud__c"]}, files))["success"]
    result = deploy(empty, deletion({"CustomField": ["Lead.Colour__c"]}))
    assert not result["success"]
    assert "Lead.Loud__c" in problems(result)[0]


def test_what_merely_lists_a_field_loses_it(empty: RunningOrg) -> None:
    views = (
        "<listViews><fullName>Cars</fullName><columns>FULL_NAME</columns><columns>Colour__c</columns>"
        "<filterScope>Everything</filterScope><label>Cars</label></listViews>"
    )
    members = {"CustomField": ["Lead.Colour__c"], "ListView": ["Lead.Cars"]}
    assert problems(deploy(empty, package(members, lead_parts(text_field("Colour__c"), views)))) == []
    let_admin_see(empty, "Lead.Colour__c")
    assert deploy(empty, deletion({"CustomField": ["Lead.Colour__c"]}))["success"]
    files = retrieve(empty, {"ListView": ["Lead.Cars"], "PermissionSet": ["Eyes"]})
    assert "<columns>FULL_NAME</columns>" in files["objects/Lead.object"]
    assert "Colour__c" not in "".join(files.values())


OBJECT = """
<deploymentStatus>Deployed</deploymentStatus><label>Car</label>
<nameField><displayFormat>C-{000}</displayFormat><label>Number</label><type>AutoNumber</type></nameField>
<pluralLabel>Cars</pluralLabel><sharingModel>ReadWrite</sharingModel>
"""
RECORD_TYPE = "<recordTypes><fullName>Van</fullName><active>true</active><label>A van</label></recordTypes>"


def test_an_object_comes_and_goes_with_its_records(empty: RunningOrg) -> None:
    files = {"objects/Car__c.object": metadata("CustomObject", OBJECT + RECORD_TYPE)}
    assert deploy(empty, package({"CustomObject": ["Car__c"]}, files))["success"]
    [van] = empty.query("SELECT Id FROM RecordType WHERE SobjectType = 'Car__c' AND DeveloperName = 'Van'")
    car = empty.create("Car__c", RecordTypeId=van["Id"])
    assert empty.read("Car__c", car)["Name"] == "C-001"
    assert deploy(empty, deletion({"CustomObject": ["Car__c"]}))["success"]
    assert refusal(empty.call("GET", f"sobjects/Car__c/{car}")) == (404, "NOT_FOUND")
    assert empty.query("SELECT Id FROM RecordType WHERE SobjectType = 'Car__c'") == []


def test_a_deployed_queue_is_a_group_for_its_objects(empty: RunningOrg) -> None:
    inner = "<name>Desk</name><queueSobject><sobjectType>Lead</sobjectType></queueSobject>"
    files = {"queues/Desk.queue": metadata("Queue", inner)}
    assert deploy(empty, package({"Queue": ["Desk"]}, files))["success"]
    [queue] = empty.query("SELECT Id, Name FROM Group WHERE DeveloperName = 'Desk' AND Type = 'Queue'")
    rows = empty.query("SELECT SobjectType, QueueId FROM QueueSobject")
    assert [(each["SobjectType"], each["QueueId"]) for each in rows] == [("Lead", queue["Id"])]
    assert deploy(empty, deletion({"Queue": ["Desk"]}))["success"]
    assert empty.query("SELECT Id FROM Group WHERE DeveloperName = 'Desk'") == []


VALUES = "".join(
    f"<customValue><fullName>{name}</fullName><default>{default}</default><label>{name.title()}</label></customValue>"
    for name, default in (("red", "false"), ("blue", "true"))
)
PICKLIST = """
<fields><fullName>Colour__c</fullName><label>Colour</label><type>Picklist</type>
<valueSet><restricted>true</restricted><valueSetName>Colours</valueSetName></valueSet></fields>
"""


def deploy_colours(org: RunningOrg) -> None:
    files = {
        "globalValueSets/Colours.globalValueSet": metadata(
            "GlobalValueSet", f"{VALUES}<masterLabel>Colours</masterLabel><sorted>false</sorted>"
        ),
        "objects/Opportunity.object": metadata("CustomObject", PICKLIST),
    }
    members = {"GlobalValueSet": ["Colours"], "CustomField": ["Opportunity.Colour__c"]}
    assert problems(deploy(org, package(members, files))) == []


def test_a_restricted_picklist_takes_its_values_alone(org: RunningOrg) -> None:
    interest = org.create("Touchpoint__c", Smarketing_Engagement_Id__c="1")
    path = f"sobjects/Touchpoint__c/{interest}"
    assert org.call("PATCH", path, {"Kind__c": "EMAIL_SENT"}).status_code == 204
    assert org.read("Touchpoint__c", interest)["Kind__c"] == "email_sent"
    refused = org.call("PATCH", path, {"Kind__c": "smoke_signal"})
    assert refusal(refused) == (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")
    assert "bad value for restricted picklist field: smoke_signal" in refused.json()[0]["message"]


def test_a_picklist_is_described_with_the_values_of_its_set(empty: RunningOrg) -> None:
    deploy_colours(empty)
    let_admin_see(empty, "Opportunity.Colour__c")
    fields = empty.call("GET", "sobjects/Opportunity/describe").json()["fields"]
    [field] = [each for each in fields if each["name"] == "Colour__c"]
    assert [(each["value"], each["label"]) for each in field["picklistValues"]] == [
        ("red", "Red"),
        ("blue", "Blue"),
    ]
    assert (field["restrictedPicklist"], field["defaultValue"]) == (True, "blue")


@pytest.mark.parametrize(("value", "kept"), [(99_999.94, 99_999.9), (-0.25, -0.3), (0, 0)])
def test_a_number_is_rounded_to_its_decimal_places(org: RunningOrg, value: float, kept: float) -> None:
    lead = org.lead(Smarketing_Score__c=value)
    assert org.read("Lead", lead)["Smarketing_Score__c"] == kept


@pytest.mark.parametrize("value", [100_000, -99_999.95, 1e300])
def test_a_number_with_too_many_digits_is_refused(org: RunningOrg, value: float) -> None:
    body = {"LastName": "Weiß", "Company": "Werk", "Smarketing_Score__c": value}
    assert refusal(org.call("POST", "sobjects/Lead", body)) == (400, "NUMBER_OUTSIDE_VALID_RANGE")


def lead_parts(*parts: str) -> dict[str, str]:
    return {"objects/Lead.object": metadata("CustomObject", "".join(parts))}


NOT_FOUND = "was named in package.xml, but was not found in zipped directory"
WRONG = [
    (
        {"CustomField": ["Lead.Colour__c"]},
        {},
        f"An object 'Lead.Colour__c' of type CustomField {NOT_FOUND}",
    ),
    ({"Witchcraft": ["Spell"]}, {}, "Unknown type name 'Witchcraft' specified in package.xml"),
    (
        {"CustomField": ["Lead.Colour__c"]},
        lead_parts(text_field("Colour__c").replace("label", "lable")),
        f"Error parsing file: Element {{{NAMESPACE}}}lable invalid at this location in type CustomField",
    ),
    (
        {"CustomField": ["Lead.Colour__c"]},
        lead_parts(text_field("Colour__c").replace("Text<", "Textt<")),
        "Error parsing file: 'Textt' is not a valid value for the enum 'FieldType'",
    ),
    (
        {"CustomField": ["Lead.Colour__c"]},
        lead_parts(text_field("Colour__c", label="x" * 41)),
        "Value too long for field: MasterLabel maximum length is:40",
    ),
    (
        {"CustomField": ["Lead.Colour__c"]},
        lead_parts(text_field("Colour__c", label="")),
        "Required field is missing: label",
    ),
    (
        {"Layout": ["Lead-Lead Layout"]},
        {
            "layouts/Lead-Lead Layout.layout": metadata(
                "Layout",
                "<layoutSections><layoutColumns><layoutItems><behavior>Edit</behavior><field>Colour__c</field>"
                "</layoutItems></layoutColumns><style>OneColumn</style></layoutSections>",
            )
        },
        "In field: field - no CustomField named Lead.Colour__c found",
    ),
    (
        {"Queue": ["Desk"]},
        {
            "queues/Desk.queue": metadata(
                "Queue", "<name>Desk</name><queueSobject><sobjectType>Car__c</sobjectType></queueSobject>"
            )
        },
        "In field: sobjectType - no CustomObject named Car__c found",
    ),
    (
        {"ListView": ["Lead.Cars"]},
        lead_parts(
            "<listViews><fullName>Cars</fullName><columns>Colour__c</columns>"
            "<filterScope>Everything</filterScope><label>Cars</label></listViews>"
        ),
        "In field: columns - no CustomField named Lead.Colour__c found",
    ),
    (
        {"ValidationRule": ["Lead.Red"]},
        lead_parts(
            "<validationRules><fullName>Red</fullName><active>true</active><errorConditionFormula>"
            'Colour__c = "not Other__c"</errorConditionFormula><errorMessage>No.</errorMessage>'
            "</validationRules>"
        ),
        "Field Colour__c does not exist. Check spelling.",
    ),
    (
        {"FlexiPage": ["Page"]},
        {
            "flexipages/Page.flexipage": metadata(
                "FlexiPage",
                "<flexiPageRegions><itemInstances><fieldInstance><fieldItem>Record.Colour__c</fieldItem>"
                "</fieldInstance></itemInstances><name>main</name><type>Region</type></flexiPageRegions>"
                "<masterLabel>Page</masterLabel><sobjectType>Lead</sobjectType>"
                "<template><name>flexipage:recordHomeTemplateDesktop</name></template><type>RecordPage</type>",
            )
        },
        "In field: fieldItem - no CustomField named Lead.Colour__c found",
    ),
    (
        {"Report": ["Ours/All"]},
        {
            "reports/Ours/All.report": metadata(
                "Report",
                "<columns><field>Lead.Colour__c</field></columns><format>Tabular</format><name>All</name>"
                "<reportType>LeadList</reportType>",
            )
        },
        "In field: field - no CustomField named Lead.Colour__c found",
    ),
    ({}, {"queues/Desk.queue": metadata("Queue", "<name>Desk</name>")}, "Not in package.xml"),
]


@pytest.mark.parametrize(("members", "files", "problem"), WRONG, ids=[each[2][:40] for each in WRONG])
def test_a_wrong_package_is_refused_in_the_platforms_words(
    empty: RunningOrg, members: dict[str, list[str]], files: dict[str, str], problem: str
) -> None:
    result = deploy(empty, package(members, files))
    assert result["status"] == "Failed"
    assert problem in problems(result)


def test_a_problem_is_named_with_its_file_and_line(empty: RunningOrg) -> None:
    content = metadata(
        "CustomObject", f"{text_field('Size__c')}\n\n{text_field('Colour__c', more='<leng/>')}"
    )
    members = {"CustomField": ["Lead.Size__c", "Lead.Colour__c"]}
    result = deploy(empty, package(members, {"objects/Lead.object": content}))
    [failure] = result["details"]["componentFailures"]
    assert (failure["fileName"], failure["lineNumber"]) == ("objects/Lead.object", 5)
    assert (failure["componentType"], failure["fullName"]) == ("CustomField", "Lead.Colour__c")
    assert (failure["problemType"], failure["success"]) == ("Error", False)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"no zip", "The package zip file could not be read"),
        (package({}, {"queues/Desk.queue": "<Queue><name>Desk</Queue>"}), "Error parsing file: "),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_the_package(
    empty: RunningOrg, content: bytes, problem: str
) -> None:
    assert problem in problems(deploy(empty, content))[0]


def test_a_package_in_a_folder_of_its_own_is_taken(empty: RunningOrg) -> None:
    content = metadata("CustomObject", text_field("Colour__c"))
    members = {"CustomField": ["Lead.Colour__c"]}
    zipped = package(members, {"objects/Lead.object": content}, folder="unpackaged/")
    assert deploy(empty, zipped, singlePackage=False)["success"]


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


def test_a_session_comes_in_the_envelope_or_in_the_header(org: RunningOrg) -> None:
    call = "<describeMetadata><asOfVersion>66.0</asOfVersion></describeMetadata>"
    assert soap(org, call, org.token()).status_code == 200
    assert soap(org, call, None, Authorization=f"Bearer {org.token()}").status_code == 200


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (
            "<checkDeployStatus><asyncProcessId>0Af000000000001</asyncProcessId></checkDeployStatus>",
            "sf:INVALID_CROSS_REFERENCE_KEY",
        ),
        ("<listMetadata><queries><type>Witchcraft</type></queries></listMetadata>", "sf:INVALID_TYPE"),
        ("<bewitch/>", "soapenv:Client"),
    ],
)
def test_a_call_that_cannot_be_answered_is_a_fault(org: RunningOrg, call: str, code: str) -> None:
    answer = soap(org, call, org.token())
    assert answer.status_code == 500
    assert f"<faultcode>{code}</faultcode>" in answer.text


def test_a_session_that_is_over_is_a_fault(org: RunningOrg) -> None:
    answer = soap(org, "<describeMetadata/>", "00D!gone")
    assert answer.status_code == 500
    assert "<faultcode>sf:INVALID_SESSION_ID</faultcode>" in answer.text


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("unavailable", "SERVER_UNAVAILABLE"),
        ("session_expired", "<faultcode>sf:INVALID_SESSION_ID</faultcode>"),
    ],
)
def test_a_call_fails_by_request(org: RunningOrg, kind: str, said: str) -> None:
    org.control("faults", {"kind": kind, "path": "Soap/m/describeMetadata"})
    assert said in soap(org, "<describeMetadata/>", org.token()).text


def test_the_integration_user_may_not_deploy(org: RunningOrg) -> None:
    assert refusal(start(org, lead_field(), user=INTEGRATION)) == (403, "INSUFFICIENT_ACCESS")
    answer = soap(
        org, "<listMetadata><queries><type>Queue</type></queries></listMetadata>", org.token(INTEGRATION)
    )
    assert "<faultcode>sf:INSUFFICIENT_ACCESS</faultcode>" in answer.text


def test_deploy_options_that_are_no_json_are_refused(org: RunningOrg) -> None:
    page = f"{org.url}/services/data/v66.0/metadata/deployRequest"
    parts = {"json": (None, "rollback, please"), "file": ("deploy.zip", lead_field())}
    answer = requests.post(page, files=parts, headers={"Authorization": f"Bearer {org.token()}"}, timeout=10)
    assert refusal(answer) == (400, "JSON_PARSER_ERROR")


def test_an_unknown_test_level_is_refused(org: RunningOrg) -> None:
    assert refusal(start(org, lead_field(), testLevel="RunEverything")) == (400, "INVALID_FIELD")


def test_a_document_type_is_refused(org: RunningOrg) -> None:
    envelope = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    answer = requests.post(f"{org.url}/services/Soap/m/66.0", data=envelope, timeout=10)
    assert (answer.status_code, "soapenv:Client" in answer.text) == (500, True)


def members_of(text: str) -> list[tuple[str, str]]:
    """Read a manifest."""
    root = ElementTree.fromstring(text, forbid_dtd=True)
    return [
        (each.findtext(f"{{{NAMESPACE}}}name") or "", member.text or "")
        for each in root.iter(f"{{{NAMESPACE}}}types")
        for member in each.iter(f"{{{NAMESPACE}}}members")
    ]


def columns(org: RunningOrg, *names: str) -> list[str]:
    """Name those of several fields that Lead has."""
    lead = org.org.records.sobject("Lead")
    return [name for name in names if lead.get(name) is not None]
