"""Published playbooks: every version stays, one is in force."""

import pytest

from chalicelib.errors import Misconfigured
from tests.gateways.store.conftest import Store


def test_the_playbook_in_force_is_the_last_that_was_published(store: Store) -> None:
    store.playbooks.publish("v1", '{"one": "ä"}')
    store.playbooks.publish("v2", '{"two": 2}')
    assert (store.playbooks.current_version(), store.playbooks.current()) == ("v2", '{"two": 2}')


def test_an_earlier_playbook_may_be_put_in_force_again(store: Store) -> None:
    for version in ("v1", "v2", "v1"):
        store.playbooks.publish(version, f'"{version}"')
    assert store.playbooks.current() == '"v1"'


def test_no_playbook_at_all_is_a_matter_of_configuration(store: Store) -> None:
    assert store.playbooks.current_version() is None
    with pytest.raises(Misconfigured, match="smarketing playbook publish"):
        store.playbooks.current()
