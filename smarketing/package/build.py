"""The steps of packaging."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

from chalicelib.errors import Misconfigured
from smarketing.package.archive import Archive, compile_bytecode, write_archive
from smarketing.package.dependencies import install, write_requirements
from smarketing.package.template import merged_infra

_CHALICE = "import sys; from chalice.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Package:
    """What was built: `template` refers to `archive` by its place beside it."""

    template: Path
    archive: Archive


def build_package(project: Path, stage: str, out: Path) -> Package:
    """Package the app for a stage into the folder `out`: `sam.json`, `deployment.zip` and `requirements.txt`.

    Raises:
        Misconfigured: the project can't be packaged as it is; the message says what to mend.
        Retryable: the package registry can't be reached.
    """
    if not (project / "app.py").is_file():
        raise Misconfigured("app.py: not here; run it in the project's folder")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="smarketing-package-") as folder:
        contents = Path(folder, "contents")
        template = package_app(project, stage, Path(folder, "app"), contents)
        write_requirements(project, out / "requirements.txt")
        install(out / "requirements.txt", contents)
        compile_bytecode(contents)
        archive = write_archive(contents, out / "deployment.zip")
        return Package(Path(shutil.copy(template, out)), archive)


def package_app(project: Path, stage: str, workplace: Path, contents: Path) -> Path:
    """Let Chalice write template and code in `workplace`; the code goes to `contents`.

    Chalice works on a copy: it keeps what it builds in the project, and ships stray files of `chalicelib/`.
    It gets no requirements: it would neither check their hashes nor leave out what Lambda does not need.

    Raises:
        Misconfigured: Chalice refused, in the words of its last line.
    """
    for part in (".chalice", "chalicelib"):
        shutil.copytree(
            project / part, workplace / part, ignore=shutil.ignore_patterns("__pycache__", "deploy*")
        )
    shutil.copy(project / "app.py", workplace)
    infra = workplace / "infra.json"
    infra.write_text(json.dumps(merged_infra(project / "infra", stage)))
    _run_chalice(["package", "--stage", stage, "--merge-template", str(infra), "out"], workplace)
    with zipfile.ZipFile(workplace / "out" / "deployment.zip") as code:
        code.extractall(contents)
    return workplace / "out" / "sam.json"


def _run_chalice(arguments: list[str], folder: Path) -> None:
    # The region decides only the names of AWS's services; no account is needed, and no profile is looked for.
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SMARKETING_"))
    }
    environment |= {"AWS_DEFAULT_REGION": os.environ.get("AWS_DEFAULT_REGION") or "eu-central-1"}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-c", _CHALICE, *arguments]
    result = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if result.returncode:
        raise Misconfigured(f"chalice: {(result.stderr or result.stdout).strip().splitlines()[-1]}")
