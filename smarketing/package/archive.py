"""A zip whose bytes depend on the files' names and content alone."""

import hashlib
import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

from chalicelib.errors import Misconfigured

MOST_UNZIPPED_BYTES = 250 * 1024 * 1024
"""Lambda quotas, "Deployment package size": 250 MB unzipped, layers and all."""

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a zip can hold."""

_LAMBDA_TASK_ROOT = "/var/task"


@dataclass(frozen=True, slots=True)
class Archive:
    """What became of a folder."""

    path: Path
    files: int
    bytes: int
    unzipped_bytes: int
    sha256: str


def compile_bytecode(folder: Path) -> None:
    """Compile every module beside its source, so that a cold start finds bytecode and need not compile.

    The bytecode is `unchecked-hash` (PEP 552): it holds no time stamp, and Python loads it without a look at
    the source. A process of its own with one worker makes the same bytes each time, as marshal's output
    depends on what else the process holds. Another patch version of Python may make other bytes.

    Raises:
        Misconfigured: a module can't be compiled.
    """
    options = ["-q", "-j", "1", "--invalidation-mode", "unchecked-hash"]
    paths = ["-s", str(folder), "-p", _LAMBDA_TASK_ROOT, str(folder)]
    command = [sys.executable, "-I", "-m", "compileall", *options, *paths]
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603
    if result.returncode:
        raise Misconfigured(f"bytecode: {result.stdout.strip().splitlines()[-1]}")


def write_archive(folder: Path, path: Path) -> Archive:
    """Zip a folder.

    Raises:
        Misconfigured: it is larger than Lambda takes.
    """
    files = sorted(
        (file.relative_to(folder).as_posix(), file) for file in folder.rglob("*") if file.is_file()
    )
    unzipped = sum(file.stat().st_size for _, file in files)
    if unzipped > MOST_UNZIPPED_BYTES:
        raise Misconfigured(f"zip: {unzipped} bytes unzipped, Lambda takes {MOST_UNZIPPED_BYTES}; ship less")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, file in files:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, wherever it was packaged
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED)
    content = path.read_bytes()
    return Archive(path, len(files), len(content), unzipped, hashlib.sha256(content).hexdigest())
