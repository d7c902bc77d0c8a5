# ruff: noqa: S608 - the queries are the tests' own
"""What people do in the emulated org's user interface: convert Leads, merge records."""

from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal

PERSON = "Smarketing_Person_Id__c"


def test_a_converted_lead_names_its_contact_and_is_closed(org: RunningOrg) -> None:
    lead = org.lead("Weiß", Email="anna@example.org", **{PERSON: "01J1", "Smarketing_Score__c": 61.3})
    given = org.control("convert", {"leadId": lead}).json()
    record = org.read("Lead", lead)
    assert record["IsConverted"] is True
    assert (record["ConvertedContactId"], record["ConvertedAccountId"]) == (
        given["contactId"],
        given["accountId"],
    )
    assert refusal(org.call("PATCH", f"sobjects/Lead/{lead}", {"Title": "CTO"})) == (
        400,
        "CANNOT_UPDATE_CONVERTED_LEAD",
    )
    contact = org.read("Contact", given["contactId"])
    assert (contact["Email"], contact[PERSON], contact["Smarketing_Score__c"]) == (
        "anna@example.org",
        "01J1",
        61.3,
    )
    assert org.read("Account", given["accountId"])["Name"] == "Werk"


def test_only_mapped_fields_go_along_when_a_lead_is_converted(org: RunningOrg) -> None:
    lead = org.lead(**{PERSON: "01J1", "Smarketing_Score__c": 61.3})
    with org.org.database.transaction():
        org.org.metadata.components.remove("LeadConvertSettings", "LeadConvertSettings")
    contact = org.read("Contact", org.control("convert", {"leadId": lead}).json()["contactId"])
    assert contact["LastName"] == "Weiß"
    assert (contact[PERSON], contact["Smarketing_Score__c"]) == (None, None)


def test_a_lead_is_converted_once(org: RunningOrg) -> None:
    lead = org.lead()
    org.control("convert", {"leadId": lead})
    again = org.control("convert", {"leadId": lead})
    assert (again.status_code, again.json()["code"]) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
    assert len(org.query("SELECT Id FROM Contact")) == 1


def test_a_merged_lead_points_to_its_master_and_gives_it_its_records(org: RunningOrg) -> None:
    master, loser = org.lead(), org.lead()
    touchpoint = org.create("Touchpoint__c", Smarketing_Engagement_Id__c="1", Lead__c=loser)
    assert org.control("merge", {"masterId": master, "mergedId": loser}).status_code == 204
    assert org.read("Touchpoint__c", touchpoint)["Lead__c"] == master
    assert refusal(org.call("PATCH", f"sobjects/Lead/{loser}", {"Title": "CTO"})) == (
        404,
        "ENTITY_IS_DELETED",
    )
    soql = {"q": f"SELECT MasterRecordId FROM Lead WHERE Id = '{loser}'"}
    [merged] = org.call("GET", "queryAll", params=soql).json()["records"]
    assert merged["MasterRecordId"] == master


def test_only_two_records_of_one_mergeable_object_are_merged(org: RunningOrg) -> None:
    lead, other = org.lead(), org.create("Account", Name="Werk")
    interest, second = (
        org.create("Interest__c", Smarketing_Interest_Id__c=key, user=INTEGRATION) for key in "ab"
    )
    for master, merged in ((lead, other), (lead, lead), (interest, second)):
        assert org.control("merge", {"masterId": master, "mergedId": merged}).status_code == 400
    assert len(org.query("SELECT Id FROM Interest__c")) == 2
