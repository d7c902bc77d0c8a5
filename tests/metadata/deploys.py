"""Deploys of the project to an emulated org, as an admin at the command line makes them."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from smarketing.cli import main
from smarketing.metadata.project import default_root
from smarketing.org_login import TOKEN_SETTING, URL_SETTING
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg

CALLBACK = "https://api.example.com/salesforce/outbound-messages?key=a&b"
PLACES = ("--callback-url", CALLBACK, "--integration-user", INTEGRATION)
SCORE = "Lead.Smarketing_Score__c"
RULE = "Lead.Smarketing_Keeps_Its_Fields"


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


def small_project(root: Path, files: Mapping[str, str]) -> Path:
    """Write a project of a few files, each by its place below its package directory's `main/default`."""
    packages = ("foundation", "before_go_live", "after_go_live")
    settings = {"packageDirectories": [{"path": each} for each in packages], "sourceApiVersion": "66.0"}
    for each in packages:
        (root / each).mkdir(parents=True)
    (root / "sfdx-project.json").write_text(json.dumps(settings))
    for name, text in files.items():
        package, _, rest = name.partition("/")
        path = root / package / "main" / "default" / rest
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def field(name: str, label: str = "Colour", kind: str = "Text") -> str:
    """Write the file of a text field of Lead."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        f"    <fullName>{name}</fullName>\n    <label>{label}</label>\n    <length>20</length>\n"
        f"    <type>{kind}</type>\n</CustomField>\n"
    )


def field_file(name: str) -> str:
    """Say where the file of a field of Lead lies."""
    return f"foundation/objects/Lead/fields/{name}.field-meta.xml"


@cache
def source_names() -> frozenset[str]:
    """The names of all files of the project."""
    return frozenset(path.name for path in default_root().rglob("*-meta.xml"))


def names_in(package: bytes) -> list[str]:
    """Name the files of a zip."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return archive.namelist()
