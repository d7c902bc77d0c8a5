"""The configuration pages in a real browser, on a canvas that speaks as Journey Builder does."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

import app
from chalicelib import bootstrap
from chalicelib.domain.qualification import compile_model
from chalicelib.playbook.compiler import compile_playbook
from smarketing.playbook_files import read_playbook
from smarketing.sandbox.api_gateway import ApiGateway
from tests.sandbox.serving import served

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(BROWSER is None, reason="needs Chromium")

CANVAS = """<!doctype html><title>canvas</title>
<iframe id="activity" src="PAGE" width="720" height="560"></iframe>
<pre id="told"></pre>
<script>
const activity = document.getElementById("activity"), told = [];
let asked = false;
function say(event, argument) {
  activity.contentWindow.postMessage(JSON.stringify({e: event, a1: argument}), "*");
}
window.addEventListener("message", (message) => {
  if (message.source !== activity.contentWindow) { return; }
  const said = JSON.parse(message.data);
  told.push(said);
  document.getElementById("told").textContent = JSON.stringify(told);
  if (said.e === "ready" && told.length === 1) { say("initActivity", CONFIGURED); }
  if (said.e === "updateButton" && !asked) { asked = true; say("clickedNext"); }
});
</script>"""


def configured(**arguments: str) -> dict[str, Any]:
    """An activity as Journey Builder hands it to its page."""
    return {
        "id": "1",
        "arguments": {"execute": {"inArguments": [arguments], "url": "https://u"}},
        "metaData": {},
    }


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """What the page tells the canvas until it is still; the test's parameter is the configured activity."""
    compiled = compile_model(compile_playbook(read_playbook(None)))
    monkeypatch.setattr(bootstrap, "playbook", lambda: lambda: compiled)
    gateway = ApiGateway(app.app, app.app.routes, app.app.api.binary_types)
    activity = dict(request.param)
    page = activity.pop("page", "/journey-activity/index.html")
    canvas = CANVAS.replace("CONFIGURED", json.dumps(activity)).replace("PAGE", page)

    async def show(_: Request) -> HTMLResponse:
        return HTMLResponse(canvas)

    routes = [Route("/", show), Route("/{path:path}", gateway.__call__, methods=["GET"])]
    with served(Starlette(routes=routes)) as url:
        assert BROWSER is not None
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path}"]
        shown = subprocess.run(
            [BROWSER, *options, "--virtual-time-budget=4000", "--dump-dom", url],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        ).stdout
    found = re.search(r'<pre id="told">(.*?)</pre>', shown, re.DOTALL)
    assert found is not None
    return json.loads(html.unescape(found[1]))


@pytest.mark.parametrize(
    "told",
    [configured(action="hand_off", productLine="lasers", emailAddress="{{Event.fair.Email}}")],
    indirect=True,
)
def test_what_was_chosen_is_shown_and_saved(told: list[dict[str, Any]]) -> None:
    last = told[-1]

    assert last["e"] == "updateActivity"
    assert last["a1"]["arguments"]["execute"]["inArguments"] == [
        {
            "contactKey": "{{Contact.Key}}",
            "emailAddress": "{{Event.fair.Email}}",
            "action": "hand_off",
            "productLine": "lasers",
        }
    ]
    assert last["a1"]["metaData"]["isConfigured"]


@pytest.mark.parametrize("told", [configured(action="hand_off", productLine="")], indirect=True)
def test_a_handover_without_a_product_line_is_not_saved(told: list[dict[str, Any]]) -> None:
    buttons = [each["a1"]["enabled"] for each in told if each["e"] == "updateButton"]

    assert not any(buttons)
    assert "updateActivity" not in [each["e"] for each in told]


PERMISSION = {"page": "/mailing-permission/index.html"}


@pytest.mark.parametrize(
    "told", [configured(purpose="newsletter", productLine="presses") | PERMISSION], indirect=True
)
def test_what_a_mailing_is_about_is_shown_and_saved(told: list[dict[str, Any]]) -> None:
    assert told[-1]["a1"]["arguments"]["execute"]["inArguments"] == [
        {
            "contactKey": "{{Contact.Key}}",
            "purpose": "newsletter",
            "productLine": "presses",
            "emailAddress": "{{InteractionDefaults.Email}}",
        }
    ]


@pytest.mark.parametrize("told", [configured(purpose="a former one") | PERMISSION], indirect=True)
def test_a_question_about_no_purpose_is_not_saved(told: list[dict[str, Any]]) -> None:
    assert "updateActivity" not in [each["e"] for each in told]
