"""A small playbook without mistakes, as plain values, and ways to spoil it."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from chalicelib.playbook.problems import Path
from chalicelib.playbook.reading import read_plain
from chalicelib.playbook.source import PlaybookSource
from chalicelib.playbook.vocabulary import KINDS

Plain = dict[str, Any]
REMOVED = object()
"""As a new value: the key is gone."""


def label(text: str) -> Plain:
    return {"en": text, "de": f"{text} auf Deutsch"}


def condition(field: str, operator: str, *value: Any) -> Plain:
    return {"field": field, "operator": operator} | ({"value": value[0]} if value else {})


def small_playbook() -> Plain:
    """Two product lines, two rules, a gate each for score, category and a raised hand."""
    return {
        "glossary": [{"term": label("Lead"), "definition": label("An interest")}],
        "product_lines": [
            {"name": "presses", "label": label("Presses"), "recognised_by": [PRESS_PAGE]},
            {"name": "lasers", "label": label("Lasers")},
        ],
        "engagements": [{"name": kind, "label": label(kind), "touchpoint": True} for kind in KINDS],
        "purposes": [{"name": "news", "label": label("News"), "contactable": True}],
        "consent": {
            "company": "Small Works",
            "brands": [{"name": "main", "label": label("Small")}],
            "privacy_notice": {"version": "1", "url": "https://www.example.com/privacy"},
            "wordings": [{"purpose": "news", "version": "1", "text": label("Yes, {company} may write.")}],
            "confirm_within": "7d",
        },
        "scoring": {
            "categories": [
                {"name": "presses", "half_life": "45d", "cap": 100},
                {"name": "lasers", "half_life": "45d", "cap": 80},
                {"name": "general", "cap": 20},
            ],
            "rules": [
                {
                    "name": "form",
                    "label": label("Form"),
                    "kinds": ["form_submitted"],
                    "for_each": "product_line",
                    "points": 20,
                    "limit": 60,
                    "once_per": "1d",
                },
                {
                    "name": "visit",
                    "label": label("Visit"),
                    "kinds": ["session_visited"],
                    "category": "general",
                    "points": 1,
                    "where": [condition("url", "contains", "/news")],
                },
            ],
        },
        "grading": [
            {
                "name": "boss",
                "label": label("Boss"),
                "up": 3,
                "where": [condition("job_title", "in", ["CEO"])],
            },
            {
                "name": "size",
                "label": label("Size"),
                "down": 1,
                "where": [condition("employees", "at_least", 9)],
            },
        ],
        "exclusions": [
            {
                "name": "rival",
                "label": label("Rival"),
                "where": [condition("email_domain", "in", ["x.example"])],
            }
        ],
        "gates": [
            {"name": "demo", "label": label("Demo"), "hand_raiser": ["demo_requested"], "within": "14d"},
            {"name": "strong", "label": label("Strong"), "min_category": 60},
            {"name": "fitting", "label": label("Fitting"), "min_score": 40, "min_grade": "C"},
        ],
        "lifecycle": {
            "opens_in": "mql",
            "stages": [
                {"name": "inquiry", "label": label("Inquiry"), "next": ["mql"]},
                {"name": "mql", "label": label("Qualified"), "next": ["sql", "rejected"]},
                {"name": "sql", "label": label("Accepted"), "next": ["rejected"]},
                {"name": "rejected", "label": label("Rejected"), "closed": True, "cool_off": "90d"},
            ],
            "reasons": [
                {"name": "duplicate", "label": label("Duplicate")},
                {"name": "consent_withdrawn", "label": label("Withdrawn")},
            ],
        },
        "qualification": [
            {"name": "need", "label": label("Need"), "help": label("They need it"), "required": True},
            {"name": "budget", "label": label("Budget"), "help": label("They can pay"), "required": False},
        ],
        "touchpoints": {"backfill": 10},
        "working_order": {"chances": {"A": 0.5}},
        "enrichment": {"fields": ["phone"], "free_mail": ["gmx.de"], "accounts": True},
        "fields": [
            {
                "field": "Smarketing_Score__c",
                "objects": ["Lead", "Contact"],
                "owner": "marketing",
                "label": label("Score"),
                "help": label("Interest in points"),
            },
            {
                "field": "Smarketing_Opt_In_{purpose}__c",
                "objects": ["Lead"],
                "owner": "marketing",
                "label": label("Opt-in: {purpose}"),
                "help": label("Whether they opted in to {purpose}"),
            },
        ],
        "sync": [
            {"word": "email", "owner": "salesforce", "account_engagement": "email"},
            {"word": "opt_in_{purpose}", "owner": "smarketing", "marketing_cloud": "OptIn{purpose}"},
        ],
        "journeys": {"bought": ["product_purchased"]},
        "routing": {"fallback": "Sales"},
        "activities": {
            "kinds": [{"kind": "sales_called", "types": ["Call"]}],
            "not_sales": {"subjects": ["Pardot"]},
        },
        "duplicates": {
            "at_creation": {"certain": 0.97, "doubtful": 0.88},
            "search": {"certain": 0.95, "doubtful": 0.5},
            "main_record": "most_complete",
            "survival": [{"fields": ["DoNotCall"], "keep": "stricter"}],
        },
    }


PRESS_PAGE = condition("url", "contains", ["/presses"])


def spoilt(changes: Mapping[Path, Any]) -> Plain:
    """The small playbook with other values at some paths; a path one past a list's end appends."""
    plain = deepcopy(small_playbook())
    for path, value in changes.items():
        holder: Any = plain
        for part in path[:-1]:
            holder = holder[part]
        last = path[-1]
        if value is REMOVED:
            del holder[last]
        elif isinstance(holder, list) and last == len(holder):
            holder.append(value)
        else:
            holder[last] = value
    return plain


def found(changes: Mapping[Path, Any]) -> list[str]:
    """What is found wrong with the small playbook after some changes."""
    _, problems = read_plain(spoilt(changes))
    return [str(problem) for problem in problems]


def source(changes: Mapping[Path, Any] | None = None) -> PlaybookSource:
    """The small playbook, read; with changes that leave it without mistakes."""
    playbook, problems = read_plain(spoilt(changes or {}))
    assert playbook is not None, problems
    return playbook
