"""Deploys of the project to an emulated org, as an admin at the command line makes them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from smarketing.cli import main
from smarketing.metadata.placeholders import CALLBACK_URL, INTEGRATION_USER
from smarketing.org_login import TOKEN_SETTING, URL_SETTING
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg

CALLBACK = "https://api.example.com/salesforce/outbound-messages?key=a&b"
PLACES = ("--callback-url", CALLBACK, "--integration-user", INTEGRATION)
COLOUR, GREEN = ("CustomField", "Lead.Colour__c"), ("ValidationRule", "Lead.Always_Green")
THING, KEYS = ("CustomObject", "Thing__c"), ("PermissionSet", "Keys")


@dataclass(frozen=True)
class Admin:
    """Calls `smarketing metadata` on an org; its roll-back files lie in a folder of the test's own."""

    org: RunningOrg
    folder: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; give its exit code, output and errors."""
        with pytest.raises(SystemExit) as ended:
            main(["metadata", *arguments])
        said = self.capsys.readouterr()
        return int(ended.value.code or 0), said.out, said.err

    def plain(self, *arguments: str, code: int = 0) -> Any:
        """Run a command that has to end with a code, and give the JSON that it prints."""
        ended, out, err = self.run(*arguments, "--json")
        assert ended == code, err + out
        return json.loads(out)

    def deploy(self, *options: str, code: int = 0) -> dict[str, Any]:
        """Deploy the project."""
        found: dict[str, Any] = self.plain("deploy", *PLACES, *self.kept, *options, code=code)
        return found

    @property
    def kept(self) -> tuple[str, str]:
        """Where the roll-back files are."""
        return "--folder", str(self.folder)

    @property
    def files(self) -> list[Path]:
        """The roll-back files."""
        return sorted(self.folder.glob("*.json"))

    def has(self, kind: str, name: str) -> bool:
        """Tell whether the org has a component."""
        return self.org.org.metadata.read(kind, name) is not None

    def names(self) -> set[tuple[str, str]]:
        """Name all of the org's components."""
        return {(each.type, each.full_name) for each in self.org.org.metadata.components.all()}


def let_in(monkeypatch: pytest.MonkeyPatch, org: RunningOrg) -> None:
    """Log the admin in to an org."""
    monkeypatch.setenv(URL_SETTING, org.url)
    monkeypatch.setenv(TOKEN_SETTING, org.token())


def metadata(kind: str, inner: str) -> str:
    """Write a file; `inner` are its elements, a line each."""
    lines = "".join(f"    {each}\n" for each in inner.split("\n"))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{kind} xmlns="http://soap.sforce.com/2006/04/metadata">\n{lines}</{kind}>\n'
    )


def field(name: str, label: str = "Colour", kind: str = "Text") -> str:
    """Write the file of a field."""
    inner = f"<fullName>{name}</fullName>\n<label>{label}</label>\n<length>20</length>\n<type>{kind}</type>"
    return metadata("CustomField", inner)


FIELD = "foundation/objects/Lead/fields/Colour__c.field-meta.xml"
FILES: Mapping[str, str] = {
    FIELD: field("Colour__c"),
    "foundation/objects/Thing__c/Thing__c.object-meta.xml": metadata(
        "CustomObject",
        "<label>Thing</label>\n<nameField>\n    <label>Name</label>\n    <type>Text</type>\n</nameField>\n"
        "<pluralLabel>Things</pluralLabel>\n<sharingModel>ReadWrite</sharingModel>",
    ),
    "foundation/objects/Thing__c/fields/Size__c.field-meta.xml": field("Size__c", "Size"),
    "foundation/workflows/Lead.workflow-meta.xml": metadata(
        "Workflow",
        "<outboundMessages>\n    <fullName>Smarketing_Lead_Changed</fullName>\n"
        "    <apiVersion>66.0</apiVersion>\n"
        f"    <endpointUrl>{CALLBACK_URL}</endpointUrl>\n    <fields>Id</fields>\n"
        "    <includeSessionId>false</includeSessionId>\n"
        f"    <integrationUser>{INTEGRATION_USER}</integrationUser>\n    <name>Lead changed</name>\n"
        "    <protected>false</protected>\n    <useDeadLetterQueue>false</useDeadLetterQueue>\n"
        "</outboundMessages>",
    ),
    "before_go_live/permissionsets/Keys.permissionset-meta.xml": metadata(
        "PermissionSet", "<hasActivationRequired>false</hasActivationRequired>\n<label>Keys</label>"
    ),
    "after_go_live/objects/Lead/validationRules/Always_Green.validationRule-meta.xml": metadata(
        "ValidationRule",
        "<fullName>Always_Green</fullName>\n<active>true</active>\n"
        "<errorConditionFormula>Colour__c &lt;&gt; &quot;green&quot;</errorConditionFormula>\n"
        "<errorMessage>Only green.</errorMessage>",
    ),
}
"""A project that is small, and has a part of each phase."""


def write_project(root: Path, files: Mapping[str, str] = FILES) -> Path:
    """Write a project, its files by their place, without `main/default`."""
    packages = ("foundation", "before_go_live", "after_go_live")
    settings = {"packageDirectories": [{"path": each} for each in packages], "sourceApiVersion": "66.0"}
    for each in packages:
        (root / each).mkdir(parents=True, exist_ok=True)
    (root / "sfdx-project.json").write_text(json.dumps(settings))
    for name, text in files.items():
        path = source_path(root, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def source_path(root: Path, name: str) -> Path:
    """Say where a file of a project lies."""
    package, _, rest = name.partition("/")
    return root / package / "main" / "default" / rest
