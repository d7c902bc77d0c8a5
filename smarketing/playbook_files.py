"""The playbook's YAML files: found, read, and refused with file, line, key and mend."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

import smarketing
from chalicelib.errors import Rejected
from chalicelib.playbook.checks import problems
from chalicelib.playbook.problems import Path as KeyPath
from chalicelib.playbook.problems import Problem, unknown
from chalicelib.playbook.source import SECTIONS, PlaybookSource


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
    nodes, mistakes = _load(folder)
    if mistakes:
        raise WrongPlaybook(mistakes)
    plain = {section: _plain(node) for section, node in nodes.items()}
    try:
        playbook = PlaybookSource.model_validate(plain)
    except ValidationError as error:
        raise WrongPlaybook([_mistake(each, nodes) for each in _schema_problems(error)]) from None
    if found := problems(playbook):
        raise WrongPlaybook([_mistake(each, nodes) for each in found])
    return playbook


def _load(folder: Path) -> tuple[dict[str, yaml.Node], list[Mistake]]:
    nodes: dict[str, yaml.Node] = {}
    mistakes: list[Mistake] = []
    for section in SECTIONS:
        path = folder / f"{section}.yaml"
        if not path.is_file():
            mistakes.append(Mistake(path.name, None, "", "missing; add the file"))
            continue
        try:
            node = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
        except (yaml.YAMLError, UnicodeDecodeError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else None
            mistakes.append(
                Mistake(path.name, line, "", f"no YAML: {getattr(error, 'problem', 'not UTF-8')}")
            )
            continue
        if node is None:
            mistakes.append(Mistake(path.name, None, "", "empty; fill it or copy the default's"))
        else:
            nodes[section] = node
            mistakes += _repeated_keys(path.name, node)
    known = {f"{section}.yaml" for section in SECTIONS}
    for path in sorted(folder.glob("*.y*ml")):
        if path.name not in known:
            mistakes.append(Mistake(path.name, None, "", unknown("playbook file", path.name, sorted(known))))
    return nodes, mistakes


def _repeated_keys(file: str, node: yaml.Node) -> Iterator[Mistake]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield Mistake(file, key.start_mark.line + 1, str(key.value), "given twice; remove one")
            seen.add(key.value)
            yield from _repeated_keys(file, value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _repeated_keys(file, value)


def _plain(node: yaml.Node) -> Any:
    return yaml.SafeLoader("").construct_document(node)


def _schema_problems(error: ValidationError) -> Iterator[Problem]:
    for each in error.errors(include_url=False):
        path = tuple(part for part in each["loc"] if not str(part).startswith(("list[", "function-")))
        yield Problem(path, _in_our_words(each["type"], each["msg"]))


def _in_our_words(kind: str, message: str) -> str:
    match kind:
        case "missing":
            return "missing; add it"
        case "extra_forbidden":
            return "unknown key; check its spelling or remove it"
        case "string_pattern_mismatch":
            return "write it in small letters, digits and underscores"
        case _:
            return message.removeprefix("Value error, ")


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
            found = next((pair for pair in node.value if pair[0].value == part), None)
            if found is None:
                return line
            line, node = found[0].start_mark.line + 1, found[1]
        else:
            return line
    return line
