"""The pages as people meet them: audited by axe-core, used by the keyboard alone, scripts switched off."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from starlette.applications import Starlette
from starlette.routing import Route

import app
from chalicelib.domain.consent_links import preferences_url, unsubscribe_url
from chalicelib.domain.engagement import person_key
from chalicelib.domain.instant import DAY
from smarketing.sandbox.api_gateway import ApiGateway
from tests.browser.chromium import CHROMIUM, NotInstallableError, axe_core, running_browser
from tests.browser.devtools import Browser, Page
from tests.consent.consent_world import ANNA, BASE, KEYS, ConsentWorld
from tests.sandbox.serving import served

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt install chromium)")

NEWS = "newsletter/main"
EVENTS = "events/main"
LOOKS = {"wide": (1280, False), "narrow": (320, False), "narrow and dark": (320, True)}
"""320 CSS pixels is how narrow a page must fit without scrolling sideways (WCAG 2.2, 1.4.10)."""

AUDIT = """axe.run(document, {preload: false, resultTypes: ["violations", "incomplete"]}).then(found =>
  [...found.violations, ...found.incomplete].map(each =>
    each.id + ": " + each.nodes.map(node => node.target.join(" ")).join(", ")))"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with running_browser(tmp_path_factory.mktemp("browser")) as running:
        yield running


@pytest.fixture(scope="module")
def axe() -> str:
    try:
        return axe_core()
    except NotInstallableError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def url(pages: ConsentWorld) -> Iterator[str]:
    """Where the pages are served as API Gateway serves them."""
    gateway = ApiGateway(app.app, app.app.routes, app.app.api.binary_types)
    route = Route("/{path:path}", gateway.__call__, methods=["GET", "POST"])
    with served(Starlette(routes=[route])) as address:
        yield address


class Walk:
    """Goes through all the pages, in one language, and looks at each."""

    def __init__(self, page: Page, url: str, pages: ConsentWorld, language: str, axe: str) -> None:
        self._page, self._url, self._pages, self._language, self._axe = page, url, pages, language, axe
        self.problems: dict[str, list[str]] = {}

    def open(self, name: str, path: str) -> None:
        self._page.open(f"{self._url}{path}{'&' if '?' in path else '?'}lang={self._language}")
        self.look(name)

    def submit(self, name: str, button: str = "button") -> None:
        """Press a button, as a program that checks no field would, and look at what follows."""
        self._page.evaluate("document.forms[0].noValidate = true")
        self._page.evaluate(f"document.querySelector({json.dumps(button)}).focus()")
        self._page.submit()
        self.look(name)

    def tick(self, name: str) -> None:
        self._page.evaluate(f"document.getElementById({json.dumps(name)}).click()")

    def type(self, text: str) -> None:
        self._page.evaluate(f"document.getElementById('email').value = {json.dumps(text)}")

    def look(self, name: str) -> None:
        self._page.evaluate(self._axe)
        found: list[str] = self._page.evaluate(AUDIT) + self._page.complaints()
        if self._page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("has to be scrolled sideways")
        if self._page.evaluate("document.documentElement.lang") != self._language:
            found.append("says that it is in another language")
        if self._page.evaluate("getComputedStyle(document.querySelector('main')).maxWidth") == "none":
            found.append("came without its style sheet")
        if found:
            self.problems[name] = found
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            width = self._page.evaluate("innerWidth")
            dark = self._page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            shot = f"{name}-{self._language}-{width}{'-dark' if dark else ''}.png"
            self._page.screenshot(Path(folder) / shot.replace(" ", "-"))

    def everything(self) -> None:
        """From the form to the page that says that a link leads nowhere."""
        self._opting_in()
        person = self._pages.world.person(person_key("email", ANNA)).id
        unsubscribe = unsubscribe_url(BASE, person, KEYS[0]).removeprefix(BASE)
        preferences = preferences_url(BASE, person, KEYS[0]).removeprefix(BASE)
        self.open("preferences", preferences)
        self.tick(EVENTS)
        self.submit("saved")
        self.open("unsubscribe from one", unsubscribe_url(BASE, person, KEYS[0], "events").removeprefix(BASE))
        self.open("unsubscribe", unsubscribe)
        self.submit("unsubscribed")
        self.open("unknown", "/consent/confirm?token=invented")
        self.open("unsigned", "/consent/preferences?person=invented")
        self.open("subscribe", "/consent/subscribe")
        self.type("a" * 20_000)
        self.submit("refused")

    def _opting_in(self) -> None:
        self.open("subscribe", "/consent/subscribe")
        self.submit("subscribe wrong")
        self.type(ANNA)
        self.submit("subscribe nothing")
        self.tick(NEWS)
        self.submit("sent")
        self._pages.work()
        link = self._pages.mailbox.link.partition("&lang")[0]
        self.open("confirm", link)
        self.submit("confirmed")
        self._pages.work()
        self.open("used", link)
        self._pages.later(DAY)
        self._pages.subscribe(EVENTS)
        self._pages.work()
        self._pages.later(30 * DAY)
        self.open("expired", self._pages.mailbox.link.partition("&lang")[0])


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("language", ["de", "en"])
def test_every_page_is_accessible(
    pages: ConsentWorld, url: str, browser: Browser, axe: str, language: str, look: str
) -> None:
    width, dark = LOOKS[look]
    walk = Walk(browser.page(width=width, dark=dark), url, pages, language, axe)
    walk.everything()
    assert walk.problems == {}


