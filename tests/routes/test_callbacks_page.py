"""docs/callbacks.md is true: its examples are taken, its lists are complete."""

import json
import re
from pathlib import Path

import app
from chalicelib.domain.engagement import KEY_KINDS
from chalicelib.gateways.marketing_cloud.notifications import KINDS
from tests.routes.conftest import FrontDoor

PAGE = (Path(__file__).parents[2] / "docs" / "callbacks.md").read_text(encoding="utf-8")


def example(heading: str) -> str:
    """Give the first JSON example below a heading."""
    section = PAGE.split(f"## {heading}\n", 1)[1]
    found = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert found is not None
    return found[1]


def test_it_names_every_route() -> None:
    assert all(f" {path}" in PAGE for path in app.app.routes)


def test_its_intake_example_is_taken(door: FrontDoor) -> None:
    answer = door.signed("/intake/website", example("POST /intake/{source}"))

    assert answer.json_body == {"accepted": 1, "refused": 0, "ignored": 0, "problems": []}


def test_its_account_engagement_example_is_taken(door: FrontDoor) -> None:
    answer = door.signed("/account-engagement/activities", example("POST /account-engagement/activities"))

    assert answer.json_body["accepted"] == 1
    assert [key.kind for key in door.queue.engagements[0].keys] == ["prospect", "email"]


def test_its_signature_example_signs(door: FrontDoor) -> None:
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert code is not None
    names: dict[str, object] = {}
    exec(code[1].replace("time.time()", str(door.now / 1000)), names)  # noqa: S102 - our own page
    body = example("POST /intake/{source}").encode()

    headers = names["headers"](body, "website", "first secret")  # type: ignore[operator]

    assert door.post("/intake/website", body, headers).status_code == 200


def test_its_secret_lets_its_holders_in(door: FrontDoor) -> None:
    assert json.loads(example("Secrets")).keys() == door.secret.keys()


def test_it_names_every_key_and_event() -> None:
    events = {kind.partition(".")[2] for kind in KINDS}

    assert all(f"`{word}`" in PAGE for word in KEY_KINDS)
    assert all(event in PAGE for event in events)
