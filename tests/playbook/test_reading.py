"""All mistakes are told at once; what is malformed neither hides the others nor brings forth false ones."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.playbook.reading import read_plain
from tests.playbook.small import REMOVED, condition, found, label, small_playbook, spoilt

RULES = ("scoring", "rules")
VISIT = (*RULES, 1)


def test_mistakes_of_all_files_are_told_sorted_by_file_and_key() -> None:
    assert found(
        {
            ("touchpoints", "backfill"): "ten",
            (*VISIT, "category"): "genral",
            ("grading", 0, "where", 0, "field"): "job_titel",
            ("gates", 2, "min_grade"): "C+",
        }
    ) == [
        (
            "gates.yaml: [2].min_grade: nobody reaches C+: grading.yaml reaches C at best; "
            "lower it or add criteria"
        ),
        "grading.yaml: [0].where[0].field: 'job_titel' is no field of the profile; did you mean 'job_title'?",
        "scoring.yaml: rules[1].category: 'genral' is no category; did you mean 'general'?",
        "touchpoints.yaml: backfill: write a whole number",
    ]


def test_a_malformed_item_does_not_hide_what_is_wrong_with_its_neighbours() -> None:
    assert found({(*RULES, 0, "points"): "many", (*VISIT, "category"): "genral"}) == [
        "scoring.yaml: rules[0].points: write a whole number",
        "scoring.yaml: rules[1].category: 'genral' is no category; did you mean 'general'?",
    ]


def test_an_unknown_key_does_not_hide_what_else_is_wrong_with_its_item() -> None:
    assert found({(*VISIT, "colour"): "red", (*VISIT, "points"): 0}) == [
        "scoring.yaml: categories[2].name: no rule adds points to 'general'; add one or remove the category",
        (
            "scoring.yaml: rules[1].colour: 'colour' is no key here; use one of name, label, kinds, points, "
            "category, for_each, where, limit, once_per"
        ),
        "scoring.yaml: rules[1].points: 0 changes nothing; give points or remove the rule",
    ]


def test_a_malformed_category_is_still_known_by_its_name() -> None:
    assert found({("scoring", "categories", 2, "cap"): "much"}) == [
        "scoring.yaml: categories[2].cap: write a number"
    ]


def test_a_malformed_product_line_kind_or_stage_is_still_known_by_its_name() -> None:
    kind = next(
        place
        for place, kind in enumerate(small_playbook()["engagements"])
        if kind["name"] == "demo_requested"
    )

    assert found(
        {
            ("product_lines", 1, "label", "de"): REMOVED,
            ("engagements", kind, "touchpoint"): "yes",
            ("lifecycle", "stages", 2, "closed"): "no",
        }
    ) == [
        f"engagements.yaml: [{kind}].touchpoint: write true or false",
        "lifecycle.yaml: stages[2].closed: write true or false",
        "product_lines.yaml: [1].label.de: missing; add it",
    ]


def test_what_lost_its_name_makes_no_reference_to_it_seem_wrong() -> None:
    assert found({("scoring", "categories", 2, "name"): REMOVED}) == [
        "scoring.yaml: categories[2].name: missing; add it"
    ]


def test_gates_are_not_called_unreachable_while_a_scoring_rule_is_malformed() -> None:
    assert found({(*RULES, 0, "points"): "many"}) == ["scoring.yaml: rules[0].points: write a whole number"]


def test_a_section_of_the_wrong_kind_does_not_hide_the_others() -> None:
    assert found({("scoring",): [], ("glossary", 1): "word", ("purposes", 0, "contactable"): False}) == [
        "glossary.yaml: [1]: write keys and values",
        "purposes.yaml: none is contactable, so nobody would ever qualify; set it on one",
        "scoring.yaml: write keys and values",
    ]


def test_the_place_is_that_in_the_file_also_after_malformed_neighbours() -> None:
    where = [condition("url", "like", "x"), condition("url", "equals")]

    assert found(
        {("exclusions", 1): "x", ("exclusions", 2): _exclusion("domain"), (*VISIT, "where"): where}
    ) == [
        "exclusions.yaml: [1]: write keys and values",
        (
            "exclusions.yaml: [2].where[0].field: 'domain' is no field of the profile; "
            "did you mean 'email_domain'?"
        ),
        (
            "scoring.yaml: rules[1].where[0].operator: 'like' is no operator; use one of equals, not_equals, "
            "in, not_in, contains, starts_with, ends_with, at_least, at_most, exists, missing"
        ),
        "scoring.yaml: rules[1].where[1].value: equals needs a value; add it",
    ]


def test_a_criterion_that_loses_its_only_condition_is_left_out() -> None:
    assert found({("grading", 0, "where", 0, "operator"): "like", ("grading", 1, "down"): 0}) == [
        (
            "grading.yaml: [0].where[0].operator: 'like' is no operator; use one of equals, not_equals, "
            "in, not_in, contains, starts_with, ends_with, at_least, at_most, exists, missing"
        ),
        "grading.yaml: [1].up: moves the grade neither up nor down; give up or down",
    ]


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def _paths(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, each in pairs for path in ((*above, key), *_paths(each, (*above, key)))]


@given(
    st.dictionaries(
        st.sampled_from([path for path in _paths(small_playbook()) if path[0] != "engagements"]),
        PLAIN,
        min_size=1,
        max_size=1,
    )
)
def test_anything_anywhere_is_taken_or_refused_in_one_line_each(changes: dict[tuple[Any, ...], Any]) -> None:
    playbook, problems = read_plain(spoilt(changes))

    assert (playbook is None) == bool(problems)
    assert all(len(str(problem).splitlines()) == 1 for problem in problems)


def _exclusion(field: str) -> dict[str, Any]:
    return {"name": "other", "label": label("Other"), "where": [condition(field, "equals", "x")]}
