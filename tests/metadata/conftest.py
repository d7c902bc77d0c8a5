"""An admin in front of an org that has nothing of ours, with a small project to deploy."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.metadata.deploys import Admin, let_in, write_project
from tests.sandbox.org.running_org import running_org


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(tmp_path / "project")


@pytest.fixture
def admin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Admin]:
    with running_org(project=None) as org:
        let_in(monkeypatch, org)
        yield Admin(org, tmp_path / "deployments", capsys)
