"""How our activities describe themselves to Journey Builder.

Source: Marketing Cloud Engagement developer guide, "Custom Activity Configuration": `timeout` and
`retryDelay` are milliseconds, a timeout lies between 1 and 100 seconds, `retryCount` between 0 and 5; the
category is message, customer or flow. "Define a Custom Split Activity with Multiple Outcomes" and
"Internationalize Branch Labels": an activity of the type RestDecision names its outcomes by `branchResult`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from chalicelib.domain.may_send import Branch

ACTIONS = ("save", "validate", "publish", "stop")
"""What Journey Builder tells of a journey besides executing it."""

_TIMEOUT, _RETRIES, _DELAY, _AT_ONCE = 10_000, 5, 2_000, 10


@dataclass(frozen=True, slots=True)
class Activity:
    """One of our activities.

    Attributes:
        names: its name and description, by language.
        arguments: what it is told of each contact, and what stands there before it is configured.
        answers: its out-arguments, by name: what stands there before it ran, and its type.
        branches: the ways that a contact may go on, with their labels by language; none: there is one.
    """

    category: Literal["message", "customer", "flow"]
    names: Mapping[str, tuple[str, str]]
    arguments: Mapping[str, str]
    answers: Mapping[str, tuple[object, str]]
    branches: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


SCORE_AND_HAND_OFF = Activity(
    category="customer",
    names={
        "en-US": (
            "Score and hand off",
            "Tells the score of this step; may hand the contact over to Sales Support.",
        ),
        "de-DE": (
            "Bewerten und übergeben",
            "Zählt diesen Schritt; übergibt den Kontakt auf Wunsch an Sales Support.",
        ),
    },
    arguments={
        "contactKey": "{{Contact.Key}}",
        "emailAddress": "{{InteractionDefaults.Email}}",
        "action": "score",
        "productLine": "",
    },
    answers={"accepted": (False, "Boolean")},
)

_LABELS: Mapping[str, Mapping[Branch, str]] = {
    "en-US": {"send": "Write", "wait": "Ask again later", "stop": "Write no more"},
    "de-DE": {"send": "Schreiben", "wait": "Später wieder fragen", "stop": "Nicht mehr schreiben"},
}

MAY_WE_WRITE = Activity(
    category="flow",
    names={
        "en-US": (
            "May we write?",
            "Asks for consent, purchases, pauses and the frequency cap before a mailing.",
        ),
        "de-DE": (
            "Dürfen wir schreiben?",
            "Fragt vor einem Mailing nach Einwilligung, Käufen, Pausen und Kontaktgrenze.",
        ),
    },
    arguments={
        "contactKey": "{{Contact.Key}}",
        "emailAddress": "{{InteractionDefaults.Email}}",
        "purpose": "",
        "productLine": "",
    },
    answers={"hindrance": ("", "Text"), "until": ("", "Text")},
    branches={
        branch: {language: labels[branch] for language, labels in _LABELS.items()}
        for branch in get_args(Branch)
    },
)


def activity_config(activity: Activity, base_url: str) -> dict[str, Any]:
    """Write config.json for an activity below a URL such as https://api.example.com/journey-activity."""
    config: dict[str, Any] = {
        "workflowApiVersion": "1.1",
        "metaData": {"icon": f"{base_url}/icon.svg", "category": activity.category, "isConfigured": False},
        "type": "RestDecision" if activity.branches else "REST",
        "lang": {language: _texts(activity, language) for language in activity.names},
        "arguments": {"execute": _execution(activity, f"{base_url}/execute")},
        "configurationArguments": {
            action: {"url": f"{base_url}/{action}", "verb": "POST", "useJwt": True} for action in ACTIONS
        },
        "wizardSteps": [{"label": "lang.step1Label", "key": "step1"}],
        "userInterfaces": {"configModal": {"url": f"{base_url}/index.html", "height": 560, "width": 720}},
        "schema": {"arguments": {"execute": _schema(activity)}},
    }
    if activity.branches:
        config["outcomes"] = [{"arguments": {"branchResult": branch}} for branch in activity.branches]
        config["outcomeLabelLanguageMap"] = {branch: _label(branch) for branch in activity.branches}
    return config


def _texts(activity: Activity, language: str) -> dict[str, str]:
    name, description = activity.names[language]
    labels = {_label(branch): each[language] for branch, each in activity.branches.items()}
    return {"name": name, "description": description, "step1Label": name, **labels}


def _label(branch: str) -> str:
    return f"{branch}Label"


def _execution(activity: Activity, url: str) -> dict[str, Any]:
    return {
        "inArguments": [dict(activity.arguments)],
        "outArguments": [{name: empty for name, (empty, _) in activity.answers.items()}],
        "url": url,
        "verb": "POST",
        "useJwt": True,
        "timeout": _TIMEOUT,
        "retryCount": _RETRIES,
        "retryDelay": _DELAY,
        "concurrentRequests": _AT_ONCE,
    }


def _schema(activity: Activity) -> dict[str, Any]:
    answers = {name: _typed(data_type, "out") for name, (_, data_type) in activity.answers.items()}
    return {
        "inArguments": [{name: _typed("Text", "in") for name in activity.arguments}],
        "outArguments": [answers],
    }


def _typed(data_type: str, direction: str) -> dict[str, Any]:
    return {"dataType": data_type, "isNullable": True, "direction": direction, "access": "visible"}
