"""What makes no sense is refused, with file, key and mend."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.playbook.problems import Path
from tests.playbook.small import PRESS_PAGE, REMOVED, condition, found, label

RULES: Path = ("scoring", "rules")
FORM: Path = (*RULES, 0)
VISIT: Path = (*RULES, 1)
WHERE: Path = (*VISIT, "where", 0)
CATEGORIES: Path = ("scoring", "categories")
STAGES: Path = ("lifecycle", "stages")
PROFILE: Path = ("grading", 0, "where", 0)

Case = tuple[Mapping[Path, Any], str]


def test_a_playbook_without_mistakes_is_not_refused() -> None:
    assert found({}) == []


NAMES: list[Case] = [
    (
        {(*VISIT, "category"): "genral"},
        "scoring.yaml: rules[1].category: 'genral' is no category; did you mean 'general'?",
    ),
    (
        {(*VISIT, "category"): "xyz"},
        "scoring.yaml: rules[1].category: 'xyz' is no category; use one of presses, lasers, general",
    ),
    (
        {(*FORM, "kinds", 0): "form_sumbitted"},
        (
            "scoring.yaml: rules[0].kinds[0]: 'form_sumbitted' is no engagement kind; "
            "did you mean 'form_submitted'?"
        ),
    ),
    (
        {("gates", 0, "hand_raiser", 0): "demo_request"},
        (
            "gates.yaml: [0].hand_raiser[0]: 'demo_request' is no engagement kind; did you "
            "mean 'demo_requested'?"
        ),
    ),
    (
        {WHERE: condition("product_line", "equals", "preses")},
        "scoring.yaml: rules[1].where[0].value: 'preses' is no product line; did you mean 'presses'?",
    ),
    (
        {(*STAGES, 1, "next", 0): "sqll"},
        "lifecycle.yaml: stages[1].next[0]: 'sqll' is no stage; did you mean 'sql'?",
    ),
    (
        {("lifecycle", "opens_in"): "mqll"},
        "lifecycle.yaml: opens_in: 'mqll' is no stage; did you mean 'mql'?",
    ),
    (
        {(*PROFILE, "field"): "job_titel"},
        "grading.yaml: [0].where[0].field: 'job_titel' is no field of the profile; did you mean 'job_title'?",
    ),
    (
        {(*WHERE, "field"): "definition_kye"},
        (
            "scoring.yaml: rules[1].where[0].field: 'definition_kye' is told by no source; "
            "did you mean 'definition_key'?"
        ),
    ),
    (
        {(*WHERE, "field"): "job_title"},
        (
            "scoring.yaml: rules[1].where[0].field: 'job_title' is told of persons, not of engagements; "
            "use it in grading.yaml or exclusions.yaml"
        ),
    ),
    (
        {("engagements", 0): REMOVED},
        "engagements.yaml: 'email_sent' is missing, though the platforms tell it; add it with labels",
    ),
    (
        {("lifecycle", "reasons", 0, "name"): "double"},
        (
            "lifecycle.yaml: reasons: 'duplicate' is missing, which merging two persons "
            "gives an interest; add it"
        ),
    ),
]

OVERLAPS: list[Case] = [
    (
        {(*VISIT, "name"): "f_orm"},
        "scoring.yaml: rules[1].name: 'f_orm' overlaps with 'form'; rename one",
    ),
    (
        {(*VISIT, "label", "de"): "FORM  auf-deutsch"},
        "scoring.yaml: rules[1].label.de: 'FORM  auf-deutsch' overlaps with 'Form auf Deutsch'; rename one",
    ),
    (
        {("glossary", 1): {"term": {"en": "LEAD ", "de": "Anderes"}, "definition": label("x")}},
        "glossary.yaml: [1].term.en: 'LEAD ' overlaps with 'Lead'; rename one",
    ),
    (
        {("glossary", 1): {"term": {"en": "Other", "de": "lead auf deutsch"}, "definition": label("x")}},
        "glossary.yaml: [1].term.de: 'lead auf deutsch' overlaps with 'Lead auf Deutsch'; rename one",
    ),
    (
        {("purposes", 1): {"name": "news", "label": label("Other"), "contactable": False}},
        "purposes.yaml: [1].name: 'news' overlaps with 'news'; rename one",
    ),
    (
        {(*FORM, "kinds"): ["form_submitted", "form_submitted"]},
        "scoring.yaml: rules[0].kinds[1]: 'form_submitted' repeats 'form_submitted'; remove one",
    ),
    (
        {(*PROFILE, "value"): ["CEO", "ceo "]},
        "grading.yaml: [0].where[0].value[1]: 'ceo ' repeats 'CEO'; remove one",
    ),
]

SCORING: list[Case] = [
    (
        {(*CATEGORIES, 0, "half_life"): "0d"},
        "scoring.yaml: categories[0].half_life: must be longer than 0; leave it out if points never fade",
    ),
    (
        {(*CATEGORIES, 2, "cap"): 0},
        "scoring.yaml: categories[2].cap: must be above 0; leave it out if there is none",
    ),
    (
        {(*CATEGORIES, 3): {"name": "empty", "cap": 10}},
        "scoring.yaml: categories[3].name: no rule adds points to 'empty'; add one or remove the category",
    ),
    (
        {("product_lines", 2): {"name": "services", "label": label("Services")}},
        "product_lines.yaml: [2].name: 'services' has no category; add one of that name to scoring.yaml",
    ),
    (
        {(*FORM, "points"): 61},
        "scoring.yaml: rules[0].limit: 60 is below the 61 points of one match; raise it",
    ),
    (
        {(*FORM, "once_per"): "0h"},
        "scoring.yaml: rules[0].once_per: must be longer than 0; leave it out if every match counts",
    ),
    (
        {
            (*RULES, 2): {
                "name": "nil",
                "label": label("Nil"),
                "kinds": ["email_sent"],
                "category": "general",
                "points": 0,
            }
        },
        "scoring.yaml: rules[2].points: 0 changes nothing; give points or remove the rule",
    ),
    (
        {(*FORM, "category"): "general"},
        (
            "scoring.yaml: rules[0].category: stands beside for_each, with which its "
            "points go to each product "
            "line's own; remove one"
        ),
    ),
    (
        {(*RULES, 2): {"name": "nowhere", "label": label("Nowhere"), "kinds": ["email_sent"], "points": 1}},
        "scoring.yaml: rules[2].category: missing; name one or write for_each: product_line",
    ),
    (
        {(*CATEGORIES, 2, "cap"): REMOVED},
        "scoring.yaml: rules[1].limit: missing, and category 'general' neither fades nor has a cap; add it",
    ),
    (
        {("purposes", 0, "contactable"): False},
        "purposes.yaml: none is contactable, so nobody would ever qualify; set it on one",
    ),
]

CONDITIONS: list[Case] = [
    (
        {(*VISIT, "where"): [condition("asset", "equals", "a"), condition("asset", "equals", "b")]},
        (
            "scoring.yaml: rules[1].where[1]: can never hold together with what else is "
            "asked of 'asset'; remove one"
        ),
    ),
    (
        {(*VISIT, "where"): [condition("asset", "in", ["ab", "ac"]), condition("asset", "ends_with", "d")]},
        (
            "scoring.yaml: rules[1].where[1]: can never hold together with what else is "
            "asked of 'asset'; remove one"
        ),
    ),
    (
        {(*VISIT, "where"): [condition("amount", "at_least", 10), condition("amount", "at_most", 9)]},
        (
            "scoring.yaml: rules[1].where[1]: can never hold together with what else is asked of 'amount'; "
            "remove one"
        ),
    ),
    (
        {(*VISIT, "where"): [condition("asset", "exists"), condition("asset", "missing")]},
        (
            "scoring.yaml: rules[1].where[1]: can never hold together with what else is "
            "asked of 'asset'; remove one"
        ),
    ),
    (
        {(*VISIT, "where"): [condition("asset", "equals", "a"), condition("asset", "not_in", ["A"])]},
        (
            "scoring.yaml: rules[1].where[1]: can never hold together with what else is "
            "asked of 'asset'; remove one"
        ),
    ),
    (
        {WHERE: condition("url", "exists", "x")},
        "scoring.yaml: rules[1].where[0].value: exists takes no value; remove it",
    ),
    (
        {WHERE: condition("url", "equals")},
        "scoring.yaml: rules[1].where[0].value: equals needs a value; add it",
    ),
    ({WHERE: condition("url", "in", [])}, "scoring.yaml: rules[1].where[0].value: in needs a value; add it"),
    (
        {WHERE: condition("url", "in", "x")},
        "scoring.yaml: rules[1].where[0].value: in takes a list; put the value in [ ]",
    ),
    (
        {WHERE: condition("url", "equals", ["x"])},
        "scoring.yaml: rules[1].where[0].value: equals takes one value; use in or contains for several",
    ),
    (
        {WHERE: condition("amount", "at_least", "10")},
        "scoring.yaml: rules[1].where[0].value: at_least takes a number; write it without quotes",
    ),
    (
        {WHERE: condition("url", "contains", 10)},
        "scoring.yaml: rules[1].where[0].value: contains takes text; put it in quotes",
    ),
    (
        {WHERE: condition("url", "contains", ["x", " "])},
        "scoring.yaml: rules[1].where[0].value: has a blank text; remove it, or use exists or missing",
    ),
    (
        {("product_lines", 0, "recognised_by", 0): condition("url", "equals")},
        "product_lines.yaml: [0].recognised_by[0].value: equals needs a value; add it",
    ),
    (
        {("exclusions", 0, "where", 0, "field"): "domain"},
        (
            "exclusions.yaml: [0].where[0].field: 'domain' is no field of the profile; did "
            "you mean 'email_domain'?"
        ),
    ),
]

GATES: list[Case] = [
    (
        {("gates", 2, "min_score"): 141},
        "gates.yaml: [2].min_score: the score never exceeds 140; raise caps or limits or lower it",
    ),
    (
        {(*CATEGORIES, 0, "cap"): 50},
        "gates.yaml: [1].min_category: 'presses' never exceeds 50; raise its cap or limits or lower it",
    ),
    (
        {("gates", 2, "min_grade"): "C+"},
        (
            "gates.yaml: [2].min_grade: nobody reaches C+: grading.yaml reaches C at best; "
            "lower it or add criteria"
        ),
    ),
    (
        {("gates", 0, "hand_raiser"): REMOVED, ("gates", 0, "within"): REMOVED},
        "gates.yaml: [0].name: 'demo' asks for no engagement; give min_score, min_category or hand_raiser",
    ),
    (
        {("gates", 1, "within"): "7d"},
        "gates.yaml: [1].within: needs hand_raiser; name the kinds that it is about",
    ),
    (
        {("gates", 1, "where"): [PRESS_PAGE]},
        "gates.yaml: [1].where: needs hand_raiser; name the kinds that it is about",
    ),
    (
        {("gates", 0, "within"): "0m"},
        "gates.yaml: [0].within: must be longer than 0; leave it out if a hand stays up",
    ),
    (
        {
            ("gates", 3): {
                "name": "stronger",
                "label": label("Stronger"),
                "min_category": 60,
                "min_grade": "D",
            }
        },
        (
            "gates.yaml: [3].name: 'stronger' never opens anything: who passes it passes 'strong' first; "
            "move it up or remove it"
        ),
    ),
    ({("gates", 0, "hand_raiser"): []}, "gates.yaml: [0].hand_raiser: is too short; list at least 1"),
    (
        {("grading", 1, "down"): 0},
        "grading.yaml: [1].up: moves the grade neither up nor down; give up or down",
    ),
]

LIFECYCLE: list[Case] = [
    (
        {(*STAGES, 1, "next"): ["rejected"]},
        "lifecycle.yaml: stages[2].name: no stage leads to 'sql'; add it to a next",
    ),
    (
        {(*STAGES, 2, "next"): []},
        "lifecycle.yaml: stages[2].next: no way leads from 'sql' to a closed stage; add a next",
    ),
    (
        {(*STAGES, 3, "next"): ["sql"]},
        (
            "lifecycle.yaml: stages[3].next[0]: 'rejected' is closed, and a new interest "
            "opens instead of 'sql'; "
            "remove it"
        ),
    ),
    (
        {(*STAGES, 2, "next"): ["sql", "rejected"]},
        "lifecycle.yaml: stages[2].next[0]: a stage does not follow itself; remove it",
    ),
    (
        {(*STAGES, 2, "cool_off"): "1d"},
        "lifecycle.yaml: stages[2].cool_off: only a closed stage cools off; set closed or remove it",
    ),
    (
        {(*STAGES, 3, "cool_off"): "0d"},
        "lifecycle.yaml: stages[3].cool_off: must be longer than 0; leave it out if there is none",
    ),
    (
        {("lifecycle", "opens_in"): "rejected"},
        "lifecycle.yaml: opens_in: 'rejected' is closed; name an open stage",
    ),
    (
        {("lifecycle", "opens_in"): "inquiry"},
        "lifecycle.yaml: opens_in: 'inquiry' is the stage of a person without an interest; name a later one",
    ),
    (
        {(*STAGES, 3, "closed"): False, (*STAGES, 3, "cool_off"): REMOVED},
        "lifecycle.yaml: stages: none is closed, so no interest would ever end; close one",
    ),
    (
        {(*STAGES, 0, "closed"): True, (*STAGES, 0, "next"): []},
        (
            "lifecycle.yaml: stages[0].closed: the first stage is that of a person without an interest; "
            "remove closed"
        ),
    ),
]

FORMS: list[Case] = [
    ({(*VISIT, "label", "de"): REMOVED}, "scoring.yaml: rules[1].label.de: missing; add it"),
    ({(*VISIT, "label", "en"): " "}, "scoring.yaml: rules[1].label.en: is blank; write something"),
    (
        {(*VISIT, "lable"): "x"},
        "scoring.yaml: rules[1].lable: 'lable' is no key here; did you mean 'label'?",
    ),
    (
        {(*VISIT, "name"): "Visit Us"},
        "scoring.yaml: rules[1].name: write it in small letters, digits and underscores, a letter first",
    ),
    ({(*VISIT, "name"): "v" * 61}, "scoring.yaml: rules[1].name: is longer than 60 characters; shorten it"),
    ({(*VISIT, "label", "en"): 5}, "scoring.yaml: rules[1].label.en: write text; put it in quotes"),
    ({(*VISIT, "points"): 1.5}, "scoring.yaml: rules[1].points: write a whole number"),
    ({(*VISIT, "kinds"): []}, "scoring.yaml: rules[1].kinds: is too short; list at least 1"),
    ({(*VISIT, "kinds"): "page_viewed"}, "scoring.yaml: rules[1].kinds: write a list"),
    ({VISIT: "visit"}, "scoring.yaml: rules[1]: write keys and values"),
    (
        {(*WHERE, "operator"): "containts"},
        "scoring.yaml: rules[1].where[0].operator: 'containts' is no operator; did you mean 'contains'?",
    ),
    (
        {(*WHERE, "value"): {"a": 1}},
        "scoring.yaml: rules[1].where[0].value: write text, a number, true or false, or a list of them",
    ),
    (
        {("gates", 2, "min_grade"): "G"},
        (
            "gates.yaml: [2].min_grade: 'G' is no min_grade; use one of A+, A, A-, B+, B, "
            "B-, C+, C, C-, D+, D, D-, F"
        ),
    ),
    ({("gates", 2, "min_score"): 0}, "gates.yaml: [2].min_score: must be above 0"),
    ({("gates", 2, "min_score"): float("nan")}, "gates.yaml: [2].min_score: write a finite number"),
    ({("purposes", 0, "contactable"): "yes"}, "purposes.yaml: [0].contactable: write true or false"),
    ({("grading", 0, "up"): 11}, "grading.yaml: [0].up: must be 10 or less"),
    ({("touchpoints", "backfill"): 0}, "touchpoints.yaml: backfill: must be 1 or more"),
    (
        {(*CATEGORIES, 0, "half_life"): 45},
        "scoring.yaml: categories[0].half_life: write a span as 30d, 12h or 90m",
    ),
    (
        {(*CATEGORIES, 0, "half_life"): "-5d"},
        "scoring.yaml: categories[0].half_life: write a span as 30d, 12h or 90m",
    ),
    (
        {(*CATEGORIES, 0, "half_life"): "36501d"},
        (
            "scoring.yaml: categories[0].half_life: is longer than a hundred years; leave it "
            "out if it never ends"
        ),
    ),
    ({("glossary",): []}, "glossary.yaml: is too short; list at least 1"),
    ({("glossary",): REMOVED}, "glossary.yaml: missing; add it"),
]


@pytest.mark.parametrize(
    ("changes", "refusal"), [*NAMES, *OVERLAPS, *SCORING, *CONDITIONS, *GATES, *LIFECYCLE, *FORMS]
)
def test_what_makes_no_sense_is_refused_with_file_key_and_mend(
    changes: Mapping[Path, Any], refusal: str
) -> None:
    assert found(changes) == [refusal]
