"""From source format to the package that a deploy sends, and back."""

import io
import shutil
import zipfile
from pathlib import Path

import pytest

from chalicelib.errors import Misconfigured, Rejected
from smarketing.metadata.package import components_of, open_package, parts_of, zip_of
from smarketing.metadata.project import read_project

METADATA = Path(__file__).parents[2] / "metadata"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project, to be spoilt."""
    return Path(shutil.copytree(METADATA, tmp_path / "metadata"))


def zipped(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def test_parts_of_an_object_go_into_its_file_from_all_package_directories() -> None:
    components = {each.file_name: each for each in components_of(read_project(METADATA))}
    interest = components["objects/Interest__c.object"]
    kinds = {part.type for part, _, _ in parts_of(interest)}
    assert {"CustomField", "ListView", "RecordType", "ValidationRule"} <= kinds
    assert ("CustomObject", "Interest__c") in interest.members


def test_an_object_of_the_org_s_own_is_not_named_itself() -> None:
    components = {each.file_name: each for each in components_of(read_project(METADATA))}
    members = components["objects/Lead.object"].members
    assert ("CustomField", "Lead.Smarketing_Score__c") in members
    assert ("CustomObject", "Lead") not in members


def test_a_package_is_read_as_it_was_made() -> None:
    components = components_of(read_project(METADATA))
    package = open_package(zip_of(components, "66.0", deletions=[("PermissionSet", "Gone")]))
    assert package.api_version == "66.0"
    assert [each.file_name for each in package.components] == sorted(each.file_name for each in components)
    assert set(package.members) == {member for each in components for member in each.members}
    assert package.deletions == (("PermissionSet", "Gone"),)


def test_the_same_project_gives_the_same_bytes() -> None:
    first, second = (zip_of(components_of(read_project(METADATA)), "66.0") for _ in range(2))
    assert first == second


def test_a_retrieve_s_folder_is_looked_through() -> None:
    manifest = '<Package xmlns="http://soap.sforce.com/2006/04/metadata"><version>66.0</version></Package>'
    package = open_package(
        zipped(**{"unpackaged/package.xml": manifest, "unpackaged/flows/A.flow": "<Flow/>"})
    )
    assert [each.full_name for each in package.components] == ["A"]


def test_some_package_directories_are_read_when_they_are_named() -> None:
    project = read_project(METADATA, ["before_go_live"])
    assert [each.full_name for each in project.files] == ["Smarketing_Before_Go_Live"]


def test_a_package_directory_that_is_none_is_refused() -> None:
    with pytest.raises(
        Rejected, match=r"^nowhere: no package directory of .*; there are foundation, process"
    ):
        read_project(METADATA, ["nowhere"])


def test_a_file_in_a_wrong_folder_is_refused(project: Path) -> None:
    stray = project / "process/main/default/flows/Lead.layout-meta.xml"
    stray.write_text("<Layout/>")
    with pytest.raises(Rejected, match=r"Lead.layout-meta.xml: files in flows end in .flow-meta.xml"):
        read_project(project)


def test_a_stray_file_is_refused(project: Path) -> None:
    (project / "process/main/default/notes.txt").write_text("remember")
    with pytest.raises(Rejected, match=r"notes.txt: no metadata of a known type"):
        read_project(project)


def test_a_folder_that_is_no_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"sfdx-project.json: cannot be read"):
        read_project(tmp_path)


def test_a_document_type_is_refused_when_a_file_brings_one(project: Path) -> None:
    path = project / "foundation/main/default/objects/Lead/fields/Smarketing_Score__c.field-meta.xml"
    path.write_text(path.read_text().replace("<CustomField", '<!DOCTYPE x [<!ENTITY a "b">]><CustomField', 1))
    with pytest.raises(Rejected, match=r"carries a document type"):
        components_of(read_project(project))


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"nothing", "no zip that can be read"), (zipped(a="b"), "there is no package.xml in it")],
)
def test_a_package_that_is_none_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(Rejected, match=message):
        open_package(content)
