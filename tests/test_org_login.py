"""How a command finds the org that it is to work on."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from chalicelib.errors import Misconfigured
from smarketing.org_login import TOKEN_SETTING, URL_SETTING, find_org

UNKNOWN = "Parsing --target-org \n\tNo authorization information found for dev.\nSee more help with --help"
URL = "https://acme.my.salesforce.com"


@pytest.fixture
def sf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An `sf` on the PATH that gives the answers of the files beside it and notes how it was called."""
    program = tmp_path / "sf"
    program.write_text('#!/bin/sh\necho "$@" >> "$(dirname "$0")/calls"\ncat "$(dirname "$0")/$2.json"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    for name in (URL_SETTING, TOKEN_SETTING):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def answers(sf: Path, command: str, result: Any, **more: Any) -> None:
    (sf / f"{command}.json").write_text(json.dumps({"status": 0, "result": result, **more}))


def test_sf_is_asked_for_an_alias(sf: Path) -> None:
    answers(
        sf, "display", {"accessToken": "t", "instanceUrl": URL, "username": "a@b.example", "alias": "dev"}
    )

    org = find_org("dev")

    assert (org.url, org.access_token, org.name) == (URL, "t", "dev")
    assert (sf / "calls").read_text() == "org display --json --target-org dev\n"


def test_a_token_that_sf_hides_is_asked_for_by_itself(sf: Path) -> None:
    hidden = "[REDACTED] Use 'sf org auth show-access-token' to view"
    answers(sf, "display", {"accessToken": hidden, "instanceUrl": URL, "username": "a@b.example"})
    answers(sf, "auth", {"accessToken": "t"})

    org = find_org(None)

    assert (org.access_token, org.name) == ("t", "a@b.example")
    assert (sf / "calls").read_text().splitlines() == [
        "org display --json",
        "org auth show-access-token --json",
    ]


def test_what_sf_does_not_know_is_said_in_one_line(sf: Path) -> None:
    answers(sf, "display", None, status=1, message=UNKNOWN)

    with pytest.raises(Misconfigured) as error:
        find_org("dev")

    said = "dev: No authorization information found for dev; sf org list shows the orgs that it knows"
    assert str(error.value) == said


def test_sf_may_be_missing_where_the_environment_names_the_org(
    sf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (sf / "sf").unlink()
    monkeypatch.setenv(URL_SETTING, f"{URL}/")
    monkeypatch.setenv(TOKEN_SETTING, "t")

    org = find_org(None)

    assert (org.url, org.access_token, org.name) == (URL, "t", "acme.my.salesforce.com")


def test_without_sf_and_settings_it_says_what_to_do(sf: Path) -> None:
    (sf / "sf").unlink()

    with pytest.raises(Misconfigured, match=f"install it, or set {URL_SETTING} and {TOKEN_SETTING}"):
        find_org("dev")


def test_half_of_the_environment_is_refused(sf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_SETTING, URL)

    with pytest.raises(Misconfigured, match=f"^{TOKEN_SETTING}: set it as well"):
        find_org(None)


@pytest.mark.parametrize("url", ["http://acme.my.salesforce.com", "ftp://localhost", "acme"])
def test_a_token_goes_nowhere_in_the_clear(sf: Path, monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(URL_SETTING, url)
    monkeypatch.setenv(TOKEN_SETTING, "t")

    with pytest.raises(Misconfigured, match="has to be https"):
        find_org(None)


def test_an_org_on_this_machine_may_speak_http(sf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_SETTING, "http://127.0.0.1:8701")
    monkeypatch.setenv(TOKEN_SETTING, "t")

    assert find_org(None).is_on_this_machine


def test_a_token_is_not_shown(sf: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(URL_SETTING, URL)
    monkeypatch.setenv(TOKEN_SETTING, "00D!secret")

    assert "secret" not in repr(find_org(None))


def test_a_sandbox_that_does_not_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="start one with: smarketing sandbox --data"):
        find_org(f"sandbox:{tmp_path}")
