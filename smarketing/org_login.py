"""Finds the org that a command is told to work on, as whoever is logged in to it there."""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from chalicelib.errors import Misconfigured, Retryable

URL_SETTING = "SMARKETING_SALESFORCE_URL"
TOKEN_SETTING = "SMARKETING_SALESFORCE_TOKEN"  # noqa: S105 - the setting's name
SANDBOX = "sandbox"

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LONGEST = 120.0
"""Seconds that `sf` may take to renew a login."""
_HIDDEN = "[REDACTED]"


@dataclass(frozen=True, slots=True)
class Org:
    """An org that somebody is logged in to.

    Attributes:
        name: what people call it: its alias, else its user name or host.
    """

    url: str
    access_token: str = field(repr=False)
    name: str

    @property
    def is_on_this_machine(self) -> bool:
        """Whether it is an emulated one, where nothing can be lost."""
        return urlsplit(self.url).hostname in _LOOPBACK


def find_org(target: str | None) -> Org:
    """Find an org to work on.

    Args:
        target: an alias or user name that `sf` knows; `sandbox` for the one that `smarketing sandbox` runs,
            `sandbox:FOLDER` for the one that keeps its state there. None takes the environment's
            SMARKETING_SALESFORCE_URL and SMARKETING_SALESFORCE_TOKEN, else the default org of `sf`.

    Raises:
        Misconfigured: nobody is logged in there, or the address is not https.
        Retryable: `sf` does not answer.
    """
    if target is not None and target.partition(":")[0] == SANDBOX:
        return _of_sandbox(target.partition(":")[2])
    if target is None and (URL_SETTING in os.environ or TOKEN_SETTING in os.environ):
        return _of_environment()
    return _of_sf(target)


def _of_sandbox(folder: str) -> Org:
    from smarketing.sandbox import notice

    found = notice.read(Path(folder) if folder else None)
    return Org(found.salesforce, found.salesforce_access_token, SANDBOX)


def _of_environment() -> Org:
    missing = [name for name in (URL_SETTING, TOKEN_SETTING) if not os.environ.get(name)]
    if missing:
        raise Misconfigured(f"{missing[0]}: set it as well, or name an org with --target")
    url = _checked(os.environ[URL_SETTING], URL_SETTING)
    return Org(url, os.environ[TOKEN_SETTING], urlsplit(url).hostname or url)


def _of_sf(target: str | None) -> Org:
    """Ask the `sf` command line, which renews the login where it has expired."""
    shown = _ask("display", target)
    token = str(shown.get("accessToken") or "")
    if not token or token.startswith(_HIDDEN):
        # Since 2026 it shows secrets with a command of their own only.
        token = str(_ask("auth", "show-access-token", target).get("accessToken") or "")
    name = str(shown.get("alias") or shown.get("username") or target)
    if not token or not shown.get("instanceUrl"):
        raise Misconfigured(f"{name}: sf knows no login for it; run sf org login web --alias {name}")
    return Org(_checked(str(shown["instanceUrl"]), name), token, name)


def _ask(*words: str | None) -> dict[str, Any]:
    *command, target = words
    program = shutil.which("sf")
    if program is None:
        raise Misconfigured(
            f"--target: the sf command line is not on the PATH; install it, or set {URL_SETTING} "
            f"and {TOKEN_SETTING}"
        )
    chosen = ["--target-org", target] if target is not None else []
    call = [program, "org", *(each for each in command if each), "--json", *chosen]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=_LONGEST, check=False)  # noqa: S603
        answer = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        raise Retryable("sf: did not answer in two minutes") from None
    except ValueError:
        raise Misconfigured("sf: its answer is no JSON; see what sf org display --json says") from None
    if answer.get("status") != 0 or not isinstance(answer.get("result"), dict):
        known = target if target is not None else "--target"
        raise Misconfigured(f"{known}: {_sentence(answer)}; sf org list shows the orgs that it knows")
    result: dict[str, Any] = answer["result"]
    return result


def _sentence(answer: dict[str, Any]) -> str:
    """Give what `sf` says is wrong, without what goes around it."""
    lines = [line.strip() for line in str(answer.get("message") or "sf refuses").splitlines()]
    said = [line for line in lines if line and not line.startswith(("Parsing ", "See more help"))]
    return " ".join(said).rstrip(".")


def _checked(url: str, name: str) -> str:
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Misconfigured(f"{name}: the org's address has to be https://<domain>.my.salesforce.com")
    return f"{parts.scheme}://{parts.netloc}"