def test_a_double_opt_in_needs_only_the_keyboard_and_no_script(
    pages: ConsentWorld, url: str, browser: Browser
) -> None:
    page = browser.page(scripts=False)
    # given: the form is filled in and sent
    page.open(f"{url}/consent/subscribe?lang=de")
    page.tab_to("#email")
    page.type(ANNA)
    page.tab_to(f"[value='{NEWS}']")
    page.press(" ")
    page.tab_to("button")
    page.submit()
    assert page.heading == "Bitte sehen Sie in Ihr Postfach"
    pages.work()
    # when: the link of the mail is followed
    page.open(f"{url}{pages.mailbox.link}")
    page.tab_to("button")
    page.submit()
    pages.work()
    # then
    assert page.heading == "Danke, bestätigt"
    assert pages.standing().granted


def test_preferences_are_changed_by_the_keyboard_without_a_script(
    pages: ConsentWorld, url: str, browser: Browser
) -> None:
    pages.opted_in(NEWS, EVENTS)
    pages.later(DAY)
    page = browser.page(scripts=False)
    page.open(f"{url}{personal(pages)}&lang=en")
    page.tab_to(f"[value='{EVENTS}']")
    page.press(" ")
    page.tab_to("button")
    page.submit()
    pages.work()
    assert page.heading == "Saved"
    assert (pages.standing("newsletter").state, pages.standing("events").state) == ("granted", "withdrawn")


def test_the_unsubscribe_link_needs_one_key(pages: ConsentWorld, url: str, browser: Browser) -> None:
    pages.opted_in(NEWS)
    pages.later(DAY)
    anna = pages.world.person(person_key("email", ANNA)).id
    page = browser.page(scripts=False)
    page.open(f"{url}{unsubscribe_url(BASE, anna, KEYS[0]).removeprefix(BASE)}&lang=de")
    page.press("Tab")
    page.submit()
    pages.work()
    assert page.heading == "Sie sind abgemeldet"
    assert pages.standing().state == "withdrawn"


def test_a_reload_after_saving_changes_nothing_more(pages: ConsentWorld, url: str, browser: Browser) -> None:
    pages.opted_in(NEWS)
    page = browser.page(scripts=False)
    page.open(f"{url}{personal(pages)}&lang=en")
    page.tab_to("button.second")
    page.submit()
    told = list(pages.queue.bodies)
    page.open(page.evaluate("location.href"))
    assert page.heading == "Saved"
    assert pages.queue.bodies == told != []


def test_nobody_tabs_into_the_field_that_only_programs_fill_in(url: str, browser: Browser) -> None:
    page = browser.page(scripts=False)
    page.open(f"{url}/consent/subscribe")
    reached = []
    for _ in range(12):
        page.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.localName"))
    assert {"email", "about", "button"} <= set(reached)
    assert "website" not in reached


def test_what_somebody_types_never_runs(url: str, browser: Browser) -> None:
    page = browser.page()
    attack = '"><img src=x onerror="document.title=1"><script>document.title=1</script>'
    page.open(f"{url}/consent/unsubscribe?person={quote(attack)}&purpose={quote(attack)}")
    page.open(f"{url}/consent/subscribe")
    page.evaluate("document.forms[0].noValidate = true")
    page.evaluate(f"document.getElementById('email').value = {json.dumps(attack)}")
    page.evaluate("document.querySelector('button').focus()")
    page.submit()
    assert page.evaluate("document.getElementById('email').value") == attack
    assert page.evaluate("document.scripts.length + document.images.length") == 0


def personal(pages: ConsentWorld) -> str:
    """The address of Anna's preferences."""
    anna = pages.world.person(person_key("email", ANNA)).id
    return preferences_url(BASE, anna, KEYS[0]).removeprefix(BASE)
