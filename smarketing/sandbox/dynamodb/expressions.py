"""Condition, key and filter expressions: parsed once per text, then evaluated on items.

Grammar: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from smarketing.sandbox.dynamodb.comparing import begins_with, between, compare, contains, size
from smarketing.sandbox.dynamodb.errors import DynamoDBError, invalid
from smarketing.sandbox.dynamodb.values import Item, Value, equal

_TOKEN = re.compile(
    r"\s*(?:(?P<operator><>|<=|>=|[=<>(),\[\].])|(?P<number>\d+)|(?P<name>[A-Za-z_#:][A-Za-z0-9_]*))"
)
_COMPARATORS = ("=", "<>", "<", "<=", ">", ">=")
_FUNCTIONS = {
    "attribute_exists": 1,
    "attribute_not_exists": 1,
    "attribute_type": 2,
    "begins_with": 2,
    "contains": 2,
}

Names = Mapping[str, str]
Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression is evaluated on: an item, and what its placeholders stand for."""

    item: Item
    names: Names
    values: Values


Test = Callable[[Scope], bool]
Operand = Callable[[Scope], Value | None]


def holds(expression: str, item: Item | None, names: Names, values: Values) -> bool:
    """Tell whether an expression holds for an item; None is an item without attributes.

    Raises:
        DynamoDBError: the expression is malformed or uses a placeholder that stands for nothing.
    """
    return parse(expression)(Scope(item or {}, names, values))


@lru_cache(maxsize=256)
def parse(expression: str) -> Test:
    """Parse an expression into a test."""
    tokens = _tokens(expression)
    parser = _Parser(tokens)
    test = parser.either()
    if parser.next is not None:
        raise _syntax(parser.next)
    return test


def placeholders(expression: str) -> set[str]:
    """Give the placeholders, `#name` and `:value`, that an expression uses."""
    return {token for token in _tokens(expression) if token[0] in "#:"}


def conjuncts(expression: str) -> list[list[str]]:
    """Split a key condition at its ANDs into tokens (`BETWEEN a AND b` stays one)."""
    parts: list[list[str]] = [[]]
    between = False
    for token in _tokens(expression):
        if token.upper() == "AND" and not between:
            parts.append([])
            continue
        between = token.upper() == "BETWEEN" or (between and token.upper() != "AND")
        parts[-1].append(token)
    return [part[1:-1] if part[:1] == ["("] else part for part in parts]


def attribute_name(token: str, names: Names) -> str:
    """Give the attribute that a name or its placeholder stands for."""
    if not token.startswith("#"):
        return token
    if token not in names:
        raise invalid(
            "Invalid expression: An expression attribute name used in the document path is not defined; "
            f"attribute name: {token}"
        )
    return names[token]


def value_of(token: str, values: Values) -> Value:
    """Give the value that a placeholder stands for."""
    if token not in values:
        raise invalid(
            "Invalid expression: An expression attribute value used in expression is not defined; "
            f"attribute value: {token}"
        )
    return values[token]


def _tokens(expression: str) -> tuple[str, ...]:
    if not expression.strip():
        raise invalid("Invalid expression: The expression can not be empty;")
    tokens = []
    place, end = 0, len(expression.rstrip())
    while place < end:
        match = _TOKEN.match(expression, place)
        if match is None:
            raise _syntax(expression[place])
        tokens.append(match[0].strip())
        place = match.end()
    return tuple(tokens)


