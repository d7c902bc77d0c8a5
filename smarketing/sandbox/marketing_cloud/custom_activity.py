"""Journey Builder's calls to a custom activity, signed as it signs them.

Sources, of the Marketing Cloud Engagement developer guide: "Custom Activity Configuration" (timeout of 1 to
100 seconds, at most 5 retries, upon 5xx and network errors), "Encode with JWT Signing Secret" (HS256, the
token is the body), "How Data Binding Works", "Define a Custom Split Activity with Multiple Outcomes" (the
answer's `branchResult` is that of one of the outcomes).
"""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from smarketing.sandbox.marketing_cloud.journeys import Journey, Stay

LONGEST_SECONDS, USUAL_SECONDS = 100.0, 60.0
MOST_RETRIES = 5
_OK = 200
_BINDING = re.compile(r"\{\{([^{}]+)\}\}")
ACTIONS = ("save", "validate", "publish", "stop")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How executing an activity ended.

    Attributes:
        status: the last one; 0: no answer.
        tries: how often it was tried.
        content: what it answered.
        branch: of an activity with outcomes, the one whose way the contact goes; None where the answer names
            none of them.
    """

    status: int
    tries: int
    content: Any
    branch: str | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """Write it as JSON."""
        plain = {"status": self.status, "tries": self.tries, "content": self.content}
        return plain if self.branch is None else plain | {"branch": self.branch}


def signed(content: object, secret: str) -> str:
    """Write a JWT of HS256."""
    header = _encoded(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    payload = _encoded(json.dumps(content).encode())
    made = hmac.new(secret.encode(), f"{header}.{payload}".encode(), hashlib.sha256).digest()
    return f"{header}.{payload}.{_encoded(made)}"


def read_config(url: str) -> dict[str, Any]:
    """Read an activity's config.json, as Journey Builder does when the activity is dragged onto its canvas.

    Raises:
        ValueError: there is none, or it is not what Journey Builder needs.
    """
    try:
        config = requests.get(f"{url}/config.json", timeout=10).json()
    except requests.RequestException as error:
        raise ValueError(f"config.json: {type(error).__name__}") from None
    execute = (config.get("arguments") or {}).get("execute") or {}
    kind = config.get("type", "").upper()
    if kind not in ("REST", "RESTDECISION") or not execute.get("url"):
        raise ValueError("config.json: needs type Rest or RestDecision, and arguments.execute.url")
    if kind == "RESTDECISION" and not all(branches_of(config) or [""]):
        raise ValueError("config.json: RestDecision needs outcomes, each with arguments.branchResult")
    return dict(config)


def branches_of(config: Mapping[str, Any]) -> list[str]:
    """Name an activity's outcomes by their `branchResult`."""
    outcomes = config.get("outcomes") or []
    return [str((each.get("arguments") or {}).get("branchResult") or "") for each in outcomes]


def execute(journey: Journey, stay: Stay, secret: str) -> Outcome:
    """Execute the activity for one contact; again upon 5xx or silence, as often as the activity allows."""
    settings = (journey.activity or {}).get("arguments", {}).get("execute", {})
    content = {
        "inArguments": [_bound(each, stay) for each in settings.get("inArguments", [])],
        "outArguments": settings.get("outArguments", []),
        "activityObjectID": journey.activity_id,
        "journeyId": journey.id,
        "activityId": journey.activity_id,
        "definitionInstanceId": stay.instance,
        "activityInstanceId": stay.instance,
        "keyValue": stay.contact,
        "mode": 0,
    }
    retries = min(int(settings.get("retryCount", 0)), MOST_RETRIES)
    seconds = min(settings.get("timeout", USUAL_SECONDS * 1000) / 1000, LONGEST_SECONDS)
    outcome = Outcome(0, 0, None)
    for number in range(1, retries + 2):
        if number > 1:
            time.sleep(settings.get("retryDelay", 1000) / 1000)
        status, answer = _post(settings["url"], content, secret, seconds)
        outcome = Outcome(status, number, answer, _branch(journey, status, answer))
        if 0 < status < 500:
            break
    return outcome


def _branch(journey: Journey, status: int, answer: Any) -> str | None:
    told = answer.get("branchResult") if status == _OK and isinstance(answer, dict) else None
    return told if told in branches_of(journey.activity or {}) else None


def tell(journey: Journey, action: str, secret: str) -> Outcome:
    """Tell the activity that its journey is saved, validated, published or stopped."""
    settings = (journey.activity or {}).get("configurationArguments", {}).get(action)
    if not settings:
        return Outcome(0, 0, None)
    content = {
        "activityObjectID": journey.activity_id,
        "interactionId": journey.id,
        "originalDefinitionId": journey.id,
        "interactionKey": journey.key,
        "interactionVersion": "1",
        "isPublished": action == "publish",
    }
    status, answer = _post(settings["url"], content, secret, USUAL_SECONDS)
    return Outcome(status, 1, answer)


def _post(url: str, content: object, secret: str, seconds: float) -> tuple[int, Any]:
    headers = {"Content-Type": "application/jwt"}
    try:
        answer = requests.post(url, data=signed(content, secret), headers=headers, timeout=seconds)
    except requests.RequestException:
        return 0, None
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, answer.text[:1000]


def _bound(arguments: dict[str, Any], stay: Stay) -> dict[str, Any]:
    """Put a contact's values into arguments such as `{{Contact.Key}}` and `{{Event.x.Email}}`."""

    def value(binding: re.Match[str]) -> str:
        name = binding[1].strip().strip('"')
        if name == "Contact.Key":
            return stay.contact
        field = name.rsplit(".", 1)[-1].strip('"')
        return str(stay.data.get(field, ""))

    return {
        name: _BINDING.sub(value, each) if isinstance(each, str) else each for name, each in arguments.items()
    }


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
