"""Conditions, compiled once: from field, operator and value to one closure over attributes."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import TypeVar

from chalicelib.domain.engagement import Value
from chalicelib.domain.model import Condition
from chalicelib.domain.numerals import read_number

Predicate = Callable[[Mapping[str, Value]], bool]
"""Whether attributes, or a profile, meet the conditions."""

REMEMBERED_TEXTS = 2_000
"""By each group of tests on a field: about half a megabyte of links."""

Tag = TypeVar("Tag")


def compile_conditions(conditions: tuple[Condition, ...]) -> Predicate | None:
    """Compile conditions that must all hold; None where there are none, so that nothing need be called.

    Text is compared without regard to case, numbers and truth values also where one side gives them as text
    (`amount` "1200" equals 1200). A blank text is as good as a missing field for `exists` and `missing`.
    `at_least` and `at_most` read numbers in text as `read_number` does; a text without one meets neither.

    Raises:
        ValueError: a condition lacks its value, or compares with what is no number.
    """
    predicates = [_compile(condition) for condition in conditions]
    match predicates:
        case []:
            return None
        case [only]:
            return only
        case [first, second]:
            return lambda attributes: first(attributes) and second(attributes)
        case _:
            every = tuple(predicates)
            return lambda attributes: all(predicate(attributes) for predicate in every)


def contained_text(conditions: tuple[Condition, ...]) -> tuple[str, ...] | None:
    """Give the texts, any of which a field must contain, if conditions ask nothing else; or None."""
    match conditions:
        case (Condition(operator="contains") as only,):
            return _texts(only)
        case _:
            return None


def tags_in_text(tests: Iterable[tuple[tuple[str, ...], Tag]]) -> Callable[[str], tuple[Tag, ...]]:
    """Look for texts in a text: the tags, in their order, of all tests any of whose texts it contains.

    Remembers the outcome for the last texts: the same few links and titles come again and again.
    """
    fixed = tuple(tests)

    @lru_cache(maxsize=REMEMBERED_TEXTS)
    def tags_in(text: str) -> tuple[Tag, ...]:
        comparable = text.casefold()
        return tuple(tag for needles, tag in fixed if any(needle in comparable for needle in needles))

    return tags_in


def text_of(value: Value) -> str:
    """Write a value as text in the spelling in which texts are compared."""
    return value.casefold() if isinstance(value, str) else str(value).casefold()


def number_of(value: Value) -> float | None:
    """Read a value as a number; None where it is none."""
    if isinstance(value, str):
        return read_number(value)
    return None if isinstance(value, bool) else value


def _compile(condition: Condition) -> Predicate:
    field = condition.field
    match condition.operator:
        case "exists":
            return lambda attributes: not _is_blank(attributes.get(field))
        case "missing":
            return lambda attributes: _is_blank(attributes.get(field))
        case "equals" | "in":
            return _is_any(field, _values(condition))
        case "not_equals" | "not_in":
            is_any = _is_any(field, _values(condition))
            return lambda attributes: not is_any(attributes)
        case "contains":
            return _contains(field, _texts(condition))
        case "starts_with":
            return _starts_with(field, _texts(condition))
        case "ends_with":
            return _ends_with(field, _texts(condition))
        case "at_least":
            return _at_least(field, _number(condition))
        case "at_most":
            return _at_most(field, _number(condition))


def _values(condition: Condition) -> tuple[Value, ...]:
    if condition.value is None:
        raise ValueError(f"{condition.field} {condition.operator}: needs a value")
    return condition.value if isinstance(condition.value, tuple) else (condition.value,)


def _texts(condition: Condition) -> tuple[str, ...]:
    return tuple(text_of(value) for value in _values(condition))


def _number(condition: Condition) -> float:
    number = number_of(_values(condition)[0])
    if number is None:
        raise ValueError(f"{condition.field} {condition.operator}: {condition.value!r} is no number")
    return number


def _is_blank(value: Value | None) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _is_any(field: str, expected: tuple[Value, ...]) -> Predicate:
    texts = frozenset(text_of(value) for value in expected)
    numbers = frozenset(value for value in expected if not isinstance(value, str | bool))

    def is_any(attributes: Mapping[str, Value]) -> bool:
        value = attributes.get(field)
        if value is None:
            return False
        if text_of(value) in texts:
            return True
        return bool(numbers) and number_of(value) in numbers

    return is_any


def _contains(field: str, needles: tuple[str, ...]) -> Predicate:
    def contains(attributes: Mapping[str, Value]) -> bool:
        value = attributes.get(field)
        if value is None:
            return False
        text = text_of(value)
        for needle in needles:  # noqa: SIM110 - any() over a generator takes thrice the time
            if needle in text:
                return True
        return False

    return contains


def _starts_with(field: str, prefixes: tuple[str, ...]) -> Predicate:
    def starts_with(attributes: Mapping[str, Value]) -> bool:
        value = attributes.get(field)
        return value is not None and text_of(value).startswith(prefixes)

    return starts_with


def _ends_with(field: str, suffixes: tuple[str, ...]) -> Predicate:
    def ends_with(attributes: Mapping[str, Value]) -> bool:
        value = attributes.get(field)
        return value is not None and text_of(value).endswith(suffixes)

    return ends_with


def _at_least(field: str, bound: float) -> Predicate:
    def at_least(attributes: Mapping[str, Value]) -> bool:
        value = attributes.get(field)
        number = None if value is None else number_of(value)
        return number is not None and number >= bound

    return at_least


def _at_most(field: str, bound: float) -> Predicate:
    def at_most(attributes: Mapping[str, Value]) -> bool:
        value = attributes.get(field)
        number = None if value is None else number_of(value)
        return number is not None and number <= bound

    return at_most
