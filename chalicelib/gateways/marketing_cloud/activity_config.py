"""How the activity "Score and hand off" describes itself to Journey Builder.

Source: Marketing Cloud Engagement developer guide, "Custom Activity Configuration": `timeout` and
`retryDelay` are milliseconds, a timeout lies between 1 and 100 seconds, `retryCount` between 0 and 5.
"""

from typing import Any

ACTIONS = ("save", "validate", "publish", "stop")
"""What Journey Builder tells of a journey besides executing it."""

_NAMES = {
    "en-US": (
        "Score and hand off",
        "Tells the score of this step; may hand the contact over to Sales Support.",
    ),
    "de-DE": (
        "Bewerten und übergeben",
        "Zählt diesen Schritt; übergibt den Kontakt auf Wunsch an Sales Support.",
    ),
}
_TIMEOUT, _RETRIES, _DELAY, _AT_ONCE = 10_000, 5, 2_000, 10


_ARGUMENTS = {
    "contactKey": "{{Contact.Key}}",
    "emailAddress": "{{InteractionDefaults.Email}}",
    "action": "score",
    "productLine": "",
}


def activity_config(base_url: str) -> dict[str, Any]:
    """Write config.json for an activity below a URL such as https://api.example.com/journey-activity."""
    return {
        "workflowApiVersion": "1.1",
        "metaData": {"icon": f"{base_url}/icon.svg", "category": "customer", "isConfigured": False},
        "type": "REST",
        "lang": {
            language: {"name": name, "description": description, "step1Label": name}
            for language, (name, description) in _NAMES.items()
        },
        "arguments": {"execute": _execution(f"{base_url}/execute")},
        "configurationArguments": {
            action: {"url": f"{base_url}/{action}", "verb": "POST", "useJwt": True} for action in ACTIONS
        },
        "wizardSteps": [{"label": "lang.step1Label", "key": "step1"}],
        "userInterfaces": {"configModal": {"url": f"{base_url}/index.html", "height": 560, "width": 720}},
        "schema": {"arguments": {"execute": _schema()}},
    }


def _execution(url: str) -> dict[str, Any]:
    return {
        "inArguments": [dict(_ARGUMENTS)],
        "outArguments": [{"accepted": False}],
        "url": url,
        "verb": "POST",
        "useJwt": True,
        "timeout": _TIMEOUT,
        "retryCount": _RETRIES,
        "retryDelay": _DELAY,
        "concurrentRequests": _AT_ONCE,
    }


def _schema() -> dict[str, Any]:
    return {
        "inArguments": [{name: _typed("Text", "in") for name in _ARGUMENTS}],
        "outArguments": [{"accepted": _typed("Boolean", "out")}],
    }


def _typed(data_type: str, direction: str) -> dict[str, Any]:
    return {"dataType": data_type, "isNullable": True, "direction": direction, "access": "visible"}
