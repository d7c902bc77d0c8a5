"""The pages as people meet them: audited by axe-core, used with the keyboard, scripts switched off."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

import app
from chalicelib.domain.consent_links import preferences_url, unsubscribe_url
from chalicelib.domain.engagement import person_key
from smarketing.sandbox.api_gateway import ApiGateway
from tests.browser.chromium import NotInstallableError, ask_browser
from tests.consent.consent_world import ANNA, BASE, KEYS, ConsentWorld
from tests.sandbox.serving import served

NEWS, EVENTS = "newsletter/main", "events/main"


@pytest.fixture
def address(pages: ConsentWorld) -> Iterator[str]:
    """Where a browser finds the pages."""
    gateway = ApiGateway(app.app, app.app.routes, app.app.api.binary_types)
    with served(Starlette(routes=[Route("/{path:path}", gateway.__call__, methods=["GET", "POST"])])) as url:
        yield url


def ask(**asked: Any) -> dict[str, Any]:
    try:
        return ask_browser(**asked)
    except NotInstallableError as error:
        pytest.skip(str(error))


def paths(pages: ConsentWorld) -> list[str]:
    """Every page in every state that a GET can show."""
    pages.opted_in(NEWS)
    used = pages.mailbox.link
    pages.later(2 * 3_600_000)
    pages.subscribe(EVENTS)
    pages.work()
    anna = pages.world.person(person_key("email", ANNA)).id
    return [
        "/consent/subscribe?",
        f"{pages.mailbox.link}&",
        f"{used}&",
        "/consent/confirm?token=unknown&",
        f"{unsubscribe_url(BASE, anna, KEYS[0]).removeprefix(BASE)}&",
        f"{unsubscribe_url(BASE, anna, KEYS[0], 'newsletter').removeprefix(BASE)}&",
        f"{preferences_url(BASE, anna, KEYS[0]).removeprefix(BASE)}&",
    ]


def test_no_page_has_a_barrier_in_any_language_width_or_scheme(pages: ConsentWorld, address: str) -> None:
    looks = [("en", 1280, False), ("de", 320, False), ("de", 1280, True)]
    urls = [
        {"url": f"{address}{path.replace('&lang=de', '')}lang={language}", "width": width, "dark": dark}
        for path in paths(pages)
        for language, width, dark in looks
    ]

    audits = ask(audits=urls)["audits"]

    assert len(audits) == len(urls)
    assert all(each["checks"] > 10 for each in audits)
    assert [each for each in audits if each["violations"] or each["overflows"] or each["problems"]] == []


def test_somebody_subscribes_with_the_keyboard_alone_and_without_a_script(
    pages: ConsentWorld, address: str
) -> None:
    typed = [{"press": "Tab"}, {"type": ANNA}, {"press": "Tab"}, {"press": "Space"}]
    to_the_button = [{"press": "Tab"}] * 3
    walk = {
        "url": f"{address}/consent/subscribe?lang=de",
        "steps": [*typed, *to_the_button, {"press": "Enter"}],
    }

    (walked,) = ask(walks=[walk])["walks"]

    assert "Bitte sehen Sie in Ihr Postfach" in walked["shown"]
    pages.work()
    assert [each.to for each in pages.mailbox.mails] == [ANNA]


def test_the_mails_link_confirms_by_one_key(pages: ConsentWorld, address: str) -> None:
    pages.subscribe(NEWS)
    pages.work()
    walk = {"url": f"{address}{pages.mailbox.link}", "steps": [{"press": "Tab"}, {"press": "Enter"}]}

    (walked,) = ask(walks=[walk])["walks"]

    assert "Danke, bestätigt" in walked["shown"]
    pages.work()
    assert pages.standing().granted


def test_the_unsubscribe_link_unsubscribes_by_one_key(pages: ConsentWorld, address: str) -> None:
    pages.opted_in(NEWS)
    pages.later(3_600_000)
    anna = pages.world.person(person_key("email", ANNA)).id
    link = unsubscribe_url(BASE, anna, KEYS[0]).removeprefix(BASE)

    (walked,) = ask(
        walks=[{"url": f"{address}{link}&lang=de", "steps": [{"press": "Tab"}, {"press": "Enter"}]}]
    )["walks"]

    assert "Sie sind abgemeldet" in walked["shown"]
    pages.work()
    assert pages.standing().state == "withdrawn"
