"""The real Salesforce CLI, installed once into the project's cache."""

import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CACHE = Path(__file__).parents[2] / ".smarketing" / "sf-cli"
PACKAGES = ("@salesforce/cli@2.150.6", "node@22")
"""The CLI needs Node 22, which comes along as a package."""


class NotInstallableError(Exception):
    """The CLI can't be had here."""


@dataclass(frozen=True, slots=True)
class SfCli:
    """The CLI with a home of its own, so that nobody's logins are read or changed."""

    home: Path
    folder: Path | None = None
    """Where it is called; a project's commands look there for the project."""

    def run(self, *arguments: str, **environment: str) -> Any:
        """Run a command and give its result.

        Raises:
            AssertionError: it failed.
        """
        answer = self._answer(arguments, environment)
        assert answer["status"] == 0, answer
        return answer["result"]

    def run_in_vain(self, *arguments: str, **environment: str) -> Any:
        """Run a command that must fail and give its result all the same.

        Raises:
            AssertionError: it did not fail.
        """
        answer = self._answer(arguments, environment)
        assert answer["status"] != 0, answer
        return answer["result"]

    def _answer(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> dict[str, Any]:
        done = subprocess.run(
            [str(CACHE / "node_modules/.bin/sf"), *arguments, "--json"],
            env=self._environment(environment),
            cwd=self.folder or self.home,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert done.stdout, done.stderr
        return dict(json.loads(done.stdout))

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        return {
            "PATH": f"{CACHE / 'node_modules/node/bin'}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "SF_DISABLE_TELEMETRY": "true",
            "SF_AUTOUPDATE_DISABLE": "true",
            "SF_SKIP_NEW_VERSION_CHECK": "true",
            "SF_USE_GENERIC_UNIX_KEYCHAIN": "true",
            "NO_PROXY": "localhost,127.0.0.1",
            **more,
        }


def install() -> None:
    """Install the CLI if it is not there; processes that want it at once wait for one of them.

    Raises:
        NotInstallableError: npm is missing, or the registry doesn't give it.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise NotInstallableError("the sf CLI needs npm")
    CACHE.mkdir(parents=True, exist_ok=True)
    done = CACHE / "installed"
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.exists() and done.read_text() == " ".join(PACKAGES):
            return
        command = [npm, "install", "--prefix", str(CACHE), "--no-audit", "--no-fund", *PACKAGES]
        try:
            result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        except subprocess.TimeoutExpired:
            raise NotInstallableError("npm install of the sf CLI took more than five minutes") from None
        if result.returncode:
            reason = (result.stderr.strip().splitlines() or ["no reason given"])[0]
            raise NotInstallableError(f"npm can't install the sf CLI: {reason}")
        done.write_text(" ".join(PACKAGES))
