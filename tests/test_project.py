"""What the project promises to those who come to it: commands, documents, licence."""

import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
import yaml

from smarketing.cli import GROUPS
from tests.documents import PROJECT, commands, documents, headings, links

MAKEFILE = (PROJECT / "Makefile").read_text()
TARGETS = set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))


def names(paths: list[Path]) -> list[str]:
    return [path.relative_to(PROJECT).as_posix() for path in paths]


def test_every_make_command_in_the_documents_is_a_target() -> None:
    told = {words[0] for _, words in commands("make") if words}

    assert told <= TARGETS
    assert {"demo", "test"} <= told


def test_every_target_is_told_of_in_the_contributors_guide() -> None:
    guide = (PROJECT / "CONTRIBUTING.md").read_text()

    assert {target for target in TARGETS if f"`make {target}`" not in guide} == {"help"}


def test_every_target_is_phony_and_explained() -> None:
    [phony] = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)

    assert set(phony.split()) == TARGETS


def test_every_command_in_the_documents_can_be_called() -> None:
    unknown = {
        " ".join(words[:2]) for _, words in commands("smarketing") if words and not can_be_called(words)
    }

    assert unknown == set()


@pytest.mark.parametrize("group", GROUPS)
def test_every_command_is_told_of_in_the_documents(group: str) -> None:
    told = {words[1] for _, words in commands("smarketing") if len(words) > 1 and words[0] == group}
    missing = subcommands(group) - told

    assert missing == set()


@pytest.mark.parametrize("page", documents(), ids=names(documents()))
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in links(page):
        target, _, anchor = link.partition("#")
        file = page.parent / target if target else page
        assert file.exists(), link
        assert not anchor or anchor in headings(file), link


def test_continuous_integration_runs_what_the_readme_says() -> None:
    script = PROJECT / ".ci" / "run"

    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text()
    assert "make test" in script.read_text()


def test_the_hooks_run_what_the_project_installs() -> None:
    config = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())
    hooks = [hook for repository in config["repos"] for hook in repository["hooks"]]

    assert {repository["repo"] for repository in config["repos"]} == {"local"}
    for hook in hooks:
        folder, program = hook["entry"].split()[0].rsplit("/", 1)
        assert folder == ".venv/bin"
        assert Path(sys.executable).with_name(program).exists()


def test_the_lock_is_in_step_with_the_project() -> None:
    uv = Path(sys.executable).with_name("uv")

    result = subprocess.run([uv, "lock", "--check", "--offline"], cwd=PROJECT, capture_output=True, text=True)

    assert result.returncode == 0, result.stderr


def test_the_licence_is_apaches() -> None:
    licence = (PROJECT / "LICENSE").read_text()

    assert "Apache License\n                           Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


def can_be_called(words: list[str]) -> bool:
    group, *rest = words
    if group.startswith("-"):
        return True
    known = subcommands(group) if group in GROUPS else set()
    if group not in GROUPS or not rest or not rest[0].isalpha():
        return group in GROUPS
    return not known or any(choice in known for choice in rest[0].split("|"))


def subcommands(group: str) -> set[str]:
    """The commands of a group; none where the group is itself a command."""
    app: typer.Typer = importlib.import_module(f"smarketing.commands.{group.replace('-', '_')}").app
    if len(app.registered_commands) == 1 and app.registered_callback is None:
        return set()
    return {
        each.name or getattr(each.callback, "__name__", "").replace("_", "-")
        for each in app.registered_commands
    }
