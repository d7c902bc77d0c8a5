"""Headless Chromium with axe-core, which npm installs once into the project's cache."""

import fcntl
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parents[2] / ".smarketing" / "browser"
PACKAGES = ("axe-core@4.14.1", "puppeteer-core@25.16.0")
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)


class NotInstallableError(Exception):
    """The browser or its packages can't be had here."""


def ask_browser(**asked: Any) -> dict[str, Any]:
    """Have pages audited (`audits`: url, width, dark) and forms walked through (`walks`: url, steps).

    Raises:
        NotInstallableError: Chromium or npm is missing, or the registry gives no package.
        AssertionError: the browser failed.
    """
    if CHROMIUM is None:
        raise NotInstallableError("needs Chromium: apt-get install chromium")
    _install()
    done = subprocess.run(
        ["node", str(Path(__file__).parent / "audit.mjs")],
        input=json.dumps({"chromium": CHROMIUM, "screenshots": os.environ.get("SCREENSHOTS"), **asked}),
        env={**os.environ, "BROWSER_PACKAGES": str(CACHE), "NO_PROXY": "localhost,127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstallableError("axe-core needs npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    done = CACHE / "installed"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == " ".join(PACKAGES):
            return
        command = [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", *PACKAGES]
        result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        if result.returncode:
            reason = (result.stderr.strip().splitlines() or ["no reason given"])[0]
            raise NotInstallableError(f"npm can't install axe-core: {reason}")
        done.write_text(" ".join(PACKAGES))
