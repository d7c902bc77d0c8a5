"""Flows are deleted as the platform has it: by version, and once they are not active."""

from collections.abc import Iterator

import pytest

from tests.metadata.deploys import metadata
from tests.sandbox.org.deploys import deploy, package, problems
from tests.sandbox.org.running_org import RunningOrg, running_org

FLOW = "Interest_Account"


@pytest.fixture
def org() -> Iterator[RunningOrg]:
    with running_org() as running:
        yield running


def delete(org: RunningOrg, name: str, *, off: bool) -> list[str]:
    """Delete a flow, in one deploy with its deactivation, and give what the org refuses."""
    files = {"destructiveChangesPost.xml": manifest_of(name)}
    members: dict[str, list[str]] = {}
    if off:
        definition = metadata("FlowDefinition", "<activeVersionNumber>0</activeVersionNumber>")
        files[f"flowDefinitions/{FLOW}.flowDefinition"] = definition
        members["FlowDefinition"] = [FLOW]
    done = deploy(org, package(members, files), rollbackOnError=True)
    return problems(done)


def manifest_of(name: str) -> str:
    types = f"<types><members>{name}</members><name>Flow</name></types>"
    return metadata("Package", f"{types}<version>66.0</version>")


def is_there(org: RunningOrg) -> bool:
    return org.org.metadata.components.get("Flow", FLOW) is not None


def test_a_version_that_is_not_active_is_deleted(org: RunningOrg) -> None:
    assert delete(org, f"{FLOW}-1", off=True) == []
    assert not is_there(org)


def test_an_active_version_stays(org: RunningOrg) -> None:
    assert delete(org, f"{FLOW}-1", off=False) == ["insufficient access rights on cross-reference id"]
    assert is_there(org)


def test_a_flow_is_not_deleted_by_its_bare_name(org: RunningOrg) -> None:
    assert delete(org, FLOW, off=True) == ["insufficient access rights on cross-reference id"]
    assert is_there(org)


def test_a_definition_switches_a_flow_off(org: RunningOrg) -> None:
    definition = metadata("FlowDefinition", "<activeVersionNumber>0</activeVersionNumber>")
    files = {f"flowDefinitions/{FLOW}.flowDefinition": definition}

    done = deploy(org, package({"FlowDefinition": [FLOW]}, files))

    assert problems(done) == []
    flow = org.org.metadata.components.get("Flow", FLOW)
    assert flow is not None
    assert b"<status>Obsolete</status>" in flow.content
