"""What the functions import from elsewhere, as uv.lock has it: for Lambda's machine, whatever this one is."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from uv import find_uv_bin

from chalicelib.errors import Misconfigured, Retryable

AWS_SERVICES = ("dynamodb", "secretsmanager", "sesv2", "sqs")
"""Whose descriptions botocore needs at run time: those of the clients that `chalicelib` makes."""

_PLATFORM = "x86_64-manylinux2014"
"""Runs on every Lambda runtime: its C library is as old as the oldest one's."""


def write_requirements(project: Path, requirements: Path) -> None:
    """Write what the functions need at run time, with versions and hashes, to `requirements`.

    Chalice is left out: what it brings is for packaging, and its few modules for Lambda it adds itself.

    Raises:
        Misconfigured: uv.lock is not in step with pyproject.toml.
    """
    command = ["export", "--frozen", "--no-default-groups", "--no-emit-project", "--prune", "chalice"]
    result = _uv([*command, "--no-header", "--project", str(project), "--output-file", str(requirements)])
    if result.returncode:
        raise Misconfigured("uv.lock: not in step with pyproject.toml; run .venv/bin/uv lock")


def install(requirements: Path, folder: Path) -> None:
    """Install wheels into `folder`, checking their hashes, and leave out what is not for Lambda.

    Raises:
        Retryable: the registry can't be reached, or has no fitting wheel.
    """
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    wanted = ["--require-hashes", "--only-binary", ":all:", "--no-installer-metadata"]
    machine = ["--python-platform", _PLATFORM, "--python-version", version]
    result = _uv(["pip", "install", *wanted, *machine, "--target", str(folder), "-r", str(requirements)])
    if result.returncode:
        raise Retryable(f"registry: {_reason(result.stderr)}")
    for leftover in (folder / "bin", folder / ".lock"):
        shutil.rmtree(leftover) if leftover.is_dir() else leftover.unlink(missing_ok=True)
    for record in folder.glob("*.dist-info/RECORD"):
        record.unlink()
    _prune_services(folder / "botocore" / "data")
    _prune_services(folder / "boto3" / "data")


def _prune_services(data: Path) -> None:
    for service in data.iterdir():
        if service.is_dir() and service.name not in AWS_SERVICES:
            shutil.rmtree(service)


def _uv(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [find_uv_bin(), "--quiet", "--no-config", *arguments]
    result = _run(command, os.environ)
    # Behind a proxy that has its own certificate, only the system knows it; uv trusts its own list first.
    return _run(command, {**os.environ, "UV_SYSTEM_CERTS": "true"}) if result.returncode else result


def _run(command: list[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603


def _reason(text: str) -> str:
    """Give the last line that says what went wrong; below it uv gives hints."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    told = [line for line in lines if not line.startswith("hint:")]
    return told[-1] if told else "no reason given"
