"""`metadata/` says what the playbook says: in exactly the parts that come from it."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from chalicelib.errors import Rejected
from smarketing.metadata.generate import generate
from smarketing.playbook_files import default_folder

METADATA = Path(__file__).parents[2] / "metadata"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A copy of the project, to be changed."""
    return Path(shutil.copytree(METADATA, tmp_path / "metadata"))


@pytest.fixture
def playbook(tmp_path: Path) -> Path:
    """A copy of the playbook, to be changed."""
    return Path(shutil.copytree(default_folder(), tmp_path / "playbook"))


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def names(paths: list[Path]) -> set[str]:
    return {path.name.removesuffix("-meta.xml") for path in paths}


def test_the_project_is_in_step_with_the_playbook() -> None:
    assert generate(None, METADATA, write=False) == []


def test_generating_again_changes_nothing_when_it_was_just_done(project: Path, playbook: Path) -> None:
    edit(playbook / "lifecycle.yaml", "name: no_need", "name: no_interest")
    assert generate(playbook, project, write=True)
    assert generate(playbook, project, write=True) == []


def test_nothing_is_written_when_it_is_only_asked_what_would_change(project: Path, playbook: Path) -> None:
    edit(playbook / "product_lines.yaml", "Laser cutting", "Lasers")
    before = {path: path.read_bytes() for path in project.rglob("*.xml")}
    assert names(generate(playbook, project, write=False)) == {
        "Smarketing_Product_Line.globalValueSet",
        "Smarketing_Product_Line-de.globalValueSetTranslation",
    }
    assert {path: path.read_bytes() for path in project.rglob("*.xml")} == before


def test_a_new_purpose_gets_its_fields_and_everybody_the_right_to_read_them(
    project: Path, playbook: Path
) -> None:
    path = playbook / "purposes.yaml"
    fairs = "- {name: trade_fairs, contactable: false, label: {en: Trade fairs, de: Messen}}\n"
    path.write_text(path.read_text() + fairs)
    consent = playbook / "consent.yaml"
    words = '- {purpose: trade_fairs, version: "1", text: {en: Please do., de: Ja bitte.}}\n'
    consent.write_text(consent.read_text() + words)

    changed = names(generate(playbook, project, write=True))

    assert {
        "Smarketing_Opt_In_Trade_Fairs__c.field",
        "Smarketing_Subscription_Trade_Fairs__c.field",
        "Smarketing_Opt_In_Trade_Fairs__c.fieldTranslation",
        "Smarketing_Integration.permissionset",
        "Smarketing_Sales.permissionset",
        "Smarketing_Before_Go_Live.permissionset",
    } <= changed
    rights = (
        project / "access/main/default/permissionsets/Smarketing_Sales.permissionset-meta.xml"
    ).read_text()
    field = r"<editable>false</editable>\s*<field>Lead.Smarketing_Opt_In_Trade_Fairs__c</field>"
    assert re.search(field, rights)


def test_a_purpose_that_is_gone_takes_its_fields_along(project: Path, playbook: Path) -> None:
    path = playbook / "purposes.yaml"
    left = [each for each in yaml.safe_load(path.read_text()) if each["name"] != "events"]
    path.write_text(yaml.safe_dump(left, allow_unicode=True))
    consent = yaml.safe_load((playbook / "consent.yaml").read_text())
    consent["wordings"] = [each for each in consent["wordings"] if each["purpose"] != "events"]
    (playbook / "consent.yaml").write_text(yaml.safe_dump(consent, allow_unicode=True))
    edit(playbook / "journeys.yaml", "product_news, events]", "product_news]")
    generate(playbook, project, write=True)
    assert not list(project.rglob("Smarketing_*_Events__c*"))
    assert "Smarketing_Opt_In_Events__c" not in "".join(
        each.read_text() for each in project.rglob("*set-meta.xml")
    )


def test_a_help_text_changes_and_nothing_else_of_its_field(project: Path, playbook: Path) -> None:
    field = project / "foundation/main/default/objects/Interest__c/fields/Expected_Value__c.field-meta.xml"
    before = field.read_text()
    edit(
        playbook / "fields.yaml",
        "What the business would be worth, as far as it can be said now.",
        "In euros.",
    )
    generate(playbook, project, write=True)
    old = "<inlineHelpText>What the business would be worth, as far as it can be said now.</inlineHelpText>"
    assert field.read_text() == before.replace(old, "<inlineHelpText>In euros.</inlineHelpText>")


def test_the_checklist_rule_asks_for_what_the_playbook_requires(project: Path, playbook: Path) -> None:
    rule = project / (
        "process/main/default/objects/Interest__c/validationRules/Qualified_Before_Sales.validationRule-meta.xml"
    )
    assert "Qualified_Budget_Known__c" not in rule.read_text()
    path = playbook / "qualification.yaml"
    path.write_text(path.read_text().replace("required: false", "required: true"))
    generate(playbook, project, write=True)
    assert "Qualified_Budget_Known__c" in rule.read_text()
    assert "Budget known" in rule.read_text()


def test_a_service_level_sets_when_the_next_step_is_due(project: Path, playbook: Path) -> None:
    edit(playbook / "lifecycle.yaml", "service_level: 4h", "service_level: 90m")
    generate(playbook, project, write=True)
    flow = (project / "process/main/default/flows/Interest_Stage_Times.flow-meta.xml").read_text()
    assert "&quot;mql&quot;, 1.5," in flow or '"mql", 1.5,' in flow


def test_a_field_without_a_file_is_refused_by_name(project: Path) -> None:
    field = project / "foundation/main/default/objects/Interest__c/fields/Expected_Value__c.field-meta.xml"
    field.unlink()
    with pytest.raises(Rejected, match=r"Expected_Value__c.field-meta.xml: is missing, though fields.yaml"):
        generate(None, project, write=False)


def test_marketing_owned_fields_are_editable_for_the_integration_user_alone() -> None:
    editable = {
        path.name.removesuffix(".permissionset-meta.xml")
        for path in (METADATA / "access").rglob("*.permissionset-meta.xml")
        if re.search(r"<editable>true</editable>\s*<field>Lead.Smarketing_Score__c</field>", path.read_text())
    }
    assert editable == {"Smarketing_Integration"}
