"""An org whose people have kept opt-ins in fields of their own, for each test anew."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cleansing.legacy_org import LegacyOrg, legacy_org, with_fields


@pytest.fixture(scope="session")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The org's data: to deploy the fields anew for each test would take too long."""
    file = tmp_path_factory.mktemp("org") / "org.db"
    with_fields(file)
    return file


@pytest.fixture
def org(beginning: Path, tmp_path: Path) -> Iterator[LegacyOrg]:
    file = tmp_path / "org.db"
    shutil.copyfile(beginning, file)
    with legacy_org(file, tmp_path) as running:
        yield running
