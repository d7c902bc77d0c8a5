"""An org in which each profile and a permission set that no source knows may edit the score."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lock.seeded_org import GRADE, SeededOrg
from tests.sandbox.org.running_org import running_org


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The org's data: to deploy the metadata anew for each test would take too long."""
    file = tmp_path_factory.mktemp("org") / "org.db"
    with running_org(file) as running:
        org = SeededOrg(running)
        for parent in org.profiles().values():
            org.grant(parent)
        unknown = org.permission_set("Known_To_No_Source")
        org.grant(unknown)
        org.grant(unknown, GRADE)
    return file


@pytest.fixture
def org(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeededOrg]:
    file = tmp_path_factory.mktemp("org") / "org.db"
    shutil.copyfile(seeded, file)
    with running_org(file) as running:
        yield SeededOrg(running)
