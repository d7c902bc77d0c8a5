"""The playbook's section on duplicates."""

from tests.playbook.small import found


def test_a_doubt_above_certainty_is_refused() -> None:
    problems = found({("duplicates", "search", "doubtful"): 0.99})

    where = "duplicates.yaml: search.doubtful"
    assert problems == [f"{where}: 0.99 is above certain (0.95); make it at most that"]


def test_an_objection_can_have_no_laxer_rule() -> None:
    problems = found({("duplicates", "survival", 0, "keep"): "newest"})

    assert len(problems) == 1
    assert "only 'stricter' may be its rule" in problems[0]


def test_a_field_has_one_rule() -> None:
    again = {"fields": ["DoNotCall"], "keep": "stricter"}

    assert "'DoNotCall' has a rule already" in found({("duplicates", "survival", 1): again})[0]
