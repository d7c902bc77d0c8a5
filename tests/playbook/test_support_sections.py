"""The sections of Sales Support: what they compile to, and what makes no sense in them."""

from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.domain.checklist import ChecklistItem
from chalicelib.domain.enrichment_plan import EnrichmentPlan, Provider, SearchLink
from chalicelib.domain.instant import DAY, HOUR
from chalicelib.domain.working_order import WEEK, WorkingOrder
from chalicelib.playbook.compiler import compile_playbook, from_json, to_json
from chalicelib.playbook.problems import Path
from tests.playbook.small import found, label, source

LINK = {"name": "xing", "label": label("XING"), "url": "https://xing.example/?q={company}"}
PROVIDER = {
    "name": "register",
    "url": "{base_url}/find?domain={email_domain}",
    "header": "X-Api-Key",
    "per_minute": 60,
    "values": {"phone": "/company/phone"},
    "terms": "Contract 2026-03",
}
LINKS: Path = ("enrichment", "links")
PROVIDERS: Path = ("enrichment", "providers")


def test_sections_become_what_the_domain_runs_on() -> None:
    changes = {
        ("working_order", "values"): {"presses": 1000, "lasers": 500},
        ("working_order", "per_doubling"): "2h",
        LINKS: [LINK],
        PROVIDERS: [PROVIDER],
        ("qualification", 0, "evidence"): True,
        ("qualification", 0, "data"): ["phone"],
    }

    model = compile_playbook(source(changes))

    assert model.working_order == WorkingOrder(
        {"presses": 1000.0, "lasers": 500.0}, {"A": 0.5}, 1000.0, 2 * HOUR, DAY, 0.5, WEEK
    )
    assert model.enrichment == EnrichmentPlan(
        fields=("phone",),
        free_mail=frozenset({"gmx.de"}),
        accounts=True,
        links=(SearchLink("xing", "XING", "https://xing.example/?q={company}"),),
        providers=(
            Provider(
                "register",
                "{base_url}/find?domain={email_domain}",
                "X-Api-Key",
                5.0,
                60,
                (("phone", "/company/phone"),),
            ),
        ),
    )
    assert model.checklist[0] == ChecklistItem("need", "Need", True, True, ("phone",))


def test_sections_survive_being_published() -> None:
    read = source({LINKS: [LINK], PROVIDERS: [PROVIDER]})

    assert from_json(to_json(read)) == read


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        (
            {("working_order", "values"): {"presses": 1, "lasers": 1, "laser": 1}},
            "working_order.yaml: values.laser: 'laser' is no product line; did you mean 'lasers'?",
        ),
        (
            {("working_order", "values"): {"presses": 1}},
            "working_order.yaml: values: 'lasers' has no value; add it",
        ),
        (
            {("working_order", "chances"): {"A": 1.5}},
            "working_order.yaml: chances.A: must be 1 or less",
        ),
        (
            {("enrichment", "fields", 0): "last_name"},
            (
                "enrichment.yaml: fields[0]: 'last_name' is no field that may be enriched; use one of city, "
                "company, country, department, employees, industry, job_title, phone, salutation, website"
            ),
        ),
        (
            {("enrichment", "fields"): ["phone", "phone"]},
            "enrichment.yaml: fields[1]: 'phone' is given twice; remove one",
        ),
        (
            {LINKS: [LINK | {"url": "https://xing.example/?q={compny}"}]},
            "enrichment.yaml: links[0].url: 'compny' is no placeholder; did you mean 'company'?",
        ),
        (
            {PROVIDERS: [PROVIDER | {"url": "{base_url}/find?who={last_name}"}]},
            (
                "enrichment.yaml: providers[0].url: 'last_name' is no placeholder; use one of base_url, "
                "email_domain, company, website, country, city"
            ),
        ),
        (
            {PROVIDERS: [PROVIDER | {"values": {"city": "/city"}}]},
            (
                "enrichment.yaml: providers[0].values.city: 'city' is not filled; add it to fields, or take "
                "it out here"
            ),
        ),
        (
            {("qualification", 0, "data"): ["phon"]},
            (
                "qualification.yaml: [0].data[0]: 'phon' is no field of a Lead and a Contact; did you mean "
                "'phone'?"
            ),
        ),
        (
            {("qualification", 0, "evidence"): True, ("qualification", 0, "label", "en"): "n" * 35},
            (
                f"qualification.yaml: [0].label.en: 'Evidence: {'n' * 35}' has more than 40 characters; "
                "shorten the label"
            ),
        ),
    ],
)
def test_what_makes_no_sense_is_refused(changes: Mapping[Path, Any], refusal: str) -> None:
    assert found(changes) == [refusal]


@pytest.mark.parametrize("url", ["https://api.example.com/find", "http://{base_url}/", "{base_url}"])
def test_provider_has_its_address_from_the_secret(url: str) -> None:
    [refusal] = found({PROVIDERS: [PROVIDER | {"url": url}]})

    assert refusal.startswith("enrichment.yaml: providers[0].url: ")
