from collections.abc import Iterator

import pytest

from tests.gateways.salesforce.scripted_org import ScriptedOrg, scripted_org


@pytest.fixture
def org() -> Iterator[ScriptedOrg]:
    with scripted_org() as running:
        yield running
