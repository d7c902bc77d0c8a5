"""A browser and its pages, driven by the Chrome DevTools Protocol over a pair of pipes.

Protocol: https://chromedevtools.github.io/devtools-protocol/; with `--remote-debugging-pipe` the browser
reads JSON from file descriptor 3 and writes it to 4, each message ended by a zero byte.
"""

import base64
import itertools
import json
import os
import select
import time
from pathlib import Path
from typing import Any, Literal

_SECONDS = 30.0
_KEYS = {"Tab": (9, ""), "Enter": (13, "\r"), " ": (32, " ")}


class Browser:
    """A running browser."""

    def __init__(self, reading: int, writing: int) -> None:
        self._reading = reading
        self._writing = writing
        self._numbers = itertools.count(1)
        self._rest = b""
        self.events: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None = None, **parameters: Any) -> dict[str, Any]:
        """Call a method of the protocol; gives its result."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if session is not None:
            message["sessionId"] = session
        os.write(self._writing, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == number:
                assert "error" not in answer, (method, answer["error"])
                result: dict[str, Any] = answer["result"]
                return result
            self.events.append(answer)

    def wait(self, session: str, event: str) -> None:
        """Wait until an event came since the events were last cleared."""
        while not any(each.get("sessionId") == session and each["method"] == event for each in self.events):
            self.events.append(self._next())

    def _next(self) -> dict[str, Any]:
        until = time.monotonic() + _SECONDS
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._reading], [], [], max(0.0, until - time.monotonic()))
            assert ready, f"Chromium said nothing for {_SECONDS:.0f} seconds"
            read = os.read(self._reading, 1 << 20)
            assert read, "Chromium ended"
            self._rest += read
        message, _, self._rest = self._rest.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer

    def page(self, *, width: int = 1280, dark: bool = False, scripts: bool = True) -> "Page":
        """Open a page, without anything of another page's: no cookies, no cache."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, session)
        page.call("Page.enable")
        page.call("Log.enable")
        page.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        page.call("Emulation.setEmulatedMedia", features=[scheme])
        page.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        return page


class Page:
    """A page as its reader uses it: by the keyboard."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **parameters)

    def open(self, url: str) -> None:
        """Go to an address and wait until it is there, style sheet and all."""
        self._browser.events.clear()
        answer = self.call("Page.navigate", url=url)
        assert "errorText" not in answer, answer
        self._browser.wait(self._session, "Page.loadEventFired")

    def evaluate(self, expression: str) -> Any:
        """Evaluate an expression of JavaScript from outside the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def press(self, key: Literal["Tab", "Enter", " "]) -> None:
        """Press a key and let it go."""
        code, text = _KEYS[key]
        key_code = {"key": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown" if text else "rawKeyDown", text=text, **key_code)
        self.call("Input.dispatchKeyEvent", type="keyUp", **key_code)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self.call("Input.insertText", text=text)

    def submit(self) -> None:
        """Press Enter on what has the focus and wait for the page that follows."""
        self._browser.events.clear()
        self.press("Enter")
        self._browser.wait(self._session, "Page.loadEventFired")

    def tab_to(self, selector: str, most: int = 20) -> None:
        """Reach an element by the Tab key alone."""
        for _ in range(most):
            self.press("Tab")
            if self.evaluate(f"document.activeElement.matches({json.dumps(selector)})"):
                return
        raise AssertionError(f"{selector}: not reached by {most} tabs")

    def complaints(self) -> list[str]:
        """Give what the browser had against the page, such as something that its policy forbids."""
        self.evaluate("1")  # What was said before the answer has come with it.
        entries = [
            each["params"]["entry"] for each in self._browser.events if each["method"] == "Log.entryAdded"
        ]
        # The status of a page that refuses something is none of its faults.
        return [each["text"] for each in entries if each["source"] != "network"]

    @property
    def heading(self) -> str:
        return str(self.evaluate("document.querySelector('h1').textContent"))

    def screenshot(self, path: Path) -> None:
        """Take a picture of the whole page."""
        made = self.call("Page.captureScreenshot", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(made["data"]))
