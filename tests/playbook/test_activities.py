"""The playbook's section on sales' own touchpoints."""

from chalicelib.domain.activity import ActivityTerms
from chalicelib.playbook.compiler import compile_playbook
from tests.playbook.small import found, source

KINDS = ("activities", "kinds")


def test_types_and_beginnings_are_compared_without_regard_to_case() -> None:
    changes = {
        (*KINDS, 0, "types"): ["Call", " Anruf "],
        ("activities", "not_sales", "users"): ["B2BMA@"],
    }

    assert compile_playbook(source(changes)).activities == ActivityTerms(
        kinds={"call": "sales_called", "anruf": "sales_called"},
        foreign_subjects=("pardot",),
        foreign_users=("b2bma@",),
    )


def test_a_kind_that_no_engagement_has_is_refused() -> None:
    [problem] = found({(*KINDS, 0, "kind"): "sales_caled"})

    assert "activities.yaml: kinds[0].kind: " in problem
    assert "did you mean 'sales_called'?" in problem


def test_a_type_that_means_two_things_is_refused() -> None:
    [problem] = found({(*KINDS, 1): {"kind": "sales_met", "types": ["CALL"]}})

    assert problem == "activities.yaml: kinds[1].types: 'CALL' is given twice; leave one out"


def test_a_beginning_that_is_blank_would_be_the_beginning_of_everything() -> None:
    [problem] = found({("activities", "not_sales", "subjects"): [" "]})

    assert problem.startswith("activities.yaml: not_sales.subjects[0]")
