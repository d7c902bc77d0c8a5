"""The playbook in force is read once a minute."""

import pytest

from chalicelib.domain.qualification import Compiled
from chalicelib.errors import Misconfigured, Retryable
from chalicelib.services.current_playbook import KEPT_SECONDS, CurrentPlaybook


class Shelf:
    """Published playbooks whose readings are counted."""

    def __init__(self, version: str | None = "one") -> None:
        self.version = version
        self.is_down = False
        self.read = 0

    def current_version(self) -> str | None:
        if self.is_down:
            raise Retryable("store: busy")
        return self.version

    def current(self) -> str:
        if self.is_down:
            raise Retryable("store: busy")
        if self.version is None:
            raise Misconfigured("playbook: none is published")
        self.read += 1
        return f"text of {self.version}"


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def compile_text(text: str) -> Compiled:
    """Compiling is another's matter: here a text stands for what it compiles to."""
    return text  # type: ignore[return-value]


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def playbook(shelf: Shelf, seconds: Seconds) -> CurrentPlaybook:
    return CurrentPlaybook(shelf, compile_text, seconds)


def test_a_new_playbook_is_in_force_within_a_minute(
    playbook: CurrentPlaybook, shelf: Shelf, seconds: Seconds
) -> None:
    assert playbook() == "text of one"  # type: ignore[comparison-overlap]
    shelf.version = "two"
    assert playbook() == "text of one"  # type: ignore[comparison-overlap]

    seconds.now = KEPT_SECONDS

    assert playbook() == "text of two"  # type: ignore[comparison-overlap]


def test_an_unchanged_playbook_is_not_compiled_again(
    playbook: CurrentPlaybook, shelf: Shelf, seconds: Seconds
) -> None:
    for minute in range(5):
        seconds.now = minute * KEPT_SECONDS
        playbook()

    assert shelf.read == 1


def test_the_last_playbook_outlives_an_outage_of_the_store(
    playbook: CurrentPlaybook, shelf: Shelf, seconds: Seconds
) -> None:
    playbook()
    shelf.is_down = True
    seconds.now = KEPT_SECONDS

    assert playbook() == "text of one"  # type: ignore[comparison-overlap]


def test_before_the_first_reading_an_outage_is_retryable(playbook: CurrentPlaybook, shelf: Shelf) -> None:
    shelf.is_down = True

    with pytest.raises(Retryable):
        playbook()


def test_no_playbook_at_all_is_a_matter_of_configuration(seconds: Seconds) -> None:
    with pytest.raises(Misconfigured):
        CurrentPlaybook(Shelf(None), compile_text, seconds)()
