from collections.abc import Iterator

import pytest

from tests.sandbox.org.running_org import RunningOrg, running_org


@pytest.fixture
def org() -> Iterator[RunningOrg]:
    """An empty org."""
    with running_org() as running:
        yield running


@pytest.fixture
def empty() -> Iterator[RunningOrg]:
    """An org to which nothing was deployed."""
    with running_org(project=None) as running:
        yield running
