"""Objects, fields, picklists, queues and record types that came by a deploy, and what deleting them does."""

import pytest

from tests.sandbox.org.deploys import (
    deletion,
    deploy,
    lead_field,
    lead_parts,
    let_admin_see,
    metadata,
    package,
    problems,
    retrieve,
    text_field,
)
from tests.sandbox.org.running_org import RunningOrg, refusal

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
