"""Finds conditions that can't be meant: unknown fields, values of the wrong sort, contradictions."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches

from chalicelib.domain.conditions import compile_conditions
from chalicelib.domain.engagement import Value
from chalicelib.playbook.condition_source import ConditionSource, conditions_of
from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.vocabulary import ATTRIBUTES, ONLY_OF_PERSONS, PROFILE_FIELDS

Conditions = Sequence[ConditionSource]

_NUMERIC = ("at_least", "at_most")
_LISTS = ("in", "not_in")
_TEXTS = ("contains", "starts_with", "ends_with")
_VALUELESS = ("exists", "missing")
_SATISFIED_BY_NOTHING = ("missing", "not_equals", "not_in")

_MISSPELT = 0.88
"""So alike that it is a slip: `prodct_line` is, `campaign_id` isn't."""


def on_attributes(path: Path, conditions: Conditions, lines: Sequence[str]) -> Iterator[Problem]:
    """Find what is wrong with conditions on an engagement that must all hold; `lines` are all there are."""
    for number, condition in enumerate(conditions):
        yield from one_on_attributes((*path, number), condition, lines)
    yield from contradictions(path, conditions)


def one_on_attributes(path: Path, condition: ConditionSource, lines: Sequence[str]) -> Iterator[Problem]:
    """Find what is wrong with one condition on an engagement."""
    field = condition.field
    if field in ONLY_OF_PERSONS:
        yield Problem(
            (*path, "field"),
            f"{field!r} is told of persons, not of engagements; use it in grading.yaml or exclusions.yaml",
        )
    elif field not in ATTRIBUTES and (alike := get_close_matches(field, ATTRIBUTES, 1, _MISSPELT)):
        yield Problem((*path, "field"), f"{field!r} is told by no source; did you mean {alike[0]!r}?")
    elif field == "product_line" and condition.operator in ("equals", "in", "not_equals", "not_in"):
        for value in values_of(condition):
            if value not in lines:
                yield Problem((*path, "value"), unknown("product line", str(value), lines))
    yield from misfits(path, condition)


def on_profile(path: Path, conditions: Conditions) -> Iterator[Problem]:
    """Find what is wrong with conditions that must all hold on a profile."""
    for number, condition in enumerate(conditions):
        if condition.field not in PROFILE_FIELDS:
            message = unknown("field of the profile", condition.field, PROFILE_FIELDS)
            yield Problem((*path, number, "field"), message)
        yield from misfits((*path, number), condition)
    yield from contradictions(path, conditions)


def misfits(path: Path, condition: ConditionSource) -> Iterator[Problem]:
    """Find values that a condition's operator can't work with."""
    place = (*path, "value")
    operator, value = condition.operator, condition.value
    if operator in _VALUELESS:
        if value is not None:
            yield Problem(place, f"{operator} takes no value; remove it")
    elif value is None or value == []:
        yield Problem(place, f"{operator} needs a value; add it")
    elif operator in _LISTS and not isinstance(value, list):
        yield Problem(place, f"{operator} takes a list; put the value in [ ]")
    elif operator not in (*_LISTS, *_TEXTS) and isinstance(value, list):
        yield Problem(place, f"{operator} takes one value; use in or contains for several")
    elif operator in _NUMERIC and isinstance(value, bool | str):
        yield Problem(place, f"{operator} takes a number; write it without quotes")
    elif operator in _TEXTS and not all(isinstance(each, str) for each in values_of(condition)):
        yield Problem(place, f"{operator} takes text; put it in quotes")
    elif any(isinstance(each, str) and not each.strip() for each in values_of(condition)):
        yield Problem(place, "has a blank text; remove it, or use exists or missing")
    yield from repeated(place, values_of(condition))


def repeated(path: Path, values: Iterable[object]) -> Iterator[Problem]:
    """Find values that a list has twice, also in another spelling."""
    seen: dict[object, object] = {}
    for number, value in enumerate(values):
        folded = _folded(value)
        if folded in seen:
            yield Problem((*path, number), f"{value!r} repeats {seen[folded]!r}; remove one")
        seen.setdefault(folded, value)


def contradictions(path: Path, conditions: Conditions) -> Iterator[Problem]:
    """Find fields of which the conditions, which must all hold, ask what can't be."""
    by_field: dict[str, list[tuple[int, ConditionSource]]] = {}
    for number, condition in enumerate(conditions):
        by_field.setdefault(condition.field, []).append((number, condition))
    for field, of_field in by_field.items():
        if len(of_field) > 1 and not can_hold([condition for _, condition in of_field]):
            number = of_field[-1][0]
            yield Problem(
                (*path, number), f"can never hold together with what else is asked of {field!r}; remove one"
            )


def can_hold(conditions: Conditions) -> bool:
    """Whether any engagement or profile could meet all conditions; where it can't be told, it could."""
    by_field: dict[str, list[ConditionSource]] = {}
    for condition in conditions:
        by_field.setdefault(condition.field, []).append(condition)
    return all(_field_can_hold(of_field) for of_field in by_field.values())


def _field_can_hold(conditions: Conditions) -> bool:
    if any(condition.operator == "missing" for condition in conditions):
        return all(condition.operator in _SATISFIED_BY_NOTHING for condition in conditions)
    if _least(conditions) > _most(conditions):
        return False
    allowed = [values_of(each) for each in conditions if each.operator in ("equals", "in")]
    if not allowed or any(_is_malformed(each) for each in conditions):
        return True
    holds = compile_conditions(conditions_of(conditions))
    return holds is None or any(holds({conditions[0].field: value}) for value in min(allowed, key=len))


def _is_malformed(condition: ConditionSource) -> bool:
    return next(misfits((), condition), None) is not None


def _least(conditions: Conditions) -> float:
    return max((_number(each) for each in conditions if each.operator == "at_least"), default=float("-inf"))


def _most(conditions: Conditions) -> float:
    return min((_number(each) for each in conditions if each.operator == "at_most"), default=float("inf"))


def _number(condition: ConditionSource) -> float:
    return float(condition.value) if isinstance(condition.value, int | float) else 0.0


def values_of(condition: ConditionSource) -> list[Value]:
    """List the values that a condition names; none where it takes none."""
    value = condition.value
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _folded(value: object) -> object:
    return " ".join(value.casefold().split()) if isinstance(value, str) else (type(value), value)
