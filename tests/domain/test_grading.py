"""The grade: thirds up and down from D."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.grading import at_least, compile_grading, grade
from chalicelib.domain.model import GRADES, Condition, Criterion

MANAGER = Criterion("manager", "Leads a team", (Condition("job_title", "contains", ("leit", "head")),), 3, 1)
SIZE = Criterion("size", "250 people or more", (Condition("employees", "at_least", 250),), up=2)
FREE_MAIL = Criterion("free", "Private address", (Condition("email_domain", "in", ("gmail.com",)),), up=-2)


def graded(profile, *criteria, email=None):
    return grade(compile_grading(criteria), profile, email)


def test_grade_is_d_when_nothing_is_known():
    found = graded({}, MANAGER, SIZE)
    assert found.grade == "D"
    assert found.reasons == ()


def test_grade_goes_up_by_thirds_when_a_criterion_matches():
    assert graded({"job_title": "Leiter Einkauf"}, MANAGER).grade == "C"
    assert graded({"employees": "1.200"}, SIZE).grade == "C-"


def test_grade_goes_down_by_thirds_when_a_criterion_mismatches():
    assert graded({"job_title": "Praktikant"}, MANAGER).grade == "D-"


def test_criterion_moves_nothing_when_its_fields_are_blank():
    assert graded({"job_title": " "}, MANAGER).grade == "D"


def test_reasons_tell_what_moved_the_grade_and_how_far():
    found = graded({"job_title": "Praktikant", "employees": "250+"}, MANAGER, SIZE)
    assert [(reason.criterion, reason.thirds) for reason in found.reasons] == [("manager", -1), ("size", 2)]


def test_mismatch_without_thirds_down_is_no_reason():
    assert graded({"employees": "5"}, SIZE).reasons == ()


@pytest.mark.parametrize(
    ("thirds", "expected"), [(99, "A+"), (10, "A+"), (9, "A"), (1, "D+"), (-1, "D-"), (-2, "F"), (-99, "F")]
)
def test_grade_is_clamped_to_a_plus_and_f(thirds, expected):
    criterion = Criterion("any", "Any", (Condition("city", "exists"),), up=thirds)
    assert graded({"city": "Ulm"}, criterion).grade == expected


def test_criteria_see_the_domain_of_the_address():
    assert graded({}, FREE_MAIL, email="max@gmail.com").grade == "F"
    assert graded({}, FREE_MAIL, email="max@example.com").grade == "D"


@given(st.permutations([MANAGER, SIZE, FREE_MAIL, Criterion("x", "X", (Condition("city", "exists"),), up=9)]))
def test_order_of_the_criteria_never_matters(criteria):
    profile = {"job_title": "Head of Tools", "employees": "300", "city": "Ulm"}
    assert graded(profile, *criteria, email="m@gmail.com").grade == "A+"


def test_grades_compare_best_first():
    assert at_least("A", "A")
    assert at_least("A+", "A")
    assert not at_least("A-", "A")
    assert all(at_least(each, "F") for each in GRADES)
