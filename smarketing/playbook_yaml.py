"""YAML as editors read it: version 1.2, in which `NO` is a word and not false."""

import re
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import yaml

from chalicelib.errors import Rejected

MOST_VALUES = 100_000


class Unreadable(Rejected):
    """A file is no YAML that a playbook may hold."""

    def __init__(self, message: str, line: int | None = None) -> None:
        """Keep the line, counted from 1."""
        super().__init__(message)
        self.line = line


def _of_core_schema(base: Any) -> Any:
    """Make a loader that resolves plain words by YAML 1.2's core schema; PyYAML's own is that of 1.1.

    https://yaml.org/spec/1.2.2/#1032-tag-resolution, and the merge key, which editors know as well.
    """
    loader: Any = type("Loader", (base,), {"yaml_implicit_resolvers": {}})
    for tag, pattern, first in (
        ("null", r"null|Null|NULL|~|", ["n", "N", "~", ""]),
        ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
        ("int", r"[-+]?[0-9]+", list("-+0123456789")),
        ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
        ("float", r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", list("-+.")),
        ("merge", r"<<", ["<"]),
    ):
        loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), first)
    loader.add_constructor("tag:yaml.org,2002:int", lambda _, node: int(node.value))
    return loader


_Loader = _of_core_schema(yaml.SafeLoader)
_QuickLoader = _of_core_schema(getattr(yaml, "CSafeLoader", yaml.SafeLoader))
"""Seven times as fast, where PyYAML was built with libyaml; the other one says better what is wrong."""


def compose(path: Path) -> yaml.Node:
    """Read a file's one document as a tree whose nodes know their lines.

    Raises:
        Unreadable: it is missing, empty, no YAML or far too large.
    """
    try:
        node = _composed(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Unreadable("missing; add the file") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8; save it as UTF-8") from None
    except yaml.YAMLError as error:
        raise _unreadable(error) from None
    except RecursionError:
        raise Unreadable("is nested too deeply; write it flatter") from None
    if node is None:
        raise Unreadable("is empty; fill it or copy the default's")
    if _written_out(node, {}) > MOST_VALUES:
        raise Unreadable(f"has more than {MOST_VALUES:,} values or contains itself; write it out")
    return node


def _composed(text: str) -> yaml.Node | None:
    try:
        return yaml.compose(text, Loader=_QuickLoader)
    except yaml.YAMLError:
        return yaml.compose(text, Loader=_Loader)


def plain_value(node: yaml.Node) -> Any:
    """Turn a tree into plain values.

    Raises:
        Unreadable: it has a tag that is none of YAML's own.
    """
    try:
        return _Loader("").construct_document(node)
    except (yaml.YAMLError, ValueError) as error:
        raise _unreadable(error) from None


def _written_out(node: yaml.Node, counted: dict[int, float]) -> float:
    """Count the values of a tree once its references are followed: infinite where it contains itself."""
    if id(node) not in counted:
        counted[id(node)] = inf
        parts: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            parts = node.value
        elif isinstance(node, yaml.MappingNode):
            parts = [part for pair in node.value for part in pair]
        counted[id(node)] = 1 + sum(_written_out(part, counted) for part in parts)
    return counted[id(node)]


def _unreadable(error: Exception) -> Unreadable:
    mark = getattr(error, "problem_mark", None)
    told = getattr(error, "problem", None) or getattr(error, "reason", None) or "a value has no such form"
    return Unreadable(f"no YAML: {told}; mend it there", mark.line + 1 if mark else None)


def repeated_keys(root: yaml.Node) -> Iterator[tuple[int, str]]:
    """Find keys that stand twice beside each other, where YAML would drop the first; lines count from 1."""
    waiting, met = [root], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in met:
            continue
        met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode)]
            first = {key.value: key for key in reversed(keys)}
            yield from ((key.start_mark.line + 1, key.value) for key in keys if first[key.value] is not key)
            waiting += [value for _, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value
