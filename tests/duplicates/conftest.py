"""An emulated org with records that are one, and the command line that works on it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from smarketing.commands.duplicates import app
from smarketing.org_login import TOKEN_SETTING, URL_SETTING
from tests.sandbox.org.running_org import RunningOrg, running_org


@dataclass
class Operator:
    """Somebody at the command line, in a folder of their own."""

    org: RunningOrg
    folder: Path

    def run(self, *words: str, code: int = 0) -> dict[str, Any]:
        """Run a command with `--json` and give what it prints."""
        done = CliRunner().invoke(app, [*words, "--json"], catch_exceptions=False)
        assert done.exit_code == code, done.output
        return dict(json.loads(done.stdout))

    def find(self) -> dict[str, Any]:
        return self.run("find", "--folder", str(self.folder))

    def merge(self, *more: str, code: int = 0) -> dict[str, Any]:
        return self.run("merge", str(self.folder), *more, code=code)


@pytest.fixture
def operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operator]:
    with running_org(project=None) as org:
        monkeypatch.setenv(URL_SETTING, org.url)
        monkeypatch.setenv(TOKEN_SETTING, org.token())
        monkeypatch.chdir(tmp_path)
        yield Operator(org, tmp_path / "search")
