"""Formulas mean here what they mean in Salesforce."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import Rejected
from smarketing.formulas.evaluate import evaluate
from smarketing.formulas.formula import Reference, parse
from smarketing.formulas.plain_functions import Value

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass
class Record:
    """A record that is being saved."""

    values: dict[str, Value] = field(default_factory=dict)
    old: dict[str, Value] = field(default_factory=dict)
    is_new: bool = False
    now: datetime = NOON

    def value(self, path: str) -> Value:
        if path not in self.values:
            raise Rejected(f"{path}: no such field")
        return self.values[path]

    def before(self, path: str) -> Value:
        return self.values[path] if self.is_new else self.old.get(path)


def computed(text: str, **values: Value) -> Value:
    return evaluate(parse(text), Record(values))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("10 - 2 - 3", 5),
        ("2 ^ 3", 8),
        ("-2 + 1", -1),
        ('"a" & "b" & 1', "ab1"),
        ('"say \\"yes\\""', 'say "yes"'),
        ("1 < 2 && !(2 = 3)", True),
        ("1 <> 1 || 2 >= 2", True),
        ("IF(1 = 2, 1, 2)", 2),
        ('CASE("b", "a", 1, "b", 2, 3)', 2),
        ('CASE("c", "a", 1, "b", 2, 3)', 3),
        ("and(TRUE, not(false))", True),
        ("ISBLANK(NULL)", True),
        ('BLANKVALUE("", "x")', "x"),
        ("ROUND(2.5, 0)", 3),
        ("ROUND(-2.5, 0)", -3),
        ("MOD(7, 5)", 2),
        ("MOD(-1, 5)", -1),
        ("FLOOR(-2.5)", -2),
        ("MFLOOR(-2.5)", -3),
        ("CEILING(-2.5)", -3),
        ("MCEILING(-2.5)", -2),
        ('ISNULL("")', False),
        ("ISNULL(NULL)", True),
        ('NULLVALUE(NULL, "x")', "x"),
        ('NULLVALUE("", "x")', ""),
        ("TEXT(4.0)", "4"),
        ('SUBSTITUTE("a b", " ", "%20")', "a%20b"),
        ('MID("Werkzeug", 5, 4)', "zeug"),
        ("/* a note */ 1", 1),
        ("NOW() - (NOW() - 0.5)", 0.5),
        ("TODAY()", date(2026, 3, 1)),
        ('INCLUDES("a;b", "b")', True),
    ],
)
def test_a_formula_is_computed(text: str, value: Value) -> None:
    assert computed(text) == value


@pytest.mark.parametrize("text", ["x + 1", "1 - x", "x * 2", "NOW() + x", "ROUND(x, 1)"])
def test_arithmetic_with_a_blank_is_blank(text: str) -> None:
    assert computed(text, x=None) is None


@pytest.mark.parametrize("text", ["x < 1", "x >= 1", 'x = "a"', 'ISPICKVAL(x, "a")'])
def test_nothing_is_said_of_a_blank(text: str) -> None:
    assert computed(text, x=None) is False


def test_a_blank_equals_an_empty_text() -> None:
    assert computed('x = ""', x=None) is True


def test_a_change_is_one_only_on_a_record_that_was_there() -> None:
    changed = parse("ISCHANGED(Stage__c)")
    assert evaluate(changed, Record({"Stage__c": "sql"}, {"Stage__c": "mql"})) is True
    assert evaluate(changed, Record({"Stage__c": "sql"}, {"Stage__c": "sql"})) is False
    assert evaluate(changed, Record({"Stage__c": "sql"}, is_new=True)) is False


def test_the_former_value_of_a_new_record_is_its_own() -> None:
    assert evaluate(parse("PRIORVALUE(x)"), Record({"x": 5}, is_new=True)) == 5
    assert evaluate(parse("PRIORVALUE(x)"), Record({"x": 5}, {"x": 4})) == 4


def test_what_is_not_needed_is_not_computed() -> None:
    assert computed("IF(TRUE, 1, 1 / 0)") == 1
    assert computed("OR(TRUE, 1 / 0 = 1)") is True


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("AND(", "it ends too early|not expected"),
        ("1 +* 2", r"line 1, column 4: '\* 2' is not expected here"),
        ('ISPICKVL(a, "b")', "ISPICKVL is no function; did you mean ISPICKVAL"),
        ("IF(TRUE, 1)", "IF takes 3 arguments and was given 2"),
        ("AND()", "AND takes at least 1 argument and was given 0"),
        ('FIND("a", "b", 1, 2)', "FIND takes at most 3 arguments and was given 4"),
        ('CASE("b", "a", 1, "b", 2)', "CASE takes .* an even number of arguments and was given 5"),
        ('AND(TRUE,\n  CONTAIN("a", "b"))', "line 2, column 3: CONTAIN is no function"),
    ],
)
def test_what_is_no_formula_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(Rejected, match=message):
        parse(text)


@pytest.mark.parametrize("text", ["1 / 0", '"a" * 2', "Unknown__c", "WEEKDAY(TODAY())"])
def test_what_makes_no_sense_is_refused_when_it_is_computed(text: str) -> None:
    with pytest.raises(Rejected):
        computed(text)


def test_references_are_found_with_their_places() -> None:
    formula = parse("AND($Permission.A,\n  Lead__r.Email = {!$Record.B__c}, NOT(ISBLANK(C__c)), TRUE)")
    assert formula.references == (
        Reference("$Permission.A", 1, 5),
        Reference("Lead__r.Email", 2, 3),
        Reference("$Record.B__c", 2, 21),
        Reference("C__c", 2, 48),
    )


def test_values_of_picklists_are_found() -> None:
    formula = parse('OR(ISPICKVAL(Stage__c, "sql"), ISPICKVAL(PRIORVALUE(Stage__c), "mql"))')
    assert [(each.path, each.value) for each in formula.picklist_tests] == [
        ("Stage__c", "sql"),
        ("Stage__c", "mql"),
    ]


@given(st.text(max_size=40))
def test_any_text_survives_being_quoted(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    if not quoted.isascii() or "\n" not in quoted:
        assert computed(f'"{quoted}"') == text


@given(st.integers(-1000, 1000), st.integers(-1000, 1000), st.integers(1, 1000))
def test_arithmetic_binds_as_in_school(a: int, b: int, c: int) -> None:
    assert computed(f"({a}) + ({b}) * {c}") == a + b * c
