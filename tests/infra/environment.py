"""Which environment variables a handler reads, found by following the code from it to the settings."""

import ast
import re
from functools import cache
from pathlib import Path

PROJECT = Path(__file__).parents[2]
LIB = PROJECT / "chalicelib"


def variables_of(handler: str) -> set[str]:
    """Give the variables that the handler, or what bootstrap wires for it, reads."""
    sources = [_source(handler)] if handler != "api_handler" else _parsed_routes()
    wired = set[str]()
    waiting = {name for each in sources for name in _names(each)}
    while waiting:
        name = waiting.pop()
        if name in _wiring() and name not in wired:
            wired.add(name)
            waiting |= _names(_wiring()[name])
    nodes = [*sources, *(_wiring()[name] for name in wired)]
    read = {name for each in nodes for name in _names(each)}
    return {variable for name, variables in _settings().items() if name in read for variable in variables}


def _source(handler: str) -> ast.AST:
    return _functions(PROJECT / "app.py")[handler]


def _parsed_routes() -> list[ast.AST]:
    return [ast.parse(file.read_text()) for file in (LIB / "routes").glob("*.py")]


@cache
def _wiring() -> dict[str, ast.AST]:
    files = sorted((LIB / "bootstrap").glob("*.py"))
    return {name: node for file in files for name, node in _functions(file).items()}


@cache
def _functions(file: Path) -> dict[str, ast.AST]:
    tree = ast.parse(file.read_text())
    return {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def _names(node: ast.AST) -> set[str]:
    """Give every name and attribute that stands in the code."""
    names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
    return names | {each.attr for each in ast.walk(node) if isinstance(each, ast.Attribute)}


@cache
def _settings() -> dict[str, set[str]]:
    """Give the variables behind each property of the settings."""
    direct = {
        name: set(re.findall(r"SMARKETING_[A-Z_]+", ast.unparse(node)))
        for name, node in _functions(LIB / "settings.py").items()
    }
    return {
        name: set().union(
            *(direct[each] for each in _names(_functions(LIB / "settings.py")[name]) & set(direct))
        )
        | direct[name]
        for name in direct
        if name != "stage"
    }
