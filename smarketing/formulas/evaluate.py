"""Computes a formula for a record."""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol

from lark import Token, Tree

from chalicelib.errors import Rejected
from smarketing.formulas.formula import Formula
from smarketing.formulas.plain_functions import PLAIN, Value, added, is_blank, number, subtracted, text

_ORDERS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
Node = Tree[Token] | Token


class Context(Protocol):
    """The record that a formula is computed for, and who changes it."""

    @property
    def is_new(self) -> bool:
        """Whether the record is being created."""

    @property
    def now(self) -> datetime:
        """The time, in UTC."""

    def value(self, path: str) -> Value:
        """Read what a reference says: a field, a parent's, `$Permission.X`.

        Raises:
            Rejected: there is no such thing.
        """

    def before(self, path: str) -> Value:
        """Read what a field held before the change; of a new record what it holds."""


def evaluate(formula: Formula, context: Context) -> Value:
    """Compute a formula; a comparison with a blank is false but for `=`, and arithmetic with one is blank.

    Raises:
        Rejected: a function that the sandbox does not compute, a reference to nothing, values of no sense.
    """
    try:
        return _Evaluation(context).of(formula.tree)
    except (ValueError, TypeError, ZeroDivisionError, OverflowError) as error:
        raise Rejected(f"formula: {error}") from None


def not_computed(formula: Formula) -> tuple[str, ...]:
    """Name the functions of a formula for which `evaluate` would refuse it."""
    return tuple(name for name in formula.functions if name not in _SPECIAL and name not in PLAIN)


class _Evaluation:
    def __init__(self, context: Context) -> None:
        self._context = context

    def of(self, node: Node) -> Value:
        """Compute a node of the tree."""
        if not isinstance(node, Tree):
            raise TypeError(f"{node} is no expression")
        found: Value = getattr(self, f"_{node.data}")(node.children)
        return found

    def _number(self, given: Sequence[Node]) -> Value:
        return float(str(given[0]))

    def _text(self, given: Sequence[Node]) -> Value:
        return str(given[0])[1:-1].replace('\\"', '"').replace("\\'", "'").replace("\\\\", "\\")

    def _reference(self, given: Sequence[Node]) -> Value:
        name = str(given[0])
        literals: Mapping[str, Value] = {"TRUE": True, "FALSE": False, "NULL": None}
        return literals[name.upper()] if name.upper() in literals else self._context.value(name)

    def _call(self, given: Sequence[Node]) -> Value:
        name, *arguments = given
        called = str(name).upper()
        if called in _SPECIAL:
            return _SPECIAL[called](self, arguments)
        if called not in PLAIN:
            raise Rejected(f"formula: the sandbox does not compute {called}")
        return PLAIN[called](*(self.of(each) for each in arguments))

    def _is_blank(self, given: Sequence[Node]) -> Value:
        return is_blank(self.of(given[0]))

    def _is_null(self, given: Sequence[Node]) -> Value:
        # A text is never null, only empty (Salesforce Help, ISNULL and NULLVALUE).
        return self.of(given[0]) is None

    def _is_new(self, given: Sequence[Node]) -> Value:
        return self._context.is_new

    def _is_picklist_value(self, given: Sequence[Node]) -> Value:
        return _equal(self.of(given[0]), self.of(given[1]))

    def _former_value(self, given: Sequence[Node]) -> Value:
        return self._context.before(_path(given[0]))

    def _now(self, given: Sequence[Node]) -> Value:
        return self._context.now

    def _today(self, given: Sequence[Node]) -> Value:
        return self._context.now.date()

    def _any_of(self, given: Sequence[Node]) -> Value:
        return any(self.of(each) for each in given)

    def _all_of(self, given: Sequence[Node]) -> Value:
        return all(self.of(each) for each in given)

    def _negated(self, given: Sequence[Node]) -> Value:
        return not self.of(given[0])

    def _signed(self, given: Sequence[Node]) -> Value:
        value = number(self.of(given[1]))
        return -value if value is not None and str(given[0]) == "-" else value

    def _joined(self, given: Sequence[Node]) -> Value:
        return "".join(text(self.of(each)) for each in given)

    def _power(self, given: Sequence[Node]) -> Value:
        result = number(self.of(given[0]))
        for each in given[1:]:
            exponent = number(self.of(each))
            result = None if result is None or exponent is None else float(result**exponent)
        return result

    def _calculated(self, given: Sequence[Node]) -> Value:
        result = self.of(given[0])
        for sign, each in zip(given[1::2], given[2::2], strict=True):
            result = _calculate(str(sign), result, self.of(each))
        return result

    def _compared(self, given: Sequence[Node]) -> Value:
        result = self.of(given[0])
        for sign, each in zip(given[1::2], given[2::2], strict=True):
            result = _compare(str(sign), result, self.of(each))
        return result

    def _if(self, given: Sequence[Node]) -> Value:
        return self.of(given[1] if self.of(given[0]) else given[2])

    def _case(self, given: Sequence[Node]) -> Value:
        wanted, *cases = given
        value = self.of(wanted)
        for case, result in zip(cases[:-1:2], cases[1::2], strict=True):
            if _equal(value, self.of(case)):
                return self.of(result)
        return self.of(cases[-1])

    def _blank_value(self, given: Sequence[Node]) -> Value:
        value = self.of(given[0])
        return self.of(given[1]) if is_blank(value) else value

    def _null_value(self, given: Sequence[Node]) -> Value:
        value = self.of(given[0])
        return self.of(given[1]) if value is None else value

    def _is_changed(self, given: Sequence[Node]) -> Value:
        path = _path(given[0])
        return not self._context.is_new and not _equal(self._context.value(path), self._context.before(path))


_SPECIAL: Mapping[str, Callable[[_Evaluation, Sequence[Node]], Value]] = {
    "AND": _Evaluation._all_of,
    "BLANKVALUE": _Evaluation._blank_value,
    "CASE": _Evaluation._case,
    "IF": _Evaluation._if,
    "ISBLANK": _Evaluation._is_blank,
    "ISCHANGED": _Evaluation._is_changed,
    "ISNEW": _Evaluation._is_new,
    "ISNULL": _Evaluation._is_null,
    "ISPICKVAL": _Evaluation._is_picklist_value,
    "NOW": _Evaluation._now,
    "NULLVALUE": _Evaluation._null_value,
    "OR": _Evaluation._any_of,
    "PRIORVALUE": _Evaluation._former_value,
    "TODAY": _Evaluation._today,
}
"""Functions that need the record, or do not need all of their arguments; by name in capitals."""


def _path(node: Node) -> str:
    if isinstance(node, Tree) and node.data == "reference":
        return str(node.children[0])
    raise Rejected("formula: ISCHANGED and PRIORVALUE take a field")


def _equal(left: Value, right: Value) -> bool:
    if is_blank(left) or is_blank(right):
        return is_blank(left) and is_blank(right)
    return left == right


def _compare(sign: str, left: Value, right: Value) -> bool:
    if sign in ("=", "=="):
        return _equal(left, right)
    if sign in ("!=", "<>"):
        return not _equal(left, right)
    if is_blank(left) or is_blank(right):
        return False
    if isinstance(left, datetime) != isinstance(right, datetime) and isinstance(left, date):
        raise ValueError("a date and a time cannot be compared; use DATEVALUE")
    return _ORDERS[sign](left, right)


def _calculate(sign: str, left: Value, right: Value) -> Value:
    if sign == "+":
        return added(left, right)
    if sign == "-":
        return subtracted(left, right)
    one, other = number(left), number(right)
    if one is None or other is None:
        return None
    return one * other if sign == "*" else one / other
