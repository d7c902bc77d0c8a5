"""The playbook's YAML files: found, read, and refused with file, line, key and mend."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

import smarketing
from chalicelib.errors import Rejected
from chalicelib.playbook.problems import Path as KeyPath
from chalicelib.playbook.problems import Problem, unknown
from chalicelib.playbook.reading import read_plain
from chalicelib.playbook.source import SECTIONS, PlaybookSource
from smarketing.playbook_yaml import Unreadable, compose, plain_value, repeated_keys


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mistake in a playbook's files. `line` counts from 1; None where a file or key is missing."""

    file: str
    line: int | None
    key: str
    message: str

    def __str__(self) -> str:
        """Write the mistake as one line that editors can follow."""
        place = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.message}" if self.key else f"{place}: {self.message}"


class WrongPlaybook(Rejected):
    """A playbook with mistakes; the text has one line each."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        """Keep the mistakes."""
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


def default_folder() -> Path:
    """Find the default playbook: the checkout's, or the one that was installed."""
    package = Path(smarketing.__file__).parent
    checkout = package.parent / "playbook"
    return checkout if (checkout / "scoring.yaml").exists() else package / "default_playbook"


def read_playbook(folder: Path | None = None) -> PlaybookSource:
    """Read and check the playbook in a folder (the default one).

    Raises:
        WrongPlaybook: it has mistakes; all of them are told.
        Rejected: there is no such folder.
    """
    folder = folder or default_folder()
    if not folder.is_dir():
        raise Rejected(f"playbook: {folder} is no folder; name the one that holds scoring.yaml")
    mistakes = _strangers(folder)
    nodes: dict[str, yaml.Node] = {}
    plain: dict[str, Any] = {}
    for section in SECTIONS:
        path = folder / f"{section}.yaml"
        try:
            nodes[section] = compose(path)
            mistakes += _repeated(path.name, nodes[section])
            plain[section] = plain_value(nodes[section])
        except Unreadable as unreadable:
            mistakes.append(Mistake(path.name, unreadable.line, "", str(unreadable)))
    playbook, found = read_plain(plain)
    mistakes += [_mistake(each, nodes) for each in found if each.path not in _unread(plain)]
    if mistakes or playbook is None:
        raise WrongPlaybook(sorted(mistakes, key=lambda each: (each.file, each.line or 0, each.key)))
    return playbook


def _repeated(file: str, node: yaml.Node) -> list[Mistake]:
    return [Mistake(file, line, key, "given twice; remove one") for line, key in repeated_keys(node)]


def _unread(plain: dict[str, Any]) -> set[KeyPath]:
    """Name the sections whose files were refused already."""
    return {(section,) for section in SECTIONS if section not in plain}


def _strangers(folder: Path) -> list[Mistake]:
    """Find files whose name is none of a playbook's: nobody would read them."""
    known = [f"{section}.yaml" for section in SECTIONS]
    return [
        Mistake(path.name, None, "", unknown("playbook file", path.name, known))
        for path in sorted(folder.glob("*.y*ml"))
        if path.name not in known
    ]


def _mistake(problem: Problem, nodes: dict[str, yaml.Node]) -> Mistake:
    section = str(problem.path[0])
    line = _line(nodes[section], problem.path[1:]) if section in nodes else None
    file, _, key = problem.where.partition(": ")
    return Mistake(file, line, key, problem.message)


def _line(node: yaml.Node, path: KeyPath) -> int:
    """Find the line of a key, or of the nearest key above it that is there."""
    line: int = node.start_mark.line + 1
    for part in path:
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
        elif isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == str(part)), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        else:
            return line
    return line
