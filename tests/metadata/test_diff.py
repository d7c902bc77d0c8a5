"""Drift: what differs between an org and the project, and what only looks as if it did."""

from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from smarketing.metadata.canonical import differences
from tests.metadata.deploys import FIELD, Admin, field, metadata, source_path


def diff(admin: Admin, project: Path, *options: str, code: int = 1) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = admin.plain("diff", "--project", str(project), *options, code=code)
    return found


def test_an_org_that_has_the_project_shows_none(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))

    code, out, _ = admin.run("diff", "--all", "--project", str(project))

    assert code == 0
    assert out.startswith("0 differences in")


@pytest.mark.parametrize("phase", ["open", "locked"])
def test_what_belongs_to_the_other_phase_is_not_missing(admin: Admin, project: Path, phase: str) -> None:
    admin.deploy("--project", str(project), "--phase", phase)

    assert diff(admin, project, code=0) == []


def test_a_component_that_the_org_does_not_have_is_named_with_its_file(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    new = "foundation/objects/Lead/fields/Shape__c.field-meta.xml"
    source_path(project, new).write_text(field("Shape__c"))

    [found] = diff(admin, project)

    assert found["kind"] == "missing in org"
    assert (found["type"], found["full_name"]) == ("CustomField", "Lead.Shape__c")
    assert found["path"] == "foundation/main/default/objects/Lead/fields/Shape__c.field-meta.xml"


def test_a_change_is_named_with_both_values_and_its_line(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))
    source_path(project, FIELD).write_text(field("Colour__c", "Hue"))

    [found] = diff(admin, project)
    _, out, _ = admin.run("diff", "--project", str(project))

    assert found["kind"] == "changed in org"
    assert (found["element"], found["source"], found["org"], found["line"]) == ("label", "Hue", "Colour", 4)
    assert out.startswith(
        "foundation/main/default/objects/Lead/fields/Colour__c.field-meta.xml:4: changed in org: "
        'CustomField Lead.Colour__c: label: "Hue" in the project, "Colour" in the org'
    )


def test_what_only_the_org_has_on_our_objects_is_told_when_asked_for(admin: Admin, project: Path) -> None:
    size = source_path(project, "foundation/objects/Thing__c/fields/Size__c.field-meta.xml")
    admin.deploy("--project", str(project))
    size.unlink()

    assert diff(admin, project, code=0) == []
    [found] = diff(admin, project, "--all")
    assert (found["kind"], found["full_name"]) == ("only in org", "Thing__c.Size__c")


def test_what_the_phase_should_have_deleted_is_drift(admin: Admin, project: Path) -> None:
    admin.deploy("--project", str(project))

    found = diff(admin, project, "--phase", "locked")

    assert [(each["kind"], each["full_name"]) for each in found] == [
        ("only in org", "Keys"),
        ("missing in org", "Lead.Always_Green"),
    ]


def test_the_order_of_elements_and_whitespace_make_no_difference() -> None:
    assert compared("<label>A  b</label><type>Text</type>", "<type> Text</type>\n<label>A b</label>") == []


def test_what_the_platform_spells_out_makes_no_difference() -> None:
    ours = "<type>Text</type>"
    theirs = "<externalId>false</externalId><trackHistory>true</trackHistory><type>Text</type>"

    assert compared(ours, theirs) == []


def test_numbers_are_compared_as_numbers() -> None:
    assert compared("<length>20</length>", "<length>20.0</length>") == []
    assert compared("<length>20</length>", "<length>21</length>") == [("length", "20", "21")]


def test_elements_of_one_name_are_matched_by_what_names_them() -> None:
    def access(name: str, editable: str) -> str:
        return f"<fieldPermissions><editable>{editable}</editable><field>{name}</field></fieldPermissions>"

    found = compared(access("A", "true") + access("B", "false"), access("B", "true") + access("A", "true"))

    assert found == [("fieldPermissions[B]/editable", "false", "true")]


def test_one_more_of_several_is_told() -> None:
    found = compared("<columns>A</columns>", "<columns>A</columns><columns>B</columns>")

    assert found == [("columns", None, "B")]


def test_an_element_that_the_org_lost_is_told() -> None:
    assert compared("<label>A</label><type>Text</type>", "<type>Text</type>") == [("label", "A", None)]


def compared(ours: str, theirs: str) -> list[tuple[str, str | None, str | None]]:
    source, org = (etree.fromstring(metadata("CustomField", each).encode()) for each in (ours, theirs))
    return [(each.element, each.source, each.org) for each in differences(source, org, "CustomField")]
