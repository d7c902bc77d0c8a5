"""The metadata project: well formed, explained to people, and all that the gateway writes is in it."""

from pathlib import Path

import pytest
from defusedxml import ElementTree

from chalicelib.gateways.salesforce import mapping
from smarketing.sandbox.org.outbound import DEFAULT_FIELDS
from smarketing.sandbox.org.schema import SObject
from tests.sandbox.org.running_org import METADATA, RunningOrg

NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"
FILES = sorted(METADATA.rglob("*.xml"))
FIELDS = [path for path in FILES if path.name.endswith(".field-meta.xml")]
WRITTEN = [
    *(("Lead", table) for table in (mapping.STATE, mapping.LEAD_PROFILE)),
    ("Contact", mapping.STATE),
    ("Interest__c", mapping.INTEREST),
    ("Touchpoint__c", mapping.TOUCHPOINT),
]
KEYS = [
    *(("Lead", mapping.PERSON_ID), ("Contact", mapping.PERSON_ID)),
    *(("Interest__c", mapping.INTEREST_ID), ("Touchpoint__c", mapping.ENGAGEMENT_ID)),
]
APPROVAL = {
    "Status__c",
    *(f"{team}_Approved_{what}__c" for team in ("Marketing", "Sales") for what in ("At", "By")),
}


def sobject_of(org: RunningOrg, name: str) -> SObject:
    found = org.org.records.schema.get(name)
    assert found is not None
    return found


def name_of(path: Path) -> str:
    return str(path.relative_to(METADATA))


def texts(path: Path) -> dict[str, str]:
    root = ElementTree.parse(path, forbid_dtd=True).getroot()
    assert root is not None
    return {child.tag.removeprefix(NAMESPACE): (child.text or "").strip() for child in root}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_a_file_is_metadata(path: Path) -> None:
    root = ElementTree.parse(path, forbid_dtd=True).getroot()
    assert root is not None
    assert root.tag.startswith(NAMESPACE)
    # The translations of an object's fields have files of their own.
    assert len(root) or root.tag == f"{NAMESPACE}CustomObjectTranslation"


@pytest.mark.parametrize("path", FIELDS, ids=name_of)
def test_a_field_is_explained_to_admins_and_to_users(path: Path) -> None:
    field = texts(path)
    assert field["fullName"] == path.name.removesuffix(".field-meta.xml")
    # The platform's limits: Metadata API Developer Guide, CustomField.
    for name, most in (("label", 40), ("description", 1_000), ("inlineHelpText", 510)):
        assert 0 < len(field[name]) <= most


@pytest.mark.parametrize(
    ("name", "tracked"),
    [
        ("Interest__c", {"Stage__c", "Reason__c", "Lead__c", "Contact__c", "Opportunity__c"}),
        ("Playbook_Version__c", APPROVAL),
        ("Improvement__c", {"Status__c", "Playbook_Version__c"}),
    ],
)
def test_an_object_with_a_history_keeps_that_of_what_is_decided_on_it(name: str, tracked: set[str]) -> None:
    [path] = METADATA.rglob(f"{name}.object-meta.xml")
    assert texts(path)["enableHistory"] == "true"
    fields = [texts(each) for each in path.parent.glob("fields/*.xml")]
    assert {each["fullName"] for each in fields if each.get("trackHistory") == "true"} == tracked


@pytest.mark.parametrize(("name", "table"), WRITTEN)
def test_every_field_that_is_written_is_there_and_writable(
    org: RunningOrg, name: str, table: dict[str, mapping.Field]
) -> None:
    sobject = sobject_of(org, name)
    for each in table.values():
        field = sobject.get(each.name)
        assert field is not None, each.name
        assert field.name == each.name
        assert field.writable


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_every_key_is_a_unique_external_id(org: RunningOrg, name: str, key: str) -> None:
    field = sobject_of(org, name).get(key)
    assert field is not None
    assert field.external_id
    assert field.unique


@pytest.mark.parametrize(("name", "fields"), DEFAULT_FIELDS.items())
def test_every_field_of_an_outbound_message_is_there(org: RunningOrg, name: str, fields: list[str]) -> None:
    sobject = sobject_of(org, name)
    assert [each for each in fields if sobject.get(each) is None] == []


def test_the_queue_takes_interests() -> None:
    [path] = METADATA.rglob(f"{mapping.QUEUE}.queue-meta.xml")
    root = ElementTree.parse(path, forbid_dtd=True).getroot()
    assert root is not None
    taken = [each.text for each in root.iterfind(f"{NAMESPACE}queueSobject/{NAMESPACE}sobjectType")]
    assert "Interest__c" in taken
