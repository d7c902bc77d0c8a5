"""The best grade counts only criteria that one profile can meet together."""

from typing import Any

from chalicelib.playbook.gate_checks import best_grade
from chalicelib.playbook.source import CriterionSource
from tests.playbook.small import condition, label


def criterion(up: int, *where: dict[str, Any], number: int = 0) -> CriterionSource:
    return CriterionSource.model_validate(
        {"name": f"criterion_{number}", "label": label("x"), "up": up, "where": list(where)}
    )


def test_criteria_on_different_fields_add_up() -> None:
    city, country = condition("city", "equals", "Ulm"), condition("country", "equals", "DE")

    assert best_grade([criterion(3, city), criterion(2, country)]) == "B-"


def test_of_criteria_that_exclude_each_other_the_better_counts() -> None:
    ulm, bonn = condition("city", "in", ["Ulm"]), condition("city", "in", ["Bonn"])

    assert best_grade([criterion(1, ulm), criterion(3, bonn)]) == "C"


def test_three_that_exclude_each_other_in_turn_are_weighed_as_pairs() -> None:
    ulm, bonn = condition("city", "in", ["Ulm"]), condition("city", "in", ["Bonn"])
    either = condition("city", "in", ["Ulm", "Bonn"])

    assert best_grade([criterion(3, ulm), criterion(2, bonn), criterion(2, either)]) == "B-"


def test_a_number_can_be_large_and_at_least_medium() -> None:
    medium, large = condition("employees", "at_least", 50), condition("employees", "at_least", 500)

    assert best_grade([criterion(1, medium), criterion(1, large)]) == "C-"


def test_a_number_cannot_be_small_and_large() -> None:
    small, large = condition("employees", "at_most", 50), condition("employees", "at_least", 500)

    assert best_grade([criterion(1, small), criterion(1, large)]) == "D+"


def test_no_grade_is_above_a_plus() -> None:
    assert (
        best_grade([criterion(10, condition("city", "exists")), criterion(10, condition("phone", "exists"))])
        == "A+"
    )


def test_without_criteria_everybody_has_a_d() -> None:
    assert best_grade([]) == "D"


def test_many_criteria_that_exclude_each_other_are_weighed_in_no_time() -> None:
    cities = [
        criterion(1, condition("city", "in", [f"town {number}"]), number=number) for number in range(60)
    ]

    assert best_grade(cities) == "D+"