class _Parser:
    """Reads tokens by recursive descent; NOT binds closer than AND, AND closer than OR."""

    def __init__(self, tokens: tuple[str, ...]) -> None:
        self._tokens = tokens
        self._place = 0

    @property
    def next(self) -> str | None:
        return self._tokens[self._place] if self._place < len(self._tokens) else None

    def either(self) -> Test:
        tests = [self._all()]
        while self._take_word("OR"):
            tests.append(self._all())
        return tests[0] if len(tests) == 1 else lambda scope: any(test(scope) for test in tests)

    def _all(self) -> Test:
        tests = [self._negated()]
        while self._take_word("AND"):
            tests.append(self._negated())
        return tests[0] if len(tests) == 1 else lambda scope: all(test(scope) for test in tests)

    def _negated(self) -> Test:
        if self._take_word("NOT"):
            test = self._negated()
            return lambda scope: not test(scope)
        return self._single()

    def _single(self) -> Test:
        if self.next == "(":
            self._take("(")
            test = self.either()
            self._take(")")
            return test
        if self.next in _FUNCTIONS:
            return self._function()
        left = self._operand()
        if self._take_word("BETWEEN"):
            low = self._operand()
            self._expect_word("AND")
            high = self._operand()
            return lambda scope: between(left(scope), low(scope), high(scope))
        if self._take_word("IN"):
            choices = self._list()
            return lambda scope: any(equal(left(scope), each(scope)) for each in choices)
        operator = self._take()
        if operator not in _COMPARATORS:
            raise _syntax(operator)
        right = self._operand()
        return lambda scope: compare(operator, left(scope), right(scope))

    def _function(self) -> Test:
        name = self._take()
        arguments = self._list()
        if len(arguments) != _FUNCTIONS[name]:
            raise invalid(
                "Invalid expression: Incorrect number of operands for operator or function; "
                f"operator or function: {name}, number of operands: {len(arguments)}"
            )
        first = arguments[0]
        match name:
            case "attribute_exists":
                return lambda scope: first(scope) is not None
            case "attribute_not_exists":
                return lambda scope: first(scope) is None
        second = arguments[1]
        match name:
            case "attribute_type":
                return lambda scope: (second(scope) or {}).get("S") in (first(scope) or {})
            case "begins_with":
                return lambda scope: begins_with(first(scope), second(scope))
        return lambda scope: contains(first(scope), second(scope))

    def _list(self) -> list[Operand]:
        self._take("(")
        operands = [self._operand()]
        while self.next == ",":
            self._take(",")
            operands.append(self._operand())
        self._take(")")
        return operands

    def _operand(self) -> Operand:
        token = self._take()
        if token == "size":  # noqa: S105 - a function of the grammar
            (measured,) = self._list()
            return lambda scope: size(measured(scope))
        if token.startswith(":"):
            return lambda scope: value_of(token, scope.values)
        if not (token[0].isalpha() or token[0] in "#_"):
            raise _syntax(token)
        steps: list[str | int] = [_not_reserved(token)]
        while self.next in (".", "["):
            if self._take() == ".":
                steps.append(_not_reserved(self._take()))
            else:
                steps.append(int(self._take()))
                self._take("]")
        return lambda scope: _follow(steps, scope)

    def _take(self, wanted: str | None = None) -> str:
        token = self.next
        if token is None or (wanted is not None and token != wanted):
            raise _syntax(token or "<EOF>")
        self._place += 1
        return token

    def _take_word(self, word: str) -> bool:
        if self.next is not None and self.next.upper() == word:
            self._place += 1
            return True
        return False

    def _expect_word(self, word: str) -> None:
        if not self._take_word(word):
            raise _syntax(self.next or "<EOF>")


def _follow(steps: list[str | int], scope: Scope) -> Value | None:
    found: Any = {"M": scope.item}
    for step in steps:
        if isinstance(step, int):
            members = found.get("L", [])
            found = members[step] if step < len(members) else None
        else:
            found = found.get("M", {}).get(attribute_name(step, scope.names))
        if found is None:
            return None
    value: Value = found
    return value


def _not_reserved(name: str) -> str:
    if name.upper() in _reserved():
        raise invalid(
            f"Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: {name}"
        )
    return name


@lru_cache(maxsize=1)
def _reserved() -> frozenset[str]:
    """The words that need a placeholder; moto keeps the platform's list of them."""
    from moto.dynamodb.parsing.reserved_keywords import ReservedKeywords

    return frozenset(word.upper() for word in ReservedKeywords.get_reserved_keywords())


def _syntax(token: str) -> DynamoDBError:
    return invalid(f'Invalid expression: Syntax error; token: "{token}"')
