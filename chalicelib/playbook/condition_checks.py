"""Finds conditions that can't be meant: unknown fields, values of the wrong sort, contradictions."""

from collections.abc import Iterator, Sequence

from chalicelib.playbook.problems import Path, Problem, unknown
from chalicelib.playbook.source import Rule

ENGAGEMENT: frozenset[str] | None = None
"""Attributes of engagements are what the sources send: any name may occur."""

PROFILE = frozenset(
    {
        "annual_revenue",
        "city",
        "company",
        "country",
        "department",
        "email",
        "email_domain",
        "employees",
        "first_name",
        "industry",
        "job_title",
        "language",
        "last_name",
        "phone",
        "role_in_company",
        "salutation",
        "website",
    }
)
"""What is known of a person."""

_NUMERIC = ("at_least", "at_most")
_LISTS = ("in", "not_in")
_TEXTS = ("contains", "starts_with", "ends_with")
_VALUELESS = ("exists", "missing")


def misfits(path: Path, rule: Rule, fields: frozenset[str] | None) -> Iterator[Problem]:
    """Find what is wrong with one condition; `fields` are the ones that exist, None meaning any."""
    if fields is not None and rule.field not in fields:
        yield Problem((*path, "field"), unknown("field of the profile", rule.field, sorted(fields)))
    value = (*path, "value")
    if rule.operator in _VALUELESS:
        if rule.value is not None:
            yield Problem(value, f"{rule.operator} takes no value; remove it")
        return
    if rule.value is None or rule.value == []:
        yield Problem(value, f"{rule.operator} needs a value; add it")
    elif rule.operator in _LISTS and not isinstance(rule.value, list):
        yield Problem(value, f"{rule.operator} takes a list; put the value in [ ]")
    elif rule.operator not in (*_LISTS, *_TEXTS) and isinstance(rule.value, list):
        yield Problem(value, f"{rule.operator} takes one value; use in or contains for several")
    elif rule.operator in _NUMERIC and (isinstance(rule.value, bool | str | list)):
        yield Problem(value, f"{rule.operator} takes a number; write it without quotes")
    elif rule.operator in _TEXTS and not all(isinstance(each, str) for each in _values(rule)):
        yield Problem(value, f"{rule.operator} takes text; put it in quotes")


def contradictions(path: Path, rules: Sequence[Rule]) -> Iterator[Problem]:
    """Find fields of which the conditions, which must all hold, ask what can't be."""
    by_field: dict[str, list[tuple[int, Rule]]] = {}
    for number, rule in enumerate(rules):
        by_field.setdefault(rule.field, []).append((number, rule))
    for field, of_field in by_field.items():
        if not _can_hold([rule for _, rule in of_field]):
            number = of_field[-1][0]
            yield Problem((*path, number), f"can never hold together with what else is asked of {field!r}")


def _can_hold(rules: Sequence[Rule]) -> bool:
    allowed: set[object] | None = None
    for rule in rules:
        if rule.operator in ("equals", "in"):
            values = {_folded(each) for each in _values(rule)}
            allowed = values if allowed is None else allowed & values
    for rule in rules:
        if allowed is not None and rule.operator in ("not_equals", "not_in"):
            allowed = allowed - {_folded(each) for each in _values(rule)}
    asks_for_one = any(rule.operator not in ("missing", "not_equals", "not_in") for rule in rules)
    if asks_for_one and any(rule.operator == "missing" for rule in rules):
        return False
    return (allowed is None or bool(allowed)) and _least(rules) <= _most(rules)


def _least(rules: Sequence[Rule]) -> float:
    return max((_number(rule) for rule in rules if rule.operator == "at_least"), default=float("-inf"))


def _most(rules: Sequence[Rule]) -> float:
    return min((_number(rule) for rule in rules if rule.operator == "at_most"), default=float("inf"))


def _number(rule: Rule) -> float:
    return float(rule.value) if isinstance(rule.value, int | float) else 0.0


def _values(rule: Rule) -> list[object]:
    return list(rule.value) if isinstance(rule.value, list) else [rule.value]


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value
