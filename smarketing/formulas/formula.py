"""Reads a formula: whether it makes sense by itself, and which fields it refers to."""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from chalicelib.errors import Rejected
from smarketing.formulas.functions import FUNCTIONS

LITERALS = frozenset({"TRUE", "FALSE", "NULL"})


@dataclass(frozen=True, slots=True)
class Reference:
    """What a formula refers to.

    Attributes:
        path: as it is written, such as `Stage__c`, `Lead__r.Email`, `$Permission.X`, `$Record.Stage__c`.
        line, column: in the formula, from 1.
    """

    path: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class PicklistTest:
    """A comparison of a picklist with a value by ISPICKVAL."""

    path: str
    value: str
    line: int


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that was read."""

    text: str
    tree: Tree[Token]
    references: tuple[Reference, ...]
    functions: tuple[str, ...]
    picklist_tests: tuple[PicklistTest, ...]


@lru_cache(maxsize=1_024)
def parse(text: str) -> Formula:
    """Read a formula.

    Raises:
        Rejected: it is none; the message names line and column, and a misspelt function by its name.
    """
    try:
        tree = _grammar().parse(text)
    except UnexpectedInput as error:
        line, column = max(error.line, 1), max(error.column, 1)
        raise Rejected(f"formula, line {line}, column {column}: {_found(text, error)}") from None
    _check_calls(tree)
    return Formula(
        text,
        tree,
        tuple(_references(tree)),
        tuple(str(name).upper() for name in _names_called(tree)),
        tuple(_picklist_tests(tree)),
    )


@lru_cache(maxsize=1)
def _grammar() -> Lark:
    grammar = Path(__file__).with_name("formula.lark").read_text(encoding="utf-8")
    return Lark(grammar, parser="lalr", maybe_placeholders=False)


def _found(text: str, error: UnexpectedInput) -> str:
    rest = text[error.pos_in_stream :] if error.pos_in_stream is not None else ""
    return f"{rest[:20]!r} is not expected here" if rest.strip() else "it ends too early; close what is open"


def _check_calls(tree: Tree[Token]) -> None:
    for call in tree.find_data("call"):
        name, arguments = _token(call.children[0]), call.children[1:]
        place = f"formula, line {name.line}, column {name.column}"
        if name.upper() not in FUNCTIONS:
            close = get_close_matches(name.upper(), FUNCTIONS, n=1)
            mend = f"; did you mean {close[0]}?" if close else ""
            raise Rejected(f"{place}: {name} is no function{mend}")
        wanted = _wanted(name.upper(), len(arguments))
        if wanted is not None:
            raise Rejected(f"{place}: {name.upper()} takes {wanted} and was given {len(arguments)}")


def _wanted(name: str, given: int) -> str | None:
    """Say how many arguments a function takes, if it was given another number of them."""
    least, most = FUNCTIONS[name]
    if not least <= given <= most:
        bound = least if given < least else most
        how = "" if least == most else "at least " if given < least else "at most "
        return f"{how}{bound} argument{'' if bound == 1 else 's'}"
    if name == "CASE" and given % 2:
        return "a value, pairs of a case and its result, and what else it gives: an even number of arguments"
    return None


def _references(tree: Tree[Token]) -> Iterator[Reference]:
    found = []
    for node in tree.find_data("reference"):
        token = _token(node.children[0])
        if token.upper() not in LITERALS:
            found.append(Reference(str(token), token.line or 1, token.column or 1))
    yield from sorted(found, key=lambda each: (each.line, each.column))


def _names_called(tree: Tree[Token]) -> Iterator[Token]:
    return (_token(call.children[0]) for call in tree.find_data("call"))


def _picklist_tests(tree: Tree[Token]) -> Iterator[PicklistTest]:
    for call in tree.find_data("call"):
        name, *arguments = call.children
        if str(name).upper() != "ISPICKVAL":
            continue
        field, value = arguments
        if isinstance(field, Tree) and isinstance(value, Tree) and value.data == "text":
            token = _token(value.children[0])
            for reference in _references(field):
                yield PicklistTest(reference.path, str(token)[1:-1], token.line or 1)


def _token(node: Tree[Token] | Token) -> Token:
    """Give a leaf of the tree, which the grammar has at this place."""
    if isinstance(node, Token):
        return node
    raise TypeError(f"{node.data} where a leaf was expected")
