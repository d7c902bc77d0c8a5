"""Makes the world of the consent pages."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from chalicelib import bootstrap
from chalicelib.domain.qualification import compile_model
from chalicelib.playbook.compiler import compile_playbook
from smarketing.playbook_files import default_folder, read_playbook
from tests.consent.consent_world import BASE, KEYS, ConsentWorld
from tests.services.world import make_quick_world


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> Iterator[ConsentWorld]:
    """The pages, the default playbook in force, nobody known."""
    model = compile_playbook(read_playbook(default_folder()))
    made = ConsentWorld(make_quick_world(compiled=compile_model(model)), model)
    monkeypatch.setenv("SMARKETING_PUBLIC_URL", BASE)
    monkeypatch.setattr(bootstrap, "engagement_queue", lambda: made.queue)
    monkeypatch.setattr(bootstrap, "persons", lambda: made.world.persons)
    monkeypatch.setattr(bootstrap, "opt_in_tokens", lambda: made.tokens)
    monkeypatch.setattr(bootstrap, "link_keys", lambda: KEYS)
    monkeypatch.setattr(bootstrap, "playbook", lambda: lambda: SimpleNamespace(model=model))
    bootstrap.use_clock(made.world.clock)
    yield made
    bootstrap.use_clock(bootstrap.system_clock)
