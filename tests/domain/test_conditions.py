"""What a condition means, operator by operator."""

import pytest

from chalicelib.domain.conditions import compile_conditions
from chalicelib.domain.model import Condition


def holds(operator, value, actual):
    predicate = compile_conditions((Condition("field", operator, value),))
    return predicate({} if actual is None else {"field": actual})


@pytest.mark.parametrize(
    ("operator", "value", "actual", "expected"),
    [
        ("equals", "Presse", "PRESSE", True),
        ("equals", "Straße", "STRASSE", True),
        ("equals", "a", "ab", False),
        ("equals", 1200, "1200", True),
        ("equals", 1200, 1200.0, True),
        ("equals", "1200", 1200, True),
        ("equals", True, "true", True),
        ("equals", True, False, False),
        ("equals", 1, True, False),
        ("not_equals", "a", "A", False),
        ("not_equals", "a", "b", True),
        ("in", ("de", "AT"), "at", True),
        ("in", ("de", "at"), "ch", False),
        ("in", (1, 2), "2", True),
        ("not_in", ("de", "at"), "DE", False),
        ("not_in", ("de", "at"), "ch", True),
        ("contains", ("preis", "price"), "/PREISLISTE", True),
        ("contains", ("preis",), "/price", False),
        ("contains", "preis", "/preis", True),
        ("starts_with", ("head", "leit"), "Leitung Einkauf", True),
        ("starts_with", ("head",), "Warhead", False),
        ("ends_with", (".pdf", ".zip"), "a.PDF", True),
        ("ends_with", (".pdf",), "a.pdf?x", False),
        ("at_least", 250, "250+", True),
        ("at_least", 250, "1.200 Mitarbeiter", True),
        ("at_least", 250, 249.9, False),
        ("at_least", 250, "viele", False),
        ("at_most", 49, "10-49", True),
        ("at_most", 49, 50, False),
        ("at_most", 49, True, False),
        ("exists", None, "x", True),
        ("exists", None, " ", False),
        ("exists", None, 0, True),
        ("missing", None, "", True),
        ("missing", None, False, False),
    ],
)
def test_condition_holds_when_its_operator_says_so(operator, value, actual, expected):
    assert holds(operator, value, actual) is expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("equals", "a", False),
        ("in", ("a",), False),
        ("contains", ("a",), False),
        ("starts_with", ("a",), False),
        ("ends_with", ("a",), False),
        ("at_least", 1, False),
        ("at_most", 1, False),
        ("exists", None, False),
        ("missing", None, True),
        ("not_equals", "a", True),
        ("not_in", ("a",), True),
    ],
)
def test_missing_field_passes_only_what_asks_for_absence(operator, value, expected):
    assert holds(operator, value, None) is expected


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_all_conditions_must_hold(number):
    fields = [f"f{each}" for each in range(number)]
    predicate = compile_conditions(tuple(Condition(field, "equals", "x") for field in fields))
    whole = dict.fromkeys(fields, "X")
    assert predicate(whole)
    assert not any(predicate({**whole, field: "y"}) for field in fields)


def test_nothing_is_compiled_when_there_is_no_condition():
    assert compile_conditions(()) is None


@pytest.mark.parametrize(("operator", "value"), [("at_least", "viele"), ("equals", None)])
def test_condition_that_cannot_be_read_is_refused_when_compiled(operator, value):
    with pytest.raises(ValueError, match=operator):
        compile_conditions((Condition("field", operator, value),))
