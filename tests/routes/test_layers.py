"""What app.py may know, and what the API function never loads."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP = ROOT / "app.py"
MAY_BE_IMPORTED = {"chalice", "chalicelib"}
"""Beside the standard library."""
LAYERS_BELOW_APP = {"chalicelib.routes", "chalicelib.bootstrap", "chalicelib.partial_batch", "chalicelib.log"}
NEVER_BY_ROUTES = (
    "simple_salesforce",
    "zeep",
    "pydantic",
    "moto",
    "boto3",
    "botocore",
    "aws_lambda_powertools",
)


def imported_by(path: Path) -> set[str]:
    """Name every module that a file imports at its top or anywhere inside."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            within = {f"{module}.{alias.name}" for alias in node.names}
            names |= within if module in ("chalicelib", "chalicelib.routes") else {module}
    return names


def test_app_imports_routes_and_bootstrap_only() -> None:
    ours = {name for name in imported_by(APP) if name.startswith("chalicelib")}

    assert {".".join(name.split(".")[:2]) for name in ours} <= LAYERS_BELOW_APP


def test_app_needs_nothing_but_chalice_and_the_standard_library() -> None:
    roots = {name.split(".")[0] for name in imported_by(APP)}

    assert roots - set(sys.stdlib_module_names) <= MAY_BE_IMPORTED


def test_app_stays_within_150_lines() -> None:
    assert len(APP.read_text(encoding="utf-8").splitlines()) <= 150


def test_only_the_settings_read_the_environment() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "chalicelib").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("environ", "getenv")
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }

    assert readers == {"chalicelib/settings.py"}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that are loaded once app.py is imported, with nothing in the environment."""
    code = "import sys, app; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env={}, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


@pytest.mark.parametrize("module", NEVER_BY_ROUTES)
def test_importing_the_app_does_not_load(loaded: set[str], module: str) -> None:
    assert module not in loaded
