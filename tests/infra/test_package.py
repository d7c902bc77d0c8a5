"""`make package`: a zip that is the same for the same sources, complete and ready for a cold start."""

import ast
import json
import marshal
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.errors import Misconfigured
from smarketing.package.archive import MOST_UNZIPPED_BYTES, write_archive
from smarketing.package.build import Package, build_package
from smarketing.package.dependencies import AWS_SERVICES
from smarketing.package.template import merged_infra
from tests.infra.conftest import PROJECT

UNCHECKED_HASH = b"\x01\x00\x00\x00"
"""The flags of bytecode that Python loads without a look at its source (PEP 552)."""

IN_LAMBDA = """
import pkgutil, sys
sys.path = [path for path in sys.path if "site-packages" not in path]
sys.path.insert(0, {folder!r})
import app, boto3, chalicelib
for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
    __import__(module.name)
for service in {services!r}:
    boto3.client(service, region_name="eu-central-1")
import simple_salesforce, pydantic, aws_lambda_powertools.utilities.batch
files = [getattr(each, "__file__", None) or "" for each in sys.modules.values()]
strangers = [file for file in files if "site-packages" in file]
sys.exit(str(strangers) if strangers else 0)
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    """Packaged as `make package` does."""
    return build_package(PROJECT, "prod", tmp_path_factory.mktemp("first"))


@pytest.fixture(scope="module")
def unzipped(package: Package, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(package.archive.path) as archive:
        archive.extractall(folder)
    return folder


def test_the_same_sources_elsewhere_and_later_give_the_same_zip(package: Package, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere"
    for part in ("chalicelib", ".chalice", "infra"):
        shutil.copytree(PROJECT / part, copy / part, copy_function=shutil.copyfile)
    for file in ("app.py", "pyproject.toml", "uv.lock", "README.md"):
        shutil.copyfile(PROJECT / file, copy / file)

    again = build_package(copy, "dev", tmp_path / "out")

    assert again.archive.sha256 == package.archive.sha256


def test_another_source_gives_another_zip(tmp_path: Path) -> None:
    def zipped(text: str) -> str:
        folder = tmp_path / text
        folder.mkdir()
        (folder / "app.py").write_text(text)
        return write_archive(folder, tmp_path / f"{text}.zip").sha256

    assert zipped("one") != zipped("two")


def test_the_zip_is_far_from_lambdas_limit(package: Package) -> None:
    assert package.archive.unzipped_bytes < MOST_UNZIPPED_BYTES / 2


def test_a_folder_that_lambda_would_not_take_is_refused(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with Path(tmp_path, "in", "large").open("wb") as file:
        file.truncate(MOST_UNZIPPED_BYTES + 1)

    with pytest.raises(Misconfigured, match="ship less"):
        write_archive(tmp_path / "in", tmp_path / "out.zip")


def test_the_zip_runs_with_nothing_beside_it(unzipped: Path) -> None:
    script = IN_LAMBDA.format(folder=str(unzipped), services=AWS_SERVICES)

    result = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True)

    assert (result.returncode, result.stderr) == (0, "")


def test_every_module_has_bytecode_that_is_loaded_without_a_look_at_its_source(unzipped: Path) -> None:
    cache = sys.implementation.cache_tag
    modules = list(unzipped.rglob("*.py"))

    for module in modules:
        bytecode = module.parent / "__pycache__" / f"{module.stem}.{cache}.pyc"
        assert bytecode.read_bytes()[4:8] == UNCHECKED_HASH
    assert len(modules) > 500


def test_a_traceback_names_the_path_that_the_module_has_in_lambda(unzipped: Path) -> None:
    bytecode = unzipped / "__pycache__" / f"app.{sys.implementation.cache_tag}.pyc"

    assert marshal.loads(bytecode.read_bytes()[16:]).co_filename == "/var/task/app.py"  # noqa: S302 - just made


def test_nothing_of_the_operators_side_is_shipped(unzipped: Path) -> None:
    shipped = {path.name for path in unzipped.iterdir()}

    assert shipped.isdisjoint({"smarketing", "tests", "playbook", "typer", "moto", "pip", "bin", "yaml"})
    assert {"app.py", "chalicelib", "chalice", "boto3", "simple_salesforce", "pydantic"} <= shipped
    assert {path.name for path in (unzipped / "chalice").glob("*.py")} == {"__init__.py", "app.py"}


def test_botocore_keeps_the_descriptions_of_exactly_the_services_that_are_called(unzipped: Path) -> None:
    kept = {path.name for path in (unzipped / "botocore" / "data").iterdir() if path.is_dir()}

    assert set(clients_of_chalicelib()) == kept == set(AWS_SERVICES)


def test_the_template_names_the_zip_beside_it(package: Package) -> None:
    resources = json.loads(package.template.read_text())["Resources"].values()

    places = {
        each["Properties"]["CodeUri"] for each in resources if each["Type"] == "AWS::Serverless::Function"
    }
    assert places == {"./deployment.zip"}
    assert package.archive.path == package.template.with_name("deployment.zip")


def test_requirements_are_pinned_with_hashes(package: Package) -> None:
    text = package.template.with_name("requirements.txt").read_text()
    requirements = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]

    assert requirements
    assert all("==" in line for line in requirements)
    assert text.count("--hash=sha256:") >= len(requirements)


def test_a_stage_without_a_file_is_refused() -> None:
    with pytest.raises(Misconfigured, match="--stage"):
        merged_infra(PROJECT / "infra", "staging")


def test_two_files_that_say_different_things_of_one_resource_are_refused(tmp_path: Path) -> None:
    (tmp_path / "stages").mkdir()
    (tmp_path / "stages" / "prod.yaml").write_text("Resources: {}")
    (tmp_path / "a.yaml").write_text("Resources: {Table: {Type: one}}")
    (tmp_path / "b.yaml").write_text("Resources: {Table: {Type: two}}")

    with pytest.raises(Misconfigured, match=r"b\.yaml: Resources: Table: Type"):
        merged_infra(tmp_path, "prod")


def test_packaging_outside_of_a_project_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"app\.py"):
        build_package(tmp_path, "prod", tmp_path / "out")


def clients_of_chalicelib() -> Iterator[str]:
    """Name the services that chalicelib makes clients of."""
    for file in (PROJECT / "chalicelib").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            match node:
                case ast.Call(
                    func=ast.Attribute(value=ast.Name("boto3"), attr="client"), args=[ast.Constant(name), *_]
                ):
                    yield name
