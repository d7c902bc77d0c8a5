"""Debian's headless Chromium, and axe-core, which npm installs once into the project's cache."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser.devtools import Browser

CACHE = Path(__file__).parents[2] / ".smarketing" / "browser"
PACKAGE = "axe-core@4.14.1"
CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)

_OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--remote-debugging-pipe",
)


class NotInstallableError(Exception):
    """axe-core can't be had here."""


@contextmanager
def running_browser(home: Path) -> Iterator[Browser]:
    """Run a browser with a profile of its own, in a folder."""
    assert CHROMIUM is not None
    to_browser, ours_to_write = os.pipe()
    ours_to_read, from_browser = os.pipe()
    # Moved out of the way of 3 and 4, which the browser reads and writes.
    ends = [fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (to_browser, from_browser)]

    def connect() -> None:
        os.dup2(ends[0], 3)
        os.dup2(ends[1], 4)

    with (home / "chromium.log").open("w") as log:
        process = subprocess.Popen(
            [CHROMIUM, *_OPTIONS, f"--user-data-dir={home / 'profile'}", "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=connect,
            pass_fds=(3, 4),
        )
    for each in (to_browser, from_browser, *ends):
        os.close(each)
    try:
        yield Browser(ours_to_read, ours_to_write)
    finally:
        process.terminate()
        process.wait(10)
        os.close(ours_to_read)
        os.close(ours_to_write)


def axe_core() -> str:
    """Give axe-core's script; processes that want it at once wait for one that installs it.

    Raises:
        NotInstallableError: npm is missing, or the registry doesn't give it.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstallableError("axe-core needs npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    done = CACHE / "installed"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists() or done.read_text() != PACKAGE:
            _install(npm)
            done.write_text(PACKAGE)
    return (CACHE / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def _install(npm: str) -> None:
    command = [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", PACKAGE]
    try:
        result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    except subprocess.TimeoutExpired:
        raise NotInstallableError("npm install of axe-core took more than five minutes") from None
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["no reason given"])[0]
        raise NotInstallableError(f"npm can't install axe-core: {reason}")
