"""The section on journeys: what it compiles to, and what makes no sense in it."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.domain.instant import DAY
from chalicelib.domain.journey_rules import Cap, JourneyRules, Pause, Promotion
from chalicelib.playbook.compiler import compile_playbook, from_json, to_json
from chalicelib.playbook.problems import Path
from smarketing.playbook_files import read_playbook
from tests.playbook.small import found, source

PROMOTION = {"product_line": "presses", "barred_for": "30d", "journeys": ["novelties"], "lists": ["47"]}
PAUSE = {
    "name": "case",
    "begins": ["support_case_opened"],
    "ends": ["support_case_closed"],
    "named_by": "case",
    "longest": "30d",
}
CAP = {"most": 2, "within": "7d", "kept_for": "1d", "kinds": ["email_sent"]}
JOURNEYS: Path = ("journeys",)
WHOLE: Mapping[Path, Any] = {
    (*JOURNEYS, "bought_stages"): ["sql"],
    (*JOURNEYS, "promotions"): [PROMOTION],
    (*JOURNEYS, "pauses"): [PAUSE],
    (*JOURNEYS, "cap"): CAP,
}


def test_the_section_becomes_what_the_domain_runs_on() -> None:
    assert compile_playbook(source(WHOLE)).journeys == JourneyRules(
        bought=frozenset({"product_purchased"}),
        bought_stages=frozenset({"sql"}),
        promotions={"presses": Promotion(30 * DAY, ("novelties",), ("47",))},
        pauses=(
            Pause(
                "case",
                frozenset({"support_case_opened"}),
                frozenset({"support_case_closed"}),
                "case",
                frozenset(),
                30 * DAY,
            ),
        ),
        cap=Cap(2, 7 * DAY, DAY, frozenset({"email_sent"})),
    )


def test_a_published_section_is_the_same() -> None:
    playbook = source(WHOLE)

    assert from_json(to_json(playbook)) == playbook


def test_a_playbook_without_the_section_ends_and_pauses_nothing() -> None:
    assert compile_playbook(source({JOURNEYS: {}})).journeys == JourneyRules()


def test_every_mailing_is_a_touchpoint_in_the_default_playbook_and_permissions_are_none() -> None:
    model = compile_playbook(read_playbook())
    touchpoints = {each.name for each in model.kinds if each.touchpoint}

    assert model.journeys.cap is not None
    assert model.journeys.cap.kinds <= touchpoints
    assert "mailing_permitted" not in touchpoints


def promotion(**changes: Any) -> dict[Path, Any]:
    return {(*JOURNEYS, "promotions"): [PROMOTION | changes]}


def pause(**changes: Any) -> dict[Path, Any]:
    return {(*JOURNEYS, "pauses"): [PAUSE | changes]}


def cap(**changes: Any) -> dict[Path, Any]:
    return {(*JOURNEYS, "cap"): CAP | changes}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        (
            {(*JOURNEYS, "bought", 0): "product_purchase"},
            "bought[0]: 'product_purchase' is no engagement kind; did you mean 'product_purchased'?",
        ),
        (
            {(*JOURNEYS, "bought_stages"): ["sqll"]},
            "bought_stages[0]: 'sqll' is no stage; did you mean 'sql'?",
        ),
        (
            promotion(product_line="preses"),
            "promotions[0].product_line: 'preses' is no product line; did you mean 'presses'?",
        ),
        (
            promotion(barred_for="0d"),
            "promotions[0].barred_for: must be longer than 0; remove the promotion if",
        ),
        (
            {(*JOURNEYS, "promotions"): [PROMOTION, PROMOTION]},
            "promotions[1].product_line: 'presses' is given twice; remove one",
        ),
        (
            pause(begins=["support_case_opend"]),
            "pauses[0].begins[0]: 'support_case_opend' is no engagement kind; did you mean",
        ),
        (
            pause(ends=["support_case_opened"]),
            "pauses[0].ends[0]: 'support_case_opened' begins it as well; remove one",
        ),
        (
            pause(purposes=["newz"]),
            "pauses[0].purposes[0]: 'newz' is no purpose; did you mean 'news'?",
        ),
        (
            pause(longest="0h"),
            "pauses[0].longest: must be longer than 0; remove the pause if nothing waits",
        ),
        (
            {(*JOURNEYS, "pauses"): [PAUSE, PAUSE]},
            "pauses[1].name: 'case' overlaps with 'case'; rename one",
        ),
        (
            cap(kinds=["email_snt"]),
            "cap.kinds[0]: 'email_snt' is no engagement kind; did you mean 'email_sent'?",
        ),
        (
            cap(kinds=["email_sent", "mailing_permitted"]),
            "cap.kinds[1]: 'mailing_permitted' counts by itself until its mailing is told; remove it",
        ),
        (cap(exempt=["newz"]), "cap.exempt[0]: 'newz' is no purpose; did you mean 'news'?"),
        (cap(most=0), "cap.most: must be 1 or more"),
        (cap(most=33), "cap.most: must be 32 or less"),
        (
            cap(kept_for="8d"),
            "cap.kept_for: is longer than within; a mailing itself counts for no longer than that",
        ),
        (cap(kept_for="0h"), "cap.kept_for: must be longer than 0; a journey needs some time to write"),
    ],
)
def test_what_makes_no_sense_is_refused_with_file_key_and_mend(
    changes: Mapping[Path, Any], refusal: str
) -> None:
    [problem] = found(changes)

    assert problem.startswith(f"journeys.yaml: {refusal}")
