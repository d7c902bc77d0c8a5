"""Formula fields of the emulated org: computed when they are read, in records and in queries."""

from typing import Any

import pytest

from chalicelib.domain.instant import HOUR, Instant
from smarketing.sandbox.org.seed import ADMIN
from tests.sandbox.org.people import ask, assign, deploy, permission_set
from tests.sandbox.org.running_org import INTEGRATION, RunningOrg, refusal


def interest(org: RunningOrg, stage: str = "mql", **values: Any) -> str:
    opened = {"Opened_At__c": "2026-03-01T12:00:00Z"}
    one = {"Lead__c": org.lead(), "Stage__c": stage, "Product_Line__c": "presses"}
    return org.create("Interest__c", user=INTEGRATION, **one | opened | values)


def field(org: RunningOrg, one: str, name: str) -> Any:
    """Give a field's value, which a record and a query must agree on."""
    read = org.read("Interest__c", one)[name]
    [found] = org.query(f"SELECT {name} FROM Interest__c WHERE Id = '{one}'")  # noqa: S608 - of the test
    assert found[name] == read
    return read


def deploy_field(org: RunningOrg, formula: str, more: str, name: str = "Of_The_Test__c") -> str:
    """Deploy a formula field of Lead, and give what the deploy says against it."""
    inner = f"<fullName>{name}</fullName><formula>{formula}</formula><label>Of the test</label>{more}"
    outcome = deploy(org, ("CustomObject", "Lead", f"<fields>{inner}</fields>"))
    if not outcome.problems:
        # Who deploys a field may not read it yet.
        readers = permission_set(org, name.removesuffix("__c"), f"Lead.{name}", edit=False)
        assign(org, ADMIN, PermissionSetId=readers)
    return " ".join(each.text for each in outcome.problems)


NUMBER = "<precision>18</precision><scale>2</scale><type>Number</type>"


@pytest.mark.parametrize(("stage", "is_open"), [("mql", True), ("accepted", True), ("customer", False)])
def test_a_checkbox_says_whether_its_formula_holds(org: RunningOrg, stage: str, is_open: bool) -> None:
    assert field(org, interest(org, stage), "Is_Open__c") is is_open


@pytest.mark.parametrize(
    ("score", "band"), [(None, None), (0, "0-24"), (24.9, "0-24"), (25, "25-49"), (130, "100+")]
)
def test_a_text_is_what_its_formula_gives(org: RunningOrg, score: float | None, band: str | None) -> None:
    assert field(org, interest(org, Score_When_Opened__c=score), "Score_Band__c") == band


def test_a_number_is_rounded_to_the_fields_places(org: RunningOrg) -> None:
    one = interest(org)
    org.now = Instant(org.now + HOUR // 3)
    org.call("PATCH", f"sobjects/Interest__c/{one}", {"Stage__c": "qualifying"})
    assert field(org, one, "Hours_To_First_Touch__c") == 0.33


def test_a_number_that_cannot_be_computed_yet_is_blank(org: RunningOrg) -> None:
    assert field(org, interest(org), "Hours_To_First_Touch__c") is None


def test_a_formula_follows_the_clock_without_anybody_writing(org: RunningOrg) -> None:
    one = interest(org)
    assert field(org, one, "Is_Overdue__c") is False
    org.now = Instant(org.now + 5 * HOUR)
    assert field(org, one, "Is_Overdue__c") is True


def test_a_query_finds_orders_and_sums_by_formulas(org: RunningOrg) -> None:
    low, high, _ = (
        interest(org, stage, Score_When_Opened__c=score)
        for stage, score in (("mql", 10), ("customer", 60), ("rejected", 30))
    )
    found = org.query("SELECT Id FROM Interest__c WHERE Is_Open__c = true")
    assert [each["Id"] for each in found] == [low]
    ordered = org.query("SELECT Id FROM Interest__c WHERE Score_Band__c != null ORDER BY Score_Band__c")
    assert (ordered[0]["Id"], ordered[-1]["Id"]) == (low, high)
    [summed] = org.query("SELECT SUM(Has_Become_Customer__c) n FROM Interest__c")
    assert summed["n"] == 1


def test_a_query_reads_formulas_of_parents(org: RunningOrg) -> None:
    deploy_field(org, 'LastName &amp; "!"', "<type>Text</type>")
    one = interest(org)
    [found] = ask(org, "SELECT Lead__r.Of_The_Test__c FROM Interest__c WHERE Id = {}", one)
    assert found["Lead__r"]["Of_The_Test__c"] == "Weiß!"


def test_nobody_writes_a_formula(org: RunningOrg) -> None:
    answer = org.call("PATCH", f"sobjects/Interest__c/{interest(org)}", {"Is_Open__c": False})
    assert refusal(answer) == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_a_formula_may_build_on_another(org: RunningOrg) -> None:
    deploy_field(org, "NumberOfEmployees * 2", NUMBER, "Doubled__c")
    deploy_field(org, "Doubled__c + 1", NUMBER)
    assert org.read("Lead", org.lead(NumberOfEmployees=20))["Of_The_Test__c"] == 41


@pytest.mark.parametrize(("treated", "value"), [("BlankAsZero", 1), ("BlankAsBlank", None)])
def test_a_blank_number_counts_as_the_field_says(org: RunningOrg, treated: str, value: float | None) -> None:
    more = f"<formulaTreatBlanksAs>{treated}</formulaTreatBlanksAs>{NUMBER}"
    assert deploy_field(org, "NumberOfEmployees + 1", more) == ""
    assert org.read("Lead", org.lead())["Of_The_Test__c"] == value


def test_what_makes_no_sense_for_a_record_is_blank(org: RunningOrg) -> None:
    deploy_field(org, "1 / NumberOfEmployees", NUMBER)
    assert org.read("Lead", org.lead(NumberOfEmployees=0))["Of_The_Test__c"] is None


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("UPER(LastName)", "did you mean UPPER"),
        ("LastName &amp;", "line 1"),
        ("Nowhere__c", "Nowhere__c"),
        ("WEEKDAY(TODAY())", "WEEKDAY"),
    ],
)
def test_a_field_whose_formula_cannot_be_computed_is_refused_by_the_deploy(
    org: RunningOrg, formula: str, said: str
) -> None:
    assert said in deploy_field(org, formula, "<type>Text</type>")
