"""What a deploy refuses, in the platform's words."""

import pytest

from tests.sandbox.org.deploys import (
    NAMESPACE,
    deploy,
    lead_parts,
    metadata,
    package,
    problems,
    text_field,
)
from tests.sandbox.org.running_org import RunningOrg

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
        {"CustomField": ["Car__c.Colour__c"]},
        {"objects/Car__c.object": metadata("CustomObject", text_field("Colour__c"))},
        "In field: fullName - no CustomObject named Car__c found",
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
