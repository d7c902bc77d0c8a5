"""What we send is what Salesforce's own tool would make of the project."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from smarketing.metadata.package import components_of, zip_of
from smarketing.metadata.project import default_root, read_project
from smarketing.metadata.xml import children, text_of
from tests.end_to_end.sf_cli import NotInstallableError, SfCli, install

Plain = tuple[str, str, tuple[Any, ...]]


@pytest.fixture(scope="module")
def sf(tmp_path_factory: pytest.TempPathFactory) -> SfCli:
    """The real command line."""
    try:
        install()
    except NotInstallableError as error:
        pytest.skip(str(error))
    return SfCli(tmp_path_factory.mktemp("home"), default_root())


def plain(node: Any) -> Plain:
    """An element without regard to the order of its children, which the platform doesn't look at either."""
    inner = [plain(each) for each in node if isinstance(each.tag, str)]
    return etree.QName(node).localname, (node.text or "").strip(), tuple(sorted(inner, key=repr))


def members(manifest: bytes) -> set[tuple[str, str]]:
    """What a manifest names, by type."""
    return {
        (text_of(each, "name") or "", member.text or "")
        for each in children(etree.fromstring(manifest), "types")
        for member in children(each, "members")
    }


@pytest.mark.slow
def test_the_package_is_the_one_that_sf_converts_the_whole_project_to(sf: SfCli, tmp_path: Path) -> None:
    project = read_project(default_root())
    sources = [word for each in project.packages for word in ("--source-dir", str(project.root / each))]
    sf.run("project", "convert", "source", *sources, "--output-dir", str(tmp_path))
    theirs = {
        str(path.relative_to(tmp_path)): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    }

    with zipfile.ZipFile(io.BytesIO(zip_of(components_of(project), project.api_version))) as archive:
        ours = {name: archive.read(name) for name in archive.namelist()}

    assert ours.keys() == theirs.keys()
    differing = [
        name
        for name in ours.keys() - {"package.xml"}
        if plain(etree.fromstring(ours[name])) != plain(etree.fromstring(theirs[name]))
    ]
    assert differing == []
    # sf names what stands inside a workflow or a set of matching rules as well: parts without own files.
    inside = {"MatchingRule", "WorkflowOutboundMessage"}
    assert members(ours["package.xml"]) == {
        (kind, name.rstrip("/")) for kind, name in members(theirs["package.xml"]) if kind not in inside
    }
