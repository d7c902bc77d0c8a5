"""The checks without an org: nothing to say of our project, and mistakes found by file and line."""

import shutil
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from smarketing.metadata.checks import Finding, check_project
from smarketing.metadata.checks.document import Document, read_document
from smarketing.metadata.checks.index import Index, build_index
from smarketing.metadata.checks.inspection import Inspection
from smarketing.metadata.checks.kinds import CHECKS
from smarketing.metadata.project import default_root, read_project
from smarketing.metadata.types import PARTS, TYPES
from smarketing.metadata.xml import line_of, local
from tests.metadata.planted import MISTAKES, Mistake

PROJECT = default_root()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, to be spoilt."""
    return Path(shutil.copytree(PROJECT, tmp_path / "metadata"))


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with all mistakes in it."""
    root = Path(shutil.copytree(PROJECT, tmp_path_factory.mktemp("spoilt") / "metadata"))
    for each in MISTAKES:
        each.plant(root)
    return root


@pytest.fixture(scope="module")
def findings(spoilt: Path) -> list[Finding]:
    return check_project(spoilt)


def test_the_project_is_in_order() -> None:
    assert check_project(PROJECT) == []


def test_each_type_that_the_project_may_hold_has_a_check() -> None:
    folders = {f"{each.name}Folder" for each in TYPES.values() if each.in_folders}
    known = {*TYPES, *PARTS, *folders}
    used = {each.type for each in map(read_document, read_project(PROJECT).files)}
    assert used <= CHECKS.keys() <= known


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: each.name)
def test_a_mistake_is_found_with_file_and_line(
    mistake: Mistake, spoilt: Path, findings: list[Finding]
) -> None:
    place = (spoilt / mistake.file, mistake.line(spoilt))
    assert any(mistake.message in each.message for each in findings if (each.path, each.line) == place), [
        each for each in findings if each.path == place[0]
    ]


def test_nothing_else_is_found_than_what_is_wrong(spoilt: Path, findings: list[Finding]) -> None:
    planted = {(spoilt / each.file, each.line(spoilt)) for each in MISTAKES}
    assert [each for each in findings if (each.path, each.line) not in planted] == []


def test_findings_are_sorted_by_file_and_line(findings: list[Finding]) -> None:
    assert findings == sorted(findings)


def test_a_component_in_two_package_directories_is_found_when_one_would_win(project: Path) -> None:
    tab = "experience/main/default/tabs/Interest__c.tab-meta.xml"
    copy = project / tab.replace("experience", "insight")
    copy.parent.mkdir(parents=True)
    shutil.copy(project / tab, copy)
    [finding] = check_project(project)
    assert (finding.path, finding.line, finding.kind) == (copy, 2, "duplicate")
    assert finding.message == "tab Interest__c stands in experience already; remove one"


def test_a_full_name_that_is_not_the_file_s_is_found(project: Path) -> None:
    path = project / "experience/main/default/objects/Interest__c/listViews/Overdue.listView-meta.xml"
    path.write_text(path.read_text().replace("<fullName>Overdue<", "<fullName>Late<"))
    [finding] = check_project(project)
    assert (finding.path, finding.line) == (path, 3)
    assert finding.message == "the file is called Overdue, not Late; rename one"


def test_a_part_inside_its_object_s_file_is_named_as_it_would_not_be_looked_at(project: Path) -> None:
    path = project / "foundation/main/default/objects/Interest__c/Interest__c.object-meta.xml"
    field = "    <fields>\n        <fullName>New__c</fullName>\n    </fields>\n"
    path.write_text(path.read_text().replace("    <label>", f"{field}    <label>", 1))
    [finding] = check_project(project)
    assert path.read_text().splitlines()[finding.line - 1].strip() == "<fields>"
    assert finding.message == "<fields> is not looked at here; give it a file of its own, .field-meta.xml"


def test_a_deleted_field_is_named_wherever_it_is_used(project: Path) -> None:
    name = "Reminded_At__c"
    for path in project.rglob(f"{name}.field-meta.xml"):
        path.unlink()
    found = {each.path.name.rpartition(".")[0] for each in check_project(project)}
    assert {
        "Interest_Due_Reminder.flow-meta",
        "Overdue.listView-meta",
        "Interest__c-Interest Layout.layout-meta",
        "Smarketing_Sales_Support.permissionset-meta",
        "Reminded_At__c.fieldTranslation-meta",
    } <= found


def test_a_type_that_nothing_checks_is_itself_a_finding(project: Path) -> None:
    path = project / "access/main/default/profiles/Sales.profile-meta.xml"
    path.parent.mkdir(parents=True)
    path.write_text('<Profile xmlns="http://soap.sforce.com/2006/04/metadata"/>\n')
    [finding] = check_project(project)
    assert (finding.path, finding.kind) == (path, "unchecked")


NAMES = frozenset(
    {
        *("actionName", "application", "assignToReference", "baseObject", "column", "columnName", "content"),
        *(
            "customTabListAdditionalFields",
            "dateColumn",
            "elementReference",
            "entityName",
            "errorDisplayField",
        ),
        *("field", "fieldItem", "fieldName", "fieldNames", "groupingColumn", "inputField", "inputReference"),
        *("leftValueReference", "lookupDialogsAdditionalFields", "matchingRule", "object", "outputField"),
        *("pageOrSobjectType", "permissionSets", "picklist", "picklistValueName", "queue", "recordType"),
        *(
            "referenceTo",
            "relatedList",
            "relationship",
            "report",
            "reportType",
            "searchResultsAdditionalFields",
        ),
        *("sobjectType", "sortField", "tab", "table", "targetObject", "targetReference", "valueSetName"),
    }
)
"""Elements that name something else, whatever file they stand in."""


@cache
def documents() -> tuple[Document, ...]:
    return tuple(read_document(file) for file in read_project(PROJECT).files)


@cache
def index() -> Index:
    return build_index(documents())


@cache
def references() -> list[tuple[Document, etree._Element]]:
    return [
        (document, node)
        for document in documents()
        for node in document.root.iter("{*}*")
        if local(node) in NAMES and node.text
    ]


@given(st.deferred(lambda: st.sampled_from(references())), st.data())
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
def test_a_name_is_found_when_a_letter_is_too_many(
    reference: tuple[Document, etree._Element], data: st.DataObject
) -> None:
    document, node = reference
    name = node.text or ""
    place = data.draw(st.integers(1, len(name)), label="place")
    node.text = f"{name[:place]}q{name[place:]}"
    try:
        it = Inspection(document, index())
        found = [each for check in CHECKS[document.type] for each in check(it)]
    finally:
        node.text = name
    assert line_of(node) in {each.line for each in found}, (document.full_name, local(node), name)
